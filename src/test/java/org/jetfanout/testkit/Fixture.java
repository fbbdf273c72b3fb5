package org.jetfanout.testkit;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.BatchResult;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Frame;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.Outcome;
import org.jetfanout.runner.Stream;
import org.jetfanout.site.workers.Worker;

/** Plans, results and frames of an invented run. */
public final class Fixture {
    /** The id of the run. */
    public static final String GUID = "3f2a0c1e-0000-4000-8000-000000000001";

    /** When the run began. */
    public static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

    private Fixture() {}

    /** A plan with batches 0001, 0002… of workers w1, w2…, with hosts h1-1, h1-2…. */
    public static Plan plan(int... sizes) {
        List<Batch> batches = new ArrayList<>();
        for (int i = 1; i <= sizes.length; i++) {
            List<String> hosts = new ArrayList<>();
            for (int host = 1; host <= sizes[i - 1]; host++) {
                hosts.add("h" + i + "-" + host);
            }
            batches.add(
                    new Batch(
                            "%04d".formatted(i),
                            new Worker("w" + i, "workers", "10.0.0." + i, 2200 + i, "ops"),
                            hosts));
        }
        return new Plan(GUID, batches, List.of("stray"));
    }

    /** The result of a batch whose hosts h&lt;n&gt;-1… have these outcomes. */
    public static BatchResult result(int number, BatchState state, Outcome... outcomes) {
        List<HostResult> hosts = new ArrayList<>();
        for (int i = 0; i < outcomes.length; i++) {
            String reason =
                    switch (outcomes[i]) {
                        case OK, CHANGED -> "";
                        case FAILED -> "rc 2: no such file";
                        case UNREACHABLE -> "SSH failed for h" + number + "-" + (i + 1) + ":22";
                        case UNFINISHED, NOT_STARTED -> "no result";
                    };
            hosts.add(new HostResult("h" + number + "-" + (i + 1), outcomes[i], reason));
        }
        return new BatchResult(
                "%04d".formatted(number),
                "w" + number,
                state,
                OptionalInt.of(0),
                state != BatchState.INCOMPLETE,
                hosts,
                START,
                START.plusSeconds(72),
                state == BatchState.ENDED ? "" : "why " + state.word());
    }

    /** The result of a batch whose hosts are all ok. */
    public static BatchResult allOk(int number, int hosts) {
        Outcome[] outcomes = new Outcome[hosts];
        Arrays.fill(outcomes, Outcome.OK);
        return result(number, BatchState.ENDED, outcomes);
    }

    /** A frame of a batch's text. */
    public static Frame frame(int batch, long offset, String text) {
        return frame(batch, Stream.OUTPUT, offset, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A frame of a batch's stream. */
    public static Frame frame(int batch, Stream stream, long offset, byte[] bytes) {
        return new Frame(GUID, "%04d".formatted(batch), "w" + batch, stream, offset, bytes, START);
    }
}
