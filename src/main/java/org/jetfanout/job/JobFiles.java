package org.jetfanout.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jetfanout.runner.ShellWords;

/** The files of a job in its bundle, besides the playbook and its files. */
public final class JobFiles {
    /** The wrapper script with the runner's command line and environment. It holds secrets. */
    public static final String RUN = "run";

    /** The archive's last entry. Its presence shows that the whole bundle arrived. */
    public static final String COMPLETE = "complete";

    /**
     * The first line of the wrapper: job.sh leaves it to this one to make the link to the agent.
     */
    private static final String LINKS = "links=2\n";

    private static final String WRAPPER =
            JobScript.resource("here.sh") + JobScript.resource("run.sh");
    private static final String TURN = JobScript.resource("turn.sh");
    private static final String BARRIER = JobScript.resource("barrier.sh");

    /** For so long a job waits at a barrier at least though no connection follows it. */
    private static final Duration LEAST_LONELY = Duration.ofDays(1);

    /**
     * The agent relay in two languages; a worker has at least one of them as a rule. The wrapper
     * assigns the programs to variables instead of keeping them in files, so they disappear from
     * the worker together with it.
     */
    private static final String RELAYS =
            "perl="
                    + ShellWords.quote(JobScript.program("relay.pl"))
                    + "\nserve="
                    + ShellWords.quote(JobScript.program("relay-serve.pl"))
                    + "\npython="
                    + ShellWords.quote(JobScript.program("relay.py"))
                    + "\n";

    /**
     * How much longer the relay waits than the control machine, because a person may need that time
     * to confirm a signature.
     */
    private static final Duration CONFIRMATION = Duration.ofMinutes(2);

    private JobFiles() {}

    /**
     * The content of each file by its path in the bundle, in the order in which they must be at its
     * end.
     */
    public static Map<String, byte[]> of(JobSpec spec) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(RUN, run(spec).getBytes(UTF_8));
        files.put(COMPLETE, new byte[0]);
        return files;
    }

    private static String run(JobSpec spec) {
        StringBuilder run = new StringBuilder(LINKS).append("runner() {\n");
        new TreeMap<>(spec.env())
                .forEach((name, value) -> export(run, name, ShellWords.quote(value)));
        // the job's own variables come last, so that workers.yml cannot change them
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
        run.append("barriers=").append(ShellWords.quote(JobScript.numbers(spec))).append('\n');
        if (!spec.barriers().isEmpty()) {
            Duration lonely =
                    spec.retain().compareTo(LEAST_LONELY) > 0 ? spec.retain() : LEAST_LONELY;
            run.append("lonely=").append(lonely.toSeconds()).append('\n').append(BARRIER);
        }
        return run.append(WRAPPER).toString();
    }

    private static void export(StringBuilder run, String name, String value) {
        run.append("export ").append(name).append('=').append(value).append('\n');
    }
}
