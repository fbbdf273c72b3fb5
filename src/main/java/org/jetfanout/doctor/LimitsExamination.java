package org.jetfanout.doctor;

import java.util.List;
import java.util.OptionalLong;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.ProcessLimits;
import org.jetfanout.text.Counted;

/** Open files, processes and threads, for as many workers at once as are wanted. */
record LimitsExamination(ProcessLimits limits, int threads) implements Examination {
    private static final String FILES = "open files";
    private static final String PROCESSES = "processes";

    @Override
    public List<Finding> findings() {
        return List.of(files(), processes());
    }

    private Finding files() {
        OptionalLong limit = limits.limit("Max open files");
        try {
            int workers = limits.workers(threads);
            String room =
                    "ulimit -n is %s, enough for %s at once"
                            .formatted(
                                    limit.isPresent() ? limit.getAsLong() : "unlimited",
                                    Counted.text(workers, "worker"));
            return workers < threads
                    ? Finding.warning(
                            FILES,
                            "%s, not for %d (--threads)".formatted(room, threads),
                            "Raise it before a run: ulimit -n 65536 (for a service: LimitNOFILE).")
                    : Finding.ok(FILES, room);
        } catch (ConfigurationException e) {
            return Finding.missing(FILES, e.getMessage(), "ulimit -n 65536");
        }
    }

    private Finding processes() {
        try {
            limits.requireThreads(threads);
            return Finding.ok(
                    PROCESSES, "enough for %s at once".formatted(Counted.text(threads, "worker")));
        } catch (ConfigurationException e) {
            return Finding.missing(
                    PROCESSES,
                    e.getMessage(),
                    "ulimit -u, nproc in /etc/security/limits.conf, or TasksMax of a service.");
        }
    }
}
