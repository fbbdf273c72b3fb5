package org.jetfanout.pack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jetfanout.job.JobSpec;
import org.jetfanout.plan.Batch;
import org.jetfanout.runner.BundleNames;
import org.jetfanout.runner.known.Runners;
import org.jetfanout.site.workers.AgentMode;
import org.jetfanout.site.workers.OnWorkerLoss;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.site.workers.WorkerSettings;
import org.jetfanout.ssh.agent.ShownKeys;

/**
 * What is stored beside the bundle of one batch so that it can be dispatched. Only the id of the
 * batch travels through the queue. Variables and secrets are in the bundle, not here.
 *
 * @param guid the run
 * @param batch hosts and worker
 * @param command the runner's command line
 * @param sources the user's own path of what is in the bundle, by its path there: for what the
 *     runner says of it
 * @param tagged whether the user chose tasks by tag, so that a host may rightly have none
 * @param agent whether the user's agent is forwarded, guarded
 * @param keys those of the agent that the guard shows
 * @param forHosts fingerprints of the keys that some worker is shown, and that log in to none
 * @param logins names that the guard signs logins for; empty: any
 * @param maxJobs how many jobs may run on the worker at a time; 0: any number
 * @param jobMillis how long the job may take
 * @param connectMillis how long connecting and logging in may take, each
 * @param keepaliveMillis silence after which the connection is probed
 * @param reconnectMillis how long a broken connection is tried again
 * @param maxOutput how many bytes of each of the job's logs are taken
 * @param reassign whether another worker may take the batch even where its job may have started
 * @param retainMillis how long the worker keeps the job's logs
 * @param outputFrom where in the record the text of this worker's job begins: behind what workers
 *     sent that had the batch before
 * @param eventsFrom the same for its events
 */
public record BatchMessage(
        String guid,
        Batch batch,
        List<String> command,
        Map<String, String> sources,
        boolean tagged,
        boolean agent,
        ShownKeys keys,
        List<String> forHosts,
        List<String> logins,
        int maxJobs,
        long jobMillis,
        long connectMillis,
        long keepaliveMillis,
        long reconnectMillis,
        long maxOutput,
        boolean reassign,
        long retainMillis,
        long outputFrom,
        long eventsFrom) {
    /** Login scripts may take their time, however fast the network is. */
    private static final long LEAST_ANSWER_MILLIS = 15_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    public static BatchMessage of(
            String guid,
            Batch batch,
            List<String> command,
            Map<String, String> sources,
            boolean tagged,
            WorkerSettings settings,
            ShownKeys keys,
            List<String> forHosts,
            Collection<String> logins) {
        return new BatchMessage(
                guid,
                batch,
                command,
                sources,
                tagged,
                settings.agent() == AgentMode.FORWARD,
                keys,
                forHosts,
                List.copyOf(logins),
                settings.maxJobs().orElse(0),
                settings.jobTimeout().toMillis(),
                settings.connectTimeout().toMillis(),
                settings.keepalive().toMillis(),
                settings.reconnectTimeout().toMillis(),
                settings.maxOutput(),
                settings.onWorkerLoss() == OnWorkerLoss.REASSIGN,
                settings.retain().toMillis(),
                0,
                0);
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

    /**
     * The same batch for another worker.
     *
     * @param output bytes of text that the record has of it
     * @param events bytes of events that the record has of it
     */
    public BatchMessage to(Worker other, long output, long events) {
        Batch moved = new Batch(batch.id(), other, batch.hosts());
        return new BatchMessage(
                guid,
                moved,
                command,
                sources,
                tagged,
                agent,
                keys,
                forHosts,
                logins,
                maxJobs,
                jobMillis,
                connectMillis,
                keepaliveMillis,
                reconnectMillis,
                maxOutput,
                reassign,
                retainMillis,
                output,
                events);
    }

    /** Gives what the runner names the user's own paths back. */
    public BundleNames names() {
        // a message of an earlier version has none
        return sources == null
                ? BundleNames.none()
                : new BundleNames("/" + guid + "/" + batch.id() + "/", sources);
    }

    /**
     * The job of this batch.
     *
     * @param env its environment; only where the bundle is made
     * @param packed how the bundle goes to the worker
     */
    public JobSpec job(Map<String, String> env, JobSpec.Packed packed) {
        return new JobSpec(
                guid,
                batch.id(),
                batch.worker().name(),
                command,
                env,
                Runners.chosen().eventsVariable(),
                packed,
                agent && !batch.worker().equals(Worker.CONTROL_MACHINE),
                maxJobs > 0 ? OptionalInt.of(maxJobs) : OptionalInt.empty(),
                Duration.ofMillis(retainMillis),
                Duration.ofMillis(reconnectMillis),
                Duration.ofMillis(jobMillis),
                Duration.ofMillis(Math.max(connectMillis, LEAST_ANSWER_MILLIS)),
                maxOutput);
    }
}
