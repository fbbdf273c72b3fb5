package org.jetfanout.job;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jetfanout.runner.Payload;

/**
 * The description of a job. Immutable; checked when it is created.
 *
 * @param guid the run
 * @param batch id of the batch
 * @param worker name of the worker, for people
 * @param words the runner's command line; a leading {@code ~/} of its program is the worker's home
 * @param env variables of the runner's environment; may hold secrets
 * @param eventsVariable the variable that names the file for the runner's events
 * @param packed how the bundle is packed: gzip'ed tar, or plain tar (with a small bundle the job
 *     starts faster)
 * @param agent whether the job needs the user's agent: then a worker that forwards no agent refuses
 *     the job
 * @param maxJobs how many jobs may run on the worker at a time, or empty for any number: this job
 *     waits there until fewer run
 * @param retain how long the worker keeps the logs of ended jobs
 * @param reconnectTimeout how long jet-fanout tries to restore a broken connection before the
 *     worker is lost
 * @param jobTimeout how long the job may take; zero for no limit
 * @param answerTimeout how long the job's script may take to send its first line
 * @param maxOutput how many bytes of each of its logs are accepted
 * @param barriers numbers of the plays before which it waits, ascending; none of them is the first
 * @param payload the file for its hosts, if it brings one; then it has no barriers
 */
public record JobSpec(
        String guid,
        String batch,
        String worker,
        List<String> words,
        Map<String, String> env,
        String eventsVariable,
        Packed packed,
        boolean agent,
        OptionalInt maxJobs,
        Duration retain,
        Duration reconnectTimeout,
        Duration jobTimeout,
        Duration answerTimeout,
        long maxOutput,
        List<Integer> barriers,
        Optional<Payload> payload) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /** How a bundle is packed. */
    public enum Packed {
        GZIP("gzip"),
        TAR("tar");

        private final String word;

        Packed(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    /** Copies the collections and checks the values. */
    public JobSpec {
        words = List.copyOf(words);
        barriers = List.copyOf(barriers);
        int last = 1;
        for (int play : barriers) {
            if (play <= last) {
                throw new IllegalArgumentException("no order of plays: " + barriers);
            }
            last = play;
        }
        if (payload.isPresent() && !barriers.isEmpty()) {
            throw new IllegalArgumentException("a file and barriers need the same stdin");
        }
        env = Map.copyOf(env);
        JobScript.checkName(guid);
        JobScript.checkName(batch);
        if (words.isEmpty()) {
            throw new IllegalArgumentException("no runner to call");
        }
        checkVariable(eventsVariable);
        env.keySet().forEach(JobSpec::checkVariable);
    }

    private static void checkVariable(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not a name of a variable: " + name);
        }
    }

    /** Leaves out the values of {@code env}, which may be secrets. */
    @Override
    public String toString() {
        return "JobSpec[" + guid + "/" + batch + " on " + worker + ", env " + env.keySet() + "]";
    }
}
