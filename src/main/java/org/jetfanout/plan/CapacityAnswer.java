package org.jetfanout.plan;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jetfanout.text.Counted;
import org.jetfanout.text.Durations;

/**
 * The answer of {@code capacity} for one set of workers.
 *
 * @param capacity the arithmetic behind the answer
 * @param hosts how many hosts are to be configured, at least 1
 * @param workers how many workers are needed where a time was given; otherwise the number that was
 *     given
 * @param within the time that was given; empty where the number of workers was given
 */
public record CapacityAnswer(Capacity capacity, int hosts, int workers, Optional<Duration> within) {
    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException where hosts or workers are less than 1
     */
    public CapacityAnswer {
        if (hosts < 1 || workers < 1) {
            throw new IllegalArgumentException(
                    (hosts < 1 ? "hosts" : "workers")
                            + " must be at least 1, not "
                            + (hosts < 1 ? hosts : workers));
        }
    }

    /** Answers how many workers are needed; empty where no number of workers is enough. */
    public static Optional<CapacityAnswer> within(Capacity capacity, int hosts, Duration within) {
        OptionalInt workers = capacity.workers(hosts, within);
        return workers.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new CapacityAnswer(
                                capacity, hosts, workers.getAsInt(), Optional.of(within)));
    }

    /** Answers how long this number of workers takes. */
    public static CapacityAnswer withWorkers(Capacity capacity, int hosts, int workers) {
        return new CapacityAnswer(capacity, hosts, workers, Optional.empty());
    }

    /** Explains why no number of workers is enough. */
    public static String tooShort(Duration hostTime, Duration within) {
        return "no number of workers is enough: a single host takes "
                + Durations.text(hostTime)
                + ", longer than "
                + Durations.text(within);
    }

    /** The number of hosts of the busiest worker. */
    public long hostsPerWorker() {
        return capacity.hostsPerWorker(hosts, workers);
    }

    /** The number of rounds of the busiest worker. */
    public long rounds() {
        return capacity.rounds().of(hostsPerWorker());
    }

    /** How long the busiest worker takes. */
    public Duration time() {
        return capacity.time(hosts, workers);
    }

    /** One line for people. Its first number is the answer. */
    public String text() {
        String threads =
                Counted.text(capacity.rounds().threads(), "thread")
                        + (capacity.rounds().batchSize().isPresent()
                                ? ", batch_size " + capacity.rounds().batchSize().getAsInt()
                                : "");
        String hostTime = Durations.text(capacity.hostTime());
        if (within.isEmpty()) {
            return Durations.text(time())
                    + ": "
                    + Counted.text(hosts, "host")
                    + " on "
                    + Counted.text(workers, "worker")
                    + ", at most "
                    + hostsPerWorker()
                    + " each, "
                    + Counted.text(rounds(), "round")
                    + " of "
                    + hostTime
                    + " ("
                    + threads
                    + ")";
        }
        Duration wanted = within.get();
        String exact = capacity.exactWorkers(hosts, wanted).toPlainString();
        return Counted.text(workers, "worker")
                + ": "
                + Counted.text(hosts, "host")
                + " / "
                + capacity.mostHostsPerWorker(wanted)
                + " per worker ("
                + threads
                + ", "
                + Counted.text(capacity.roundsWithin(wanted), "round")
                + " of "
                + hostTime
                + " in "
                + Durations.text(wanted)
                + ") = "
                + exact
                + (exact.equals(String.valueOf(workers)) ? "" : ", rounded up")
                + "; done in "
                + Durations.text(time());
    }

    /** The same for programs. Times are text, and {@code seconds} is there for arithmetic. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("workers", workers);
        within.ifPresent(
                wanted -> {
                    json.put("exactWorkers", capacity.exactWorkers(hosts, wanted));
                    json.put("within", Durations.text(wanted));
                });
        json.put("hosts", hosts);
        json.put("threads", capacity.rounds().threads());
        capacity.rounds().batchSize().ifPresent(size -> json.put("batchSize", size));
        json.put("hostTime", Durations.text(capacity.hostTime()));
        json.put("hostsPerWorker", hostsPerWorker());
        json.put("rounds", rounds());
        json.put("time", Durations.text(time()));
        json.put("seconds", time().toSeconds());
        return json;
    }
}
