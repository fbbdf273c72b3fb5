package org.jetfanout.plan;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.OptionalInt;
import org.jetfanout.text.Durations;

/**
 * How many workers configure so many hosts in a given time, and in what time so many workers do.
 *
 * <p>With W workers the one with the most hosts has hosts / W of them, rounded up; it works through
 * them in waves, each as long as one host takes.
 *
 * @param waves how many hosts one worker has at once
 * @param hostTime how long one host takes, from 1 s to {@link Durations#LONGEST}
 */
public record Capacity(Waves waves, Duration hostTime) {
    private static final int DIGITS = 2;

    public Capacity {
        if (hostTime.toSeconds() < 1 || hostTime.compareTo(Durations.LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "the time for one host must be from 1s to "
                            + Durations.text(Durations.LONGEST)
                            + ", not "
                            + Durations.text(hostTime));
        }
    }

    /** Hosts of the worker that has the most of them. */
    public long hostsPerWorker(int hosts, int workers) {
        return Waves.ceil(positive("hosts", hosts), positive("workers", workers));
    }

    /** How long so many workers take for so many hosts, both at least 1. */
    public Duration time(int hosts, int workers) {
        return hostTime.multipliedBy(waves.of(hostsPerWorker(hosts, workers)));
    }

    /** Waves that fit into a time. */
    public long wavesWithin(Duration within) {
        return within.dividedBy(hostTime);
    }

    /**
     * The fewest workers that configure so many hosts (at least 1) within a time; empty where that
     * is shorter than one host takes, which no number of workers changes.
     */
    public OptionalInt workers(int hosts, Duration within) {
        positive("hosts", hosts);
        long most = mostHostsPerWorker(within);
        return most == 0
                ? OptionalInt.empty()
                : OptionalInt.of(Math.toIntExact(Waves.ceil(hosts, most)));
    }

    /**
     * The same not rounded to whole workers: 900 hosts, 600 a worker: 1.5. Two decimals, up. Not
     * for a time shorter than one host takes.
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
        return waves.hostsWithin(wavesWithin(within));
    }

    private static int positive(String what, int number) {
        if (number < 1) {
            throw new IllegalArgumentException(what + " must be at least 1, not " + number);
        }
        return number;
    }
}
