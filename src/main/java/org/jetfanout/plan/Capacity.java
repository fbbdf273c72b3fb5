package org.jetfanout.plan;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.OptionalInt;
import org.jetfanout.text.Durations;

/**
 * Computes how many workers configure a number of hosts in a given time, and how long a number of
 * workers takes.
 *
 * <p>With W workers, the busiest one has hosts / W of the hosts, rounded up. It configures them in
 * rounds, and each round takes as long as one host.
 *
 * @param rounds how many hosts one worker configures at once
 * @param hostTime how long one host takes, from 1 s to {@link Durations#LONGEST}
 */
public record Capacity(Rounds rounds, Duration hostTime) {
    private static final int DIGITS = 2;

    /**
     * Checks the time for one host.
     *
     * @throws IllegalArgumentException where it is out of range
     */
    public Capacity {
        if (hostTime.toSeconds() < 1 || hostTime.compareTo(Durations.LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "the time for one host must be from 1s to "
                            + Durations.text(Durations.LONGEST)
                            + ", not "
                            + Durations.text(hostTime));
        }
    }

    /** The number of hosts of the busiest worker. */
    public long hostsPerWorker(int hosts, int workers) {
        return Rounds.ceil(positive("hosts", hosts), positive("workers", workers));
    }

    /** How long this number of workers takes for this number of hosts. Both must be at least 1. */
    public Duration time(int hosts, int workers) {
        return hostTime.multipliedBy(rounds.of(hostsPerWorker(hosts, workers)));
    }

    /** How many rounds fit into a time. */
    public long roundsWithin(Duration within) {
        return within.dividedBy(hostTime);
    }

    /**
     * The fewest workers that configure the hosts (at least 1) within a time. Empty where the time
     * is shorter than one host takes: no number of workers is enough then.
     */
    public OptionalInt workers(int hosts, Duration within) {
        positive("hosts", hosts);
        long most = mostHostsPerWorker(within);
        return most == 0
                ? OptionalInt.empty()
                : OptionalInt.of(Math.toIntExact(Rounds.ceil(hosts, most)));
    }

    /**
     * The number of workers before it is rounded to whole ones: 900 hosts at 600 a worker give 1.5.
     * It has two decimals and is rounded up. The time must be at least as long as one host takes.
     */
    public BigDecimal exactWorkers(int hosts, Duration within) {
        BigDecimal exact =
                BigDecimal.valueOf(hosts)
                        .divide(
                                BigDecimal.valueOf(mostHostsPerWorker(within)),
                                DIGITS,
                                RoundingMode.CEILING)
                        .stripTrailingZeros();
        return exact.scale() < 0 ? exact.setScale(0, RoundingMode.UNNECESSARY) : exact;
    }

    /** The most hosts that one worker can configure within a time. */
    public long mostHostsPerWorker(Duration within) {
        if (within.compareTo(Durations.LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "the time limit must be at most " + Durations.text(Durations.LONGEST));
        }
        return rounds.hostsWithin(roundsWithin(within));
    }

    private static int positive(String what, int number) {
        if (number < 1) {
            throw new IllegalArgumentException(what + " must be at least 1, not " + number);
        }
        return number;
    }
}
