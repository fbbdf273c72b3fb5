package org.jetfanout.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jetfanout.runner.ShellWords;

/** The files that a job needs in its bundle besides the playbook and what belongs to that. */
public final class JobFiles {
    /** The wrapper with the runner's command line and environment: holds secrets. */
    public static final String RUN = "run";

    /** The archive's last entry: who finds it knows that the bundle arrived whole. */
    public static final String COMPLETE = "complete";

    private static final String WRAPPER =
            JobScript.resource("here.sh") + JobScript.resource("run.sh");
    private static final String TURN = JobScript.resource("turn.sh");

    /**
     * The agent relay in two languages, of which a worker has at least one, as a rule. Assigned
     * here and not in files of their own: they are gone from the worker with the wrapper.
     */
    private static final String RELAYS =
            "perl="
                    + ShellWords.quote(JobScript.program("relay.pl"))
                    + "\npython="
                    + ShellWords.quote(JobScript.program("relay.py"))
                    + "\n";

    /**
     * How much longer than the control machine the relay waits: a person may take that long to
     * confirm a signature.
     */
    private static final Duration CONFIRMATION = Duration.ofMinutes(2);

    private JobFiles() {}

    /** Path in the bundle and content, in the order in which they must stand at its very end. */
    public static Map<String, byte[]> of(JobSpec spec) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(RUN, run(spec).getBytes(UTF_8));
        files.put(COMPLETE, new byte[0]);
        return files;
    }

    private static String run(JobSpec spec) {
        StringBuilder run = new StringBuilder("runner() {\n");
        new TreeMap<>(spec.env())
                .forEach((name, value) -> export(run, name, ShellWords.quote(value)));
        // ours last: nothing in workers.yml may point them elsewhere
        export(run, "JET_FANOUT_GUID", ShellWords.quote(spec.guid()));
        export(run, "JET_FANOUT_BATCH", ShellWords.quote(spec.batch()));
        export(run, spec.eventsVariable(), "\"$job/events.log\"");
        export(run, "SSH_AUTH_SOCK", "\"$auth\"");
        run.append("exec ").append(ShellWords.command(spec.words())).append("\n}\n");
        long patience = spec.reconnectTimeout().plus(CONFIRMATION).toSeconds();
        run.append("patience=").append(patience).append('\n').append(RELAYS);
        spec.maxJobs()
                .ifPresentOrElse(
                        limit -> run.append("limit=").append(limit).append('\n').append(TURN),
                        () -> run.append("limit=\n"));
        return run.append(WRAPPER).toString();
    }

    private static void export(StringBuilder run, String name, String value) {
        run.append("export ").append(name).append('=').append(value).append('\n');
    }
}
