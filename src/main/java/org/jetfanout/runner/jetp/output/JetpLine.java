package org.jetfanout.runner.jetp.output;

import org.jetfanout.text.Text;

/**
 * A line of jetp's text, classified by its beginning and end. No other class knows what jetp's
 * lines look like.
 *
 * @param kind the kind of line
 * @param text the rest of the line; for {@link Kind#OTHER} and the kinds after it, the whole line
 */
record JetpLine(Kind kind, String text) {
    private static final String TASK = "> begin task: ";
    private static final String PLAY = "> play: ";
    private static final String ASYNC = "[";
    private static final String AFTER_ASYNC = "] ";
    private static final String RUNNING = "… ";
    private static final String IS_RUNNING = " => running";
    private static final String DONE = "✓ ";
    private static final String STATE = " => ";
    private static final String SAYS = "  ..... ";
    private static final String UNREACHED = "! connection failed to host: ";
    private static final String ERROR = "! error: ";
    private static final String FAILS = "! ";
    private static final String BLOCK = "    cmd: ";
    private static final String END_OF_BLOCK = "    rc: ";
    private static final String RULE = "-".repeat(58);
    private static final String THREAD = "thread '";
    private static final String PANICKED = "panicked at";
    private static final String WRONG = " | >>> | ";

    /** The kinds of lines. */
    enum Kind {
        /** The rule before each task. It ends every block. */
        RULE,
        /** A play begins. The text is its name. */
        PLAY,
        /** Jetpack's way to say what a host does with --async: the host in brackets. */
        ASYNC,
        /** A task begins. The text is its name. */
        TASK,
        /** A task begins on a host: the host, {@code =>}, and that it runs. */
        RUNNING,
        /** A good state of a host: the host, {@code =>} and the state. */
        STATE,
        /** A bad state of a host, in the same form. */
        BAD_STATE,
        /** A message about a host: the host, a colon between blanks, and the message. */
        SAYS,
        /** An error of a host that is not about a command: the host, a colon and the message. */
        ERROR,
        /** The runner could not connect to the host. The text is the host. */
        UNREACHED,
        /** The first line of a failed command's block. */
        BLOCK,
        /** The last line of a failed command's block. */
        END_OF_BLOCK,
        /** jetp itself breaks off. */
        PANIC,
        /** The upper border of the box around an error. */
        BOX,
        /** A line within the box, with its borders. */
        IN_BOX,
        /** The line of a file that jetp shows as the wrong one. */
        WRONG,
        /** Any other line. */
        OTHER
    }

    /**
     * Classifies a line. Colours do not matter. It is fast for lines of no special kind, since most
     * are.
     */
    static JetpLine of(String raw) {
        String line = Text.withoutEscapes(raw);
        if (line.isEmpty()) {
            return new JetpLine(Kind.OTHER, line);
        }
        return switch (line.charAt(0)) {
            case ' ' -> indented(line);
            case '!' -> bad(line);
            case '…' -> state(line.endsWith(IS_RUNNING) ? Kind.RUNNING : Kind.STATE, RUNNING, line);
            case '✓' -> state(Kind.STATE, DONE, line);
            case '>' -> heading(line);
            case '[' -> marked(Kind.ASYNC, ASYNC, AFTER_ASYNC, line);
            case '-' -> new JetpLine(line.equals(RULE) ? Kind.RULE : Kind.OTHER, line);
            case 't' ->
                    new JetpLine(
                            line.startsWith(THREAD) && line.contains(PANICKED)
                                    ? Kind.PANIC
                                    : Kind.OTHER,
                            line);
            case '┌' -> new JetpLine(Kind.BOX, line);
            case '│' -> new JetpLine(Kind.IN_BOX, line);
            default -> mayBeWrong(line);
        };
    }

    private static JetpLine heading(String line) {
        if (line.startsWith(TASK)) {
            return new JetpLine(Kind.TASK, line.substring(TASK.length()));
        }
        return line.startsWith(PLAY)
                ? new JetpLine(Kind.PLAY, line.substring(PLAY.length()))
                : mayBeWrong(line);
    }

    private static JetpLine indented(String line) {
        if (line.startsWith(SAYS)) {
            return marked(Kind.SAYS, SAYS, " : ", line);
        }
        if (line.startsWith(BLOCK)) {
            return new JetpLine(Kind.BLOCK, line);
        }
        return line.startsWith(END_OF_BLOCK)
                ? new JetpLine(Kind.END_OF_BLOCK, line)
                : mayBeWrong(line);
    }

    private static JetpLine bad(String line) {
        if (line.startsWith(UNREACHED)) {
            return new JetpLine(Kind.UNREACHED, line.substring(UNREACHED.length()).strip());
        }
        return line.startsWith(ERROR)
                ? marked(Kind.ERROR, ERROR, ": ", line)
                : state(Kind.BAD_STATE, FAILS, line);
    }

    private static JetpLine mayBeWrong(String line) {
        return new JetpLine(line.contains(WRONG) ? Kind.WRONG : Kind.OTHER, line);
    }

    private static JetpLine state(Kind kind, String start, String line) {
        return line.startsWith(start)
                ? marked(kind, start, STATE, line)
                : new JetpLine(Kind.OTHER, line);
    }

    /** A line that begins with a host's name and a mark. */
    private static JetpLine marked(Kind kind, String start, String mark, String line) {
        return line.indexOf(mark, start.length()) < 0
                ? new JetpLine(Kind.OTHER, line)
                : new JetpLine(kind, line.substring(start.length()));
    }

    /** The mark between the host and what follows it; empty where the line has none. */
    String mark() {
        return switch (kind) {
            case SAYS -> " : ";
            case ERROR -> ": ";
            case ASYNC -> AFTER_ASYNC;
            case STATE, BAD_STATE, RUNNING -> STATE;
            default -> "";
        };
    }

    /**
     * The host that the line is about: the text up to the first mark; empty where it is about none.
     */
    String host() {
        return switch (kind) {
            case SAYS, ERROR, STATE, BAD_STATE, RUNNING, ASYNC ->
                    text.substring(0, text.indexOf(mark()));
            case UNREACHED -> text;
            default -> "";
        };
    }

    /** Whether it is about one host. */
    boolean isAboutHost() {
        return kind == Kind.UNREACHED || !mark().isEmpty();
    }

    /** Whether the line says that a command failed. Its block may follow. */
    boolean failed() {
        return kind == Kind.BAD_STATE
                && text.substring(text.indexOf(STATE) + STATE.length()).strip().equals("failed");
    }
}
