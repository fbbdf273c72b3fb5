package org.jetfanout.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jetfanout.plan.Batch;
import org.jetfanout.workers.Agent;
import org.jetfanout.workers.WorkerSettings;

/**
 * What travels through the queue for one batch: all that is needed to dispatch it, but no variable and no secret (those are in the
 * bundle).
 *
 * @param guid the run
 * @param batch hosts and worker
 * @param agent whether the user's agent is forwarded, guarded
 * @param agentKeys keys that the guard offers; empty: all but those that log in to workers
 * @param jobMillis how long the job may take
 * @param connectMillis how long connecting and logging in may take, each
 * @param reconnectMillis how long a broken connection is tried again
 * @param retainSeconds how long the worker keeps the job's logs
 */
record BatchMessage(
        String guid,
        Batch batch,
        boolean agent,
        List<String> agentKeys,
        long jobMillis,
        long connectMillis,
        long reconnectMillis,
        long retainSeconds) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static BatchMessage of(String guid, Batch batch, WorkerSettings settings) {
        return new BatchMessage(
                guid,
                batch,
                settings.agent() == Agent.FORWARD,
                settings.agentKeys(),
                settings.jobTimeout().toMillis(),
                settings.connectTimeout().toMillis(),
                settings.reconnectTimeout().toMillis(),
                settings.retain().toSeconds());
    }

    static BatchMessage read(byte[] bytes) throws IOException {
        return JSON.readValue(bytes, BatchMessage.class);
    }

    byte[] bytes() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    Duration jobTimeout() {
        return Duration.ofMillis(jobMillis);
    }

    Duration reconnectTimeout() {
        return Duration.ofMillis(reconnectMillis);
    }
}
