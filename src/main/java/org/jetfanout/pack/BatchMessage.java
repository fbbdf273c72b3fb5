package org.jetfanout.pack;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jetfanout.job.JobSpec;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.BatchPlay;
import org.jetfanout.runner.BundleNames;
import org.jetfanout.runner.Payload;
import org.jetfanout.runner.Runner;
import org.jetfanout.site.workers.AgentMode;
import org.jetfanout.site.workers.OnWorkerLoss;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.site.workers.WorkerSettings;
import org.jetfanout.site.workers.Zone;
import org.jetfanout.ssh.agent.ShownKeys;

/**
 * Everything that the dispatch of one batch needs, besides its bundle. It is stored beside the
 * bundle, and only the id of the batch travels through the queue. Variables and secrets are in the
 * bundle, not here.
 *
 * @param guid the run
 * @param batch hosts and worker
 * @param command the runner's command line
 * @param sources the user's own path of each file in the bundle, by its path there; messages name
 *     it
 * @param plays the plays that have a host in the batch, in order, where workers wait for each other
 *     between plays; else none
 * @param tagged whether the user chose tasks by tag, so that a host may have no task and still be
 *     ok
 * @param agent whether the user's agent is forwarded, through the guard
 * @param keys of the agent that the guard shows
 * @param forHosts fingerprints of the keys that some workers may see and that must not log in to
 *     workers
 * @param logins login names that the guard signs for; empty for any
 * @param maxJobs how many jobs may run on the worker at a time; 0 for any number
 * @param jobMillis how long the job may take
 * @param connectMillis how long connecting may take, and how long logging in may take
 * @param keepaliveMillis silence after which the connection is probed
 * @param reconnectMillis how long jet-fanout tries to restore a broken connection
 * @param maxOutput how many bytes of each of the job's logs are accepted
 * @param reassign whether another worker may take the batch even where its job may have started
 * @param retainMillis how long the worker keeps the job's logs
 * @param outputFrom the offset in the record at which the text of this worker's job begins, after
 *     the text of workers that had the batch before
 * @param eventsFrom the offset in the record at which the events of this worker's job begin
 * @param payload the file for the hosts; null if there is none
 * @param zone which hands can reach the worker, where the run has hands
 */
public record BatchMessage(
        String guid,
        Batch batch,
        List<String> command,
        Map<String, String> sources,
        List<BatchPlay> plays,
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
        long eventsFrom,
        Payload payload,
        String zone) {
    /**
     * The least time for the script's first line, however fast the network is: login scripts may be
     * slow.
     */
    private static final long LEAST_ANSWER_MILLIS = 15_000;

    /** Copies the lists. A message that an earlier version wrote lacks some values. */
    public BatchMessage {
        plays = plays == null ? List.of() : List.copyOf(plays);
        zone = zone == null ? Zone.DEFAULT : zone;
    }

    /** The message of a batch that is packed for the first time. */
    public static BatchMessage of(
            String guid,
            Batch batch,
            List<String> command,
            Map<String, String> sources,
            List<BatchPlay> plays,
            boolean tagged,
            WorkerSettings settings,
            ShownKeys keys,
            List<String> forHosts,
            Collection<String> logins,
            Optional<Payload> payload) {
        return new BatchMessage(
                guid,
                batch,
                command,
                sources,
                plays,
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
                0,
                payload.orElse(null),
                settings.zone());
    }

    static BatchMessage read(byte[] bytes) throws IOException {
        return MessageJson.read(bytes);
    }

    byte[] bytes() {
        try {
            return MessageJson.write(this);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The message of the same batch for another worker.
     *
     * @param output how many bytes of its text the record has
     * @param events how many bytes of its events the record has
     */
    public BatchMessage to(Worker other, long output, long events) {
        Batch moved = batch.to(other);
        return new BatchMessage(
                guid,
                moved,
                command,
                sources,
                plays,
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
                events,
                payload,
                zone);
    }

    /** The numbers of the plays before which the runner waits for the other workers. */
    public SortedSet<Integer> barriers() {
        SortedSet<Integer> numbers = new TreeSet<>();
        plays.forEach(play -> numbers.add(play.number()));
        numbers.remove(1);
        return numbers;
    }

    /** Replaces the bundle's paths in the runner's text by the user's own. */
    public BundleNames names() {
        // a message that an earlier version wrote has none
        return sources == null
                ? BundleNames.none()
                : new BundleNames("/" + guid + "/" + batch.id() + "/", sources);
    }

    /**
     * The job of this batch.
     *
     * @param env its environment; only needed where the bundle is made
     * @param packed how the bundle is packed
     */
    public JobSpec job(Map<String, String> env, JobSpec.Packed packed) {
        return new JobSpec(
                guid,
                batch.id(),
                batch.worker().name(),
                command,
                env,
                Runner.EVENTS_VARIABLE,
                packed,
                agent && !batch.worker().equals(Worker.CONTROL_MACHINE),
                maxJobs > 0 ? OptionalInt.of(maxJobs) : OptionalInt.empty(),
                Duration.ofMillis(retainMillis),
                Duration.ofMillis(reconnectMillis),
                Duration.ofMillis(jobMillis),
                Duration.ofMillis(Math.max(connectMillis, LEAST_ANSWER_MILLIS)),
                maxOutput,
                List.copyOf(barriers()),
                Optional.ofNullable(payload));
    }
}
