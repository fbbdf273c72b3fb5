package org.jetfanout.record;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import org.jetfanout.runner.HostResult;
import org.jetfanout.text.Durations;

/**
 * The result of a batch.
 *
 * @param batch its id
 * @param worker the worker that configured it
 * @param state a final one ({@link BatchState#isLast})
 * @param exitCode the runner's, where there is one; only a hint, because the results of the hosts
 *     count
 * @param complete whether every byte of its output is stored
 * @param hosts the result of every host of the batch
 * @param started when the control machine took the batch up
 * @param ended when the control machine learned of the end
 * @param reason why it did not succeed, in one line; empty where it did
 * @param resumable whether the worker may still have the job, so that the run can be resumed
 * @param misconfigured whether the routes did not do with it what they must
 */
public record BatchResult(
        String batch,
        String worker,
        BatchState state,
        OptionalInt exitCode,
        boolean complete,
        List<HostResult> hosts,
        Instant started,
        Instant ended,
        String reason,
        boolean resumable,
        boolean misconfigured) {
    /** The result of a batch whose job has ended. */
    public BatchResult(
            String batch,
            String worker,
            BatchState state,
            OptionalInt exitCode,
            boolean complete,
            List<HostResult> hosts,
            Instant started,
            Instant ended,
            String reason) {
        this(batch, worker, state, exitCode, complete, hosts, started, ended, reason, false, false);
    }

    /** Copies the list and checks the state. */
    public BatchResult {
        if (!state.isLast()) {
            throw new IllegalArgumentException("batch " + batch + " cannot end as " + state.word());
        }
        hosts = List.copyOf(hosts);
    }

    /** The counts of its hosts. */
    public Counts counts() {
        return Counts.of(hosts);
    }

    /** From its start to its end. */
    public Duration time() {
        return Durations.between(started, ended);
    }

    /** Writes the result without its hosts, as fields of an object that is begun. */
    public void write(JsonGenerator json) throws IOException {
        json.writeStringField("batch", batch);
        json.writeStringField("worker", worker);
        json.writeStringField("state", state.word());
        if (exitCode.isPresent()) {
            json.writeNumberField("exitCode", exitCode.getAsInt());
        } else {
            json.writeNullField("exitCode");
        }
        json.writeBooleanField("complete", complete);
        counts().write(json);
        json.writeStringField("started", started.toString());
        json.writeStringField("ended", ended.toString());
        json.writeStringField("reason", reason);
        if (resumable) {
            json.writeBooleanField("resumable", true);
        }
        if (misconfigured) {
            json.writeBooleanField("misconfigured", true);
        }
    }
}
