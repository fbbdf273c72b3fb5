package org.jetfanout.runner.jetp.output;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.runner.PlainText;

/**
 * Finds the last message of jetp's text: why it ended by itself, before its summary. Memory is
 * bounded. Not thread-safe.
 */
final class FatalMessage {
    private static final String OUT_OF_HOSTS = "no hosts remaining";
    private static final String BROKEN_YAML = "edit the file and try again?";

    /** The text around which jetp draws a box, after its folded lines are joined. */
    private static final Pattern YAML_ERROR =
            Pattern.compile(
                    "Error reading YAML file: (.+?)(?:, | (?=deserializing ))(.*?)"
                            + "(?: at line (\\d+) column \\d+)?");

    /** The line of a file that jetp shows as the wrong one. */
    private static final Pattern WRONG_LINE = Pattern.compile(" *(\\d+): *\\d+ \\| >>> \\| .*");

    /**
     * The message of a panic. It follows the place, on the same line or on the next one (since Rust
     * 1.73).
     */
    private static final Pattern PANIC =
            Pattern.compile("(thread '.*?') (?:\\(\\d+\\) )?(panicked at .*)");

    /** How jetp's last line begins where jetp accepts neither playbook nor inventory. */
    private static final List<String> REFUSALS =
            List.of(
                    BROKEN_YAML,
                    "role not found: ",
                    "unable to open file: ",
                    "unable to read file: ",
                    "at least one referenced ",
                    "no hosts found in --inventory",
                    "missing groups/ in --inventory",
                    "error parsing dynamic inventory",
                    "--limit-");

    // Mutable state
    private String lastText = "";
    private String panic = "";

    /** Whether the message of a panic is still to come. */
    private boolean panicking;

    /** The box that jetp draws around an error. */
    private BoxText box = new BoxText();

    private String wrongLine = "";

    /**
     * Takes the next line that is not empty.
     *
     * @param text the whole line, without colours
     */
    void take(JetpLine line, String text) {
        if (panicking) {
            panicking = false;
            panic += " " + PlainText.line(text);
        }
        lastText = text; // made plain when asked for: this is done for every line
        switch (line.kind()) {
            case PANIC -> panics(text);
            case BOX -> {
                box = new BoxText();
                wrongLine = "";
            }
            case IN_BOX -> box.add(text);
            case WRONG -> {
                if (wrongLine.isEmpty()) {
                    Matcher wrong = WRONG_LINE.matcher(text);
                    wrongLine = wrong.matches() ? wrong.group(1) : "";
                }
            }
            default -> {}
        }
    }

    /** Notes a panic. Only the first counts, because the others follow from it. */
    private void panics(String line) {
        Matcher matcher = PANIC.matcher(PlainText.line(line));
        if (panic.isEmpty() && matcher.matches()) {
            // without the number of the thread, so that the same error is the same text
            panic = matcher.group(1) + " " + matcher.group(2);
            panicking = panic.endsWith(":");
        }
    }

    /** The message of jetp's panic; empty where it had none. */
    String panic() {
        return panic;
    }

    /** Whether jetp accepted neither playbook nor inventory. */
    boolean areRefusal() {
        return panic.isEmpty() && REFUSALS.stream().anyMatch(PlainText.line(lastText)::startsWith);
    }

    /** Whether jetp ended because no host was left for the next task of a play. */
    boolean areOutOfHosts() {
        return panic.isEmpty() && PlainText.line(lastText).equals(OUT_OF_HOSTS);
    }

    /** The error in a file that jetp drew a box around; empty where there is none. */
    String brokenFile() {
        return PlainText.line(lastText).equals(BROKEN_YAML) && !box.isEmpty() ? box.text() : "";
    }

    /**
     * Puts file and line at the beginning of an error. jetp has them at the end and cuts long
     * texts.
     */
    String withLine(String error) {
        Matcher matcher = YAML_ERROR.matcher(error);
        if (!matcher.matches()) {
            return error;
        }
        String line = matcher.group(3) == null ? wrongLine : matcher.group(3);
        return matcher.group(1)
                + (line.isEmpty() ? "" : ":" + line)
                + ": "
                + matcher.group(2).replaceFirst("\\.\\.\\.\\|?$", "…");
    }

    /** The last line that is not empty. */
    String line() {
        return PlainText.line(lastText);
    }
}
