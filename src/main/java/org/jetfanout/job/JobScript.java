package org.jetfanout.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jetfanout.job.query.JobReply;
import org.jetfanout.record.Fence;
import org.jetfanout.runner.Payload;
import org.jetfanout.runner.ShellWords;

/**
 * The command lines for a worker. Each holds the whole script and its arguments, quoted for the
 * login shell. Pure functions. A line of the answer counts only if it has the nonce of its command.
 */
public final class JobScript {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,99}");
    private static final Pattern COMMENT = Pattern.compile("(?m)^\\s*#.*\\R");
    private static final Pattern MARGIN = Pattern.compile("(?m)^\\s+");
    private static final String SCRIPT = resource("here.sh") + resource("job.sh");
    private static final String DECIDE = resource("decide.sh");
    private static final String PAYLOAD = resource("payload.sh");
    private static final String PLAIN = "barriers= payload=\n" + SCRIPT;

    private JobScript() {}

    /**
     * Starts the job, or attaches to it if it was started before. The bundle goes to the command's
     * stdin.
     *
     * @param upload distinguishes two connections that bring the bundle at the same time; not
     *     secret
     */
    static String start(JobSpec spec, Nonce nonce, Wanted wanted, Fence fence, String upload) {
        List<String> arguments = new ArrayList<>(job(spec.guid(), spec.batch(), wanted, fence));
        arguments.addAll(
                List.of(
                        upload,
                        spec.packed().word(),
                        Long.toString(Math.max(1, spec.retain().toMinutes())),
                        spec.maxJobs().isPresent()
                                ? Integer.toString(spec.maxJobs().getAsInt())
                                : "",
                        spec.agent() ? "agent" : "",
                        spec.env().getOrDefault("PATH", "")));
        arguments.addAll(ShellWords.programs(spec.words()));
        return line(script(spec), "start", nonce, arguments);
    }

    /** Attaches to the job. */
    static String attach(JobSpec spec, Nonce nonce, Wanted wanted, Fence fence) {
        return line(script(spec), "attach", nonce, job(spec.guid(), spec.batch(), wanted, fence));
    }

    /**
     * What the worker needs for a job that waits between its plays, or that brings a file, goes
     * with those jobs alone.
     */
    private static String script(JobSpec spec) {
        if (spec.payload().isPresent()) {
            Payload file = spec.payload().get();
            return "barriers= payload='%s %d'%n".formatted(file.sha256(), file.size())
                    + PAYLOAD
                    + SCRIPT;
        }
        return spec.barriers().isEmpty()
                ? PLAIN
                : "payload= barriers=" + ShellWords.quote(numbers(spec)) + "\n" + DECIDE + SCRIPT;
    }

    /** The numbers of the plays before which a job waits, for a shell. */
    static String numbers(JobSpec spec) {
        return spec.barriers().stream().map(Object::toString).collect(Collectors.joining(" "));
    }

    /** Ends the job's process group, then sends the rest of the logs as attach does. */
    static String cancel(String guid, String batch, Nonce nonce, Wanted wanted, Fence fence) {
        return line("cancel", nonce, job(guid, batch, wanted, fence));
    }

    /**
     * Ends the job's process group, started or not, and sends no output. This is for a second
     * connection of the first owner, beside the one that follows the job. {@link JobReply} reads
     * the answer.
     */
    public static String cancel(String guid, String batch, Nonce nonce) {
        return cancel(guid, batch, nonce, Wanted.NOTHING, Fence.first(guid));
    }

    /** Lists all jobs of a run. {@link JobReply} reads the answer. */
    public static String status(String guid, Nonce nonce) {
        return line("status", nonce, List.of(guid));
    }

    /**
     * Removes everything of a run, except jobs that still run. {@link JobReply} reads the answer.
     */
    public static String clean(String guid, Nonce nonce) {
        return line("clean", nonce, List.of(guid));
    }

    /**
     * The parts of a job's logs that a command asks for.
     *
     * @param output the offset from which the text log is wanted; empty for nothing
     * @param events the offset from which the event log is wanted; empty for nothing
     * @param frame the most bytes of a frame
     */
    record Wanted(OptionalLong output, OptionalLong events, int frame) {
        static final Wanted NOTHING =
                new Wanted(OptionalLong.empty(), OptionalLong.empty(), ScriptOutput.LONGEST_FRAME);
    }

    private static List<String> job(String guid, String batch, Wanted wanted, Fence fence) {
        return List.of(
                guid,
                batch,
                offset(wanted.output()),
                offset(wanted.events()),
                Integer.toString(wanted.frame()),
                Long.toString(fence.term()),
                fence.proof());
    }

    private static String offset(OptionalLong from) {
        return from.isPresent() ? Long.toString(from.getAsLong()) : "-";
    }

    /** Checks a GUID or batch id, because it becomes a path on the worker. */
    static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not a GUID or batch id: " + name);
        }
    }

    /** One of our scripts, without its comments and indentation. */
    public static String resource(String name) {
        return MARGIN.matcher(program(name)).replaceAll("");
    }

    /** One of our programs, without its comments. */
    static String program(String name) {
        try (InputStream in = JobScript.class.getResourceAsStream(name)) {
            return COMMENT.matcher(new String(in.readAllBytes(), UTF_8)).replaceAll("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String line(String verb, Nonce nonce, List<String> arguments) {
        return line(PLAIN, verb, nonce, arguments);
    }

    private static String line(String script, String verb, Nonce nonce, List<String> arguments) {
        checkName(arguments.get(0));
        if (!verb.equals("status") && !verb.equals("clean")) {
            checkName(arguments.get(1));
        }
        List<String> words = new ArrayList<>(List.of("jet-fanout", verb));
        words.addAll(nonce.words());
        words.addAll(arguments);
        return "exec sh -c "
                + ShellWords.quote(script)
                + words.stream().map(ShellWords::quote).collect(Collectors.joining(" ", " ", ""));
    }
}
