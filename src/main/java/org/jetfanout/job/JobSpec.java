package org.jetfanout.job;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * What a job is. Immutable; checked when made.
 *
 * @param guid the run
 * @param batch id of the batch
 * @param worker name of the worker, for people
 * @param words the runner's command line; a leading {@code ~/} of its program is the worker's home
 * @param env variables of the runner's environment; may hold secrets
 * @param eventsVariable the one that names the file for its events
 * @param packed how the bundle comes: gzip'ed tar, or plain tar (a small one starts faster)
 * @param agent whether the job needs the user's agent: a worker that forwards none does not take it
 * @param maxJobs how many jobs may run on the worker at a time: this one waits there until fewer
 *     do; empty: any number
 * @param retain how long the worker keeps the logs of ended jobs
 * @param reconnectTimeout how long a broken connection is tried again before the worker is lost
 * @param jobTimeout how long the job may take; zero: for ever
 * @param answerTimeout how long the job's script may take to its first word
 * @param maxOutput how many bytes of each of its logs are taken
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
        long maxOutput) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /** How a bundle comes. */
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

    public JobSpec {
        words = List.copyOf(words);
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

    /** Without the values of {@code env}: they may be secrets. */
    @Override
    public String toString() {
        return "JobSpec[" + guid + "/" + batch + " on " + worker + ", env " + env.keySet() + "]";
    }
}
