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

    private JobScript() {}

    /**
     * Starts the job, or attaches where it was started before. The bundle goes to its stdin.
     *
     * @param upload tells apart two connections that bring the bundle at once; not secret
     */
    static String start(JobSpec spec, Nonce nonce, Wanted wanted, String upload) {
        List<String> arguments = new ArrayList<>(job(spec.guid(), spec.batch(), wanted));
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
        return line("start", nonce, arguments);
    }

    /** Follows the job. */
    static String attach(String guid, String batch, Nonce nonce, Wanted wanted) {
        return line("attach", nonce, job(guid, batch, wanted));
    }

    /** Ends the job's process group, then sends the rest as attach does. */
    static String cancel(String guid, String batch, Nonce nonce, Wanted wanted) {
        return line("cancel", nonce, job(guid, batch, wanted));
    }

    /**
     * Ends the job's process group, started or not, and sends no output: for a command beside the
     * one that follows. {@link JobReply} reads what it answers.
     */
    public static String cancel(String guid, String batch, Nonce nonce) {
        return cancel(guid, batch, nonce, Wanted.NOTHING);
    }

    /** Asks for all jobs of a run. {@link JobReply} reads what it answers. */
    public static String status(String guid, Nonce nonce) {
        return line("status", nonce, List.of(guid));
    }

    /** Removes what is left of a run, but for jobs that run. {@link JobReply} reads the answer. */
    public static String clean(String guid, Nonce nonce) {
        return line("clean", nonce, List.of(guid));
    }

    /**
     * What of a job's logs is wanted.
     *
     * @param output from which byte on; empty: nothing
     * @param events the same
     * @param frame the most bytes of a frame
     */
    record Wanted(OptionalLong output, OptionalLong events, int frame) {
        static final Wanted NOTHING =
                new Wanted(OptionalLong.empty(), OptionalLong.empty(), ScriptOutput.LONGEST_FRAME);
    }

    private static List<String> job(String guid, String batch, Wanted wanted) {
        return List.of(
                guid,
                batch,
                offset(wanted.output()),
                offset(wanted.events()),
                Integer.toString(wanted.frame()));
    }

    private static String offset(OptionalLong from) {
        return from.isPresent() ? Long.toString(from.getAsLong()) : "-";
    }

    /** A GUID or batch id becomes a path on the worker. */
    static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not a GUID or batch id: " + name);
        }
    }

    /** A script of ours without its comments and indentation. */
    public static String resource(String name) {
        return MARGIN.matcher(program(name)).replaceAll("");
    }

    /** A program of ours without its comments. */
    static String program(String name) {
        try (InputStream in = JobScript.class.getResourceAsStream(name)) {
            return COMMENT.matcher(new String(in.readAllBytes(), UTF_8)).replaceAll("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String line(String verb, Nonce nonce, List<String> arguments) {
        checkName(arguments.get(0));
        if (!verb.equals("status") && !verb.equals("clean")) {
            checkName(arguments.get(1));
        }
        List<String> words = new ArrayList<>(List.of("jet-fanout", verb));
        words.addAll(nonce.words());
        words.addAll(arguments);
        return "exec sh -c "
                + ShellWords.quote(SCRIPT)
                + words.stream().map(ShellWords::quote).collect(Collectors.joining(" ", " ", ""));
    }
}
