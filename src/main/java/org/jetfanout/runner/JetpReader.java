package org.jetfanout.runner;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.LongPredicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.log.Stream;

/**
 * Reads what jetp says and gives the result of each host. The outcomes come from its events alone;
 * its text gives reasons that the events lack. Text and events may arrive in any order beside each
 * other, in pieces of any size; memory is bounded whatever comes. Not thread-safe.
 */
public final class JetpReader {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int LONGEST_LINE = 4 << 10;
    private static final String SAYS = "  ..... ";
    private static final String TASK = "> begin task: ";
    private static final String BEGINS = "… ";
    private static final String RUNNING = " => running";
    private static final String UNREACHED = "! connection failed to host: ";
    private static final String ERROR = "! error: ";
    private static final String AGENT_AWAY = "tried while the agent was away: ";
    private static final String BROKEN_YAML = "edit the file and try again?";

    /** What jetp draws a box around, once its folding is undone. */
    private static final Pattern YAML_ERROR =
            Pattern.compile(
                    "Error reading YAML file: (.+?)(?:, | (?=deserializing ))(.*?)"
                            + "(?: at line (\\d+) column \\d+)?");

    /** The line of a file that jetp shows as the wrong one. */
    private static final Pattern WRONG_LINE = Pattern.compile(" *(\\d+): *\\d+ \\| >>> \\| .*");

    /** The message of a panic stands behind its place, or on the next line (Rust 1.73). */
    private static final Pattern PANIC =
            Pattern.compile("(thread '.*?') (?:\\(\\d+\\) )?(panicked at .*)");

    /** How jetp's last line begins where it takes neither playbook nor inventory. */
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

    private final Map<String, Host> hosts;
    private final boolean tagged;
    private final UnaryOperator<String> names;
    private final TextLines text = new TextLines(LONGEST_LINE, this::line);
    private final EventLines events = new EventLines(this::event);

    // Mutable state
    private final Map<State, Integer> counts = new EnumMap<>(State.class);
    private String play = "";
    private String task = "";
    private int taskNumber = 1;
    private int reported;
    private boolean complete;
    private int textTask;
    private String textTaskName = "";
    private boolean anyBegun;
    private boolean anyEvent;
    private long foreign;
    private long unreadable;
    private String lastText = "";
    private String panic = "";

    /** The message of a panic is still to come. */
    private boolean panicking;

    /** The box that jetp draws around an error, and the line that it shows as the wrong one. */
    private BoxText box = new BoxText();

    private String wrongLine = "";

    /** A play is open in which no task has begun. */
    private boolean withoutTask;

    /** Some play came to its end without a task, so a host may rightly have none. */
    private boolean taskless;

    private boolean anyTask;
    private LongPredicate withoutAgent = position -> false;

    private enum State {
        SILENT,
        OK,
        CHANGED,
        FAILED,
        UNREACHABLE
    }

    /** What is known of one host. */
    private static final class Host {
        // Mutable state
        State state = State.SILENT;
        int reportedIn;

        /** The last task that the text says was begun on it. */
        int begunIn;

        /**
         * Of the failure: what the event says, and the text's word about a failure without a
         * command.
         */
        String failure = "";

        boolean needsError;
        String error = "";
        String said = "";
        String unreached = "";
        long unreachedAt;
    }

    /**
     * @param hosts the batch's hosts, by inventory name
     */
    public JetpReader(Collection<String> hosts) {
        this(hosts, false);
    }

    /**
     * @param hosts the batch's hosts, by inventory name
     * @param tagged the run is limited to tags: a host on which no task ran is ok then
     */
    public JetpReader(Collection<String> hosts, boolean tagged) {
        this(hosts, tagged, UnaryOperator.identity());
    }

    /**
     * @param hosts the batch's hosts, by inventory name
     * @param tagged the run is limited to tags: a host on which no task ran is ok then
     * @param names gives the files that reasons name their names of the control machine back
     */
    public JetpReader(Collection<String> hosts, boolean tagged, UnaryOperator<String> names) {
        this.names = names;
        this.hosts = new LinkedHashMap<>(hosts.size() * 4 / 3 + 1);
        this.tagged = tagged;
        hosts.forEach(host -> this.hosts.put(host, new Host()));
        counts.put(State.SILENT, this.hosts.size());
    }

    /** Takes the next bytes of a stream. */
    public void read(Stream stream, byte[] bytes) {
        switch (stream) {
            case OUTPUT -> text.read(bytes);
            case EVENTS -> events.read(bytes);
        }
    }

    /**
     * Hosts that could not be reached while the runner had no agent are unfinished: they may be
     * well. For before {@link #results}.
     *
     * @param spells tells of a place in the event log whether the line that ends there was written
     *     then
     */
    public void withoutAgent(LongPredicate spells) {
        withoutAgent = spells;
    }

    /** How the batch stands now. */
    public Tally tally() {
        int silent = count(State.SILENT);
        boolean idle = tagged || taskless;
        int ok = count(State.OK) + (idle ? silent : 0);
        return new Tally(
                hosts.size(),
                complete ? ok : 0,
                complete ? count(State.CHANGED) : 0,
                count(State.FAILED),
                count(State.UNREACHABLE),
                complete ? (idle ? 0 : silent) : silent + count(State.OK) + count(State.CHANGED),
                play,
                task,
                reported,
                complete,
                foreign,
                unreadable);
    }

    /**
     * The result of each host, in the batch's order. For when the job has ended, whatever way.
     *
     * @param exitCode the runner's; empty where the job is lost
     */
    public List<HostResult> results(OptionalInt exitCode) {
        return results(exitCode, exitCode.isPresent() ? "" : "the job is lost");
    }

    /**
     * The result of each host, in the batch's order.
     *
     * @param exitCode the runner's; empty where nobody knows it
     * @param ending how the job ended where that is not the runner's doing (worker lost, cancelled,
     *     timed out): the reason of unfinished hosts. Empty: the runner ended by itself
     */
    public List<HostResult> results(OptionalInt exitCode, String ending) {
        // the last line may lack its end
        text.end();
        events.end();
        String unfinished = complete ? "no task ran on it" : shown(why(exitCode, ending));
        List<HostResult> results = new ArrayList<>(hosts.size());
        boolean cut = !complete && !ending.isEmpty() && anyBegun;
        String notBegun =
                cut
                        ? shown(
                                unfinished
                                        + "; it is one of those with which task '"
                                        + textTaskName
                                        + "' had not begun: the runner had not got through to it")
                        : unfinished;
        hosts.forEach(
                (name, host) ->
                        results.add(
                                result(
                                        name,
                                        host,
                                        cut && host.begunIn != textTask ? notBegun : unfinished)));
        return results;
    }

    /**
     * Whether the runner ended by itself since it took neither playbook nor inventory, before any
     * host was touched.
     */
    public boolean refused(OptionalInt exitCode) {
        text.end();
        events.end();
        return exitCode.isPresent()
                && exitCode.getAsInt() == 1
                && !anyTask
                && !complete
                && count(State.SILENT) == hosts.size()
                && panic.isEmpty()
                && REFUSALS.stream().anyMatch(PlainText.line(lastText)::startsWith);
    }

    private String shown(String reason) {
        return PlainText.line(names.apply(reason));
    }

    private HostResult result(String name, Host host, String unfinished) {
        return switch (host.state) {
            case FAILED -> {
                String reason =
                        host.needsError && !host.error.isEmpty()
                                ? host.failure + ": " + host.error
                                : host.failure;
                yield new HostResult(name, Outcome.FAILED, shown(reason));
            }
            case UNREACHABLE -> {
                String reason = host.unreached.isEmpty() ? host.said : host.unreached;
                boolean away = withoutAgent.test(host.unreachedAt);
                yield new HostResult(
                        name,
                        away ? Outcome.UNFINISHED : Outcome.UNREACHABLE,
                        shown(
                                (away ? AGENT_AWAY : "")
                                        + (reason.isEmpty() ? "connection failed" : reason)));
            }
            case OK -> finished(name, Outcome.OK, unfinished);
            case CHANGED -> finished(name, Outcome.CHANGED, unfinished);
            case SILENT ->
                    tagged || taskless
                            ? finished(name, Outcome.OK, unfinished)
                            : new HostResult(name, Outcome.UNFINISHED, unfinished);
        };
    }

    private HostResult finished(String name, Outcome outcome, String unfinished) {
        return complete
                ? new HostResult(name, outcome, "")
                : new HostResult(name, Outcome.UNFINISHED, unfinished);
    }

    /** Why the runner did not come to its end. */
    private String why(OptionalInt exitCode, String ending) {
        if (!ending.isEmpty()) {
            return ending;
        }
        int code = exitCode.orElse(0);
        if (code > 128 && code <= 192) {
            return "the runner was ended by signal " + (code - 128) + " (exit code " + code + ")";
        }
        if (!panic.isEmpty()) {
            return panic;
        }
        String lastLine = PlainText.line(lastText);
        if (lastLine.equals(BROKEN_YAML) && !box.isEmpty()) {
            return yamlError(names.apply(box.text()));
        }
        if (code != 0 && !lastLine.isEmpty()) {
            return lastLine;
        }
        return "the runner ended with exit code "
                + code
                + (anyEvent ? " before its summary" : " and wrote no events: is it jetp?");
    }

    private int count(State state) {
        return counts.getOrDefault(state, 0);
    }

    private void line(String raw) {
        String line = PlainText.colourless(raw);
        if (line.isBlank()) {
            return;
        }
        if (panicking) {
            panicking = false;
            panic += " " + PlainText.line(line);
        }
        begins(line);
        lastText = line; // made plain when asked for: this is done for every line
        if (line.startsWith(SAYS)) {
            addressed(line.substring(SAYS.length()), " : ", (host, message) -> host.said = message);
        } else if (line.startsWith(ERROR)) {
            addressed(
                    line.substring(ERROR.length()), ": ", (host, message) -> host.error = message);
        } else if (line.startsWith(UNREACHED)) {
            Host host = hosts.get(line.substring(UNREACHED.length()).strip());
            if (host != null) {
                host.unreached = host.said;
            }
        } else if (line.startsWith("thread '") && line.contains(" panicked at ")) {
            panics(line);
        } else if (line.startsWith("┌")) {
            box = new BoxText();
            wrongLine = "";
        } else if (line.startsWith("│")) {
            box.add(line);
        } else if (line.contains(" | >>> | ") && wrongLine.isEmpty()) {
            Matcher wrong = WRONG_LINE.matcher(line);
            wrongLine = wrong.matches() ? wrong.group(1) : "";
        }
    }

    /** A task, or what a task does on a host. */
    private void begins(String line) {
        if (line.startsWith(TASK)) {
            textTask++;
            textTaskName = line.substring(TASK.length());
            anyBegun = false;
        } else if (line.startsWith(BEGINS) && line.endsWith(RUNNING)) {
            Host host =
                    hosts.get(
                            line.substring(BEGINS.length(), line.length() - RUNNING.length())
                                    .strip());
            if (host != null) {
                host.begunIn = textTask;
                anyBegun = true;
            }
        }
    }

    /** With file and line in front: jetp cuts long texts, and the line stands at their end. */
    private String yamlError(String text) {
        Matcher error = YAML_ERROR.matcher(text);
        if (!error.matches()) {
            return text;
        }
        String line = error.group(3) == null ? wrongLine : error.group(3);
        return error.group(1)
                + (line.isEmpty() ? "" : ":" + line)
                + ": "
                + error.group(2).replaceFirst("\\.\\.\\.\\|?$", "…");
    }

    /** The first counts: others follow from it. */
    private void panics(String line) {
        Matcher matcher = PANIC.matcher(PlainText.line(line));
        if (panic.isEmpty() && matcher.matches()) {
            // without the number of the thread, so that the same trouble is the same text
            panic = matcher.group(1) + " " + matcher.group(2);
            panicking = panic.endsWith(":");
        }
    }

    private interface Taker {
        void take(Host host, String message);
    }

    /** A line about one host. A host's name may hold the mark that stands behind it (IPv6). */
    private void addressed(String line, String mark, Taker taker) {
        int at = line.indexOf(mark);
        for (int tries = 0; at >= 0 && tries < 16; tries++) {
            Host host = hosts.get(line.substring(0, at));
            if (host != null) {
                taker.take(host, PlainText.line(line.substring(at + mark.length())));
                return;
            }
            at = line.indexOf(mark, at + 1);
        }
    }

    /** The fields of an event that matter here; the others stay empty. */
    private static final class Event {
        // Mutable state
        String event = "";
        String play = "";
        String task = "";
        String host = "";
        String status = "";
        String code = "";
        String output = "";
        boolean command;
    }

    private void event(String line) {
        Event event = new Event();
        try (JsonParser parser = JSON.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                unreadable++;
                return;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (value.isStructStart()) {
                    parser.skipChildren();
                } else {
                    field(event, name, parser.getValueAsString(""));
                }
            }
        } catch (IOException e) {
            unreadable++;
            return;
        }
        anyEvent = true;
        take(event);
    }

    private static void field(Event event, String name, String value) {
        switch (name) {
            case "event" -> event.event = value;
            case "play" -> event.play = value;
            case "task" -> event.task = value;
            case "host" -> event.host = value;
            case "task_status" -> event.status = value;
            case "cmd_rc" -> event.code = value;
            case "cmd_out" -> event.output = value;
            case "cmd" -> event.command = true;
            default -> {}
        }
    }

    private void take(Event event) {
        switch (event.event) {
            case "PLAYBOOK_START" -> {
                endOfPlay();
                starts("", "");
            }
            case "PLAY_START" -> {
                endOfPlay();
                withoutTask = true;
                starts(event.play, "");
            }
            case "TASK_START" -> {
                withoutTask = false;
                anyTask = true;
                starts(event.play, event.task);
            }
            case "TASK_STATUS", "TASK_CHECK_STATUS" ->
                    reports(event, changes(event.status) ? State.CHANGED : State.OK);
            case "TASK_FAILED" -> reports(event, State.FAILED);
            case "HOST_CONNECT_FAILED" -> reports(event, State.UNREACHABLE);
            case "SUMMARY" -> {
                endOfPlay();
                complete = true;
            }
            default -> {}
        }
    }

    private void endOfPlay() {
        taskless |= withoutTask;
        withoutTask = false;
    }

    private void starts(String nextPlay, String nextTask) {
        // more work after a summary (a runner that is called twice): not at its end after all
        complete = false;
        play = PlainText.line(nextPlay);
        task = PlainText.line(nextTask);
        taskNumber++;
        reported = 0;
    }

    private static boolean changes(String status) {
        return switch (status) {
            case "IsExecuted", "IsCreated", "IsModified", "IsRemoved" -> true;
            // check-ssh: would change
            case "NeedsExecution", "NeedsCreation", "NeedsModification", "NeedsRemoval" -> true;
            // also "Failed": a failure that the playbook ignores
            default -> false;
        };
    }

    private void reports(Event event, State next) {
        Host host = hosts.get(event.host);
        if (host == null) {
            foreign++;
            return;
        }
        if (host.reportedIn != taskNumber) {
            host.reportedIn = taskNumber;
            reported++;
        }
        // worse wins, and the first failure stays
        if (next.compareTo(host.state) <= 0 || host.state.compareTo(State.FAILED) >= 0) {
            return;
        }
        counts.merge(host.state, -1, Integer::sum);
        counts.merge(next, 1, Integer::sum);
        host.state = next;
        if (next == State.FAILED) {
            fails(host, event);
        } else if (next == State.UNREACHABLE) {
            host.unreachedAt = events.position();
        }
    }

    private static void fails(Host host, Event event) {
        String failure = event.task.isEmpty() ? "a task failed" : event.task;
        host.needsError = !event.command;
        if (event.command) {
            failure += ": exit code " + event.code;
            String first = event.output.strip().lines().findFirst().orElse("");
            failure += first.isEmpty() ? "" : ": " + first;
        }
        host.failure = PlainText.line(failure);
    }
}
