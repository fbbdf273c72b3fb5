package org.jetfanout.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.machine.PipedFiles;
import org.jetfanout.runner.WorkRequest;
import org.jetfanout.site.workers.PlayOrder;
import org.jetfanout.site.workers.RolloutRules;

/**
 * What the user asks for: a checked command line that has not been carried out yet.
 *
 * @param work what to do on which hosts; only its runner understands it
 * @param workerConfig workers.yml
 * @param threads how many workers the run uses at once
 * @param order whether workers wait for each other between plays; empty for what workers.yml says
 * @param rollout how the run goes from wave to wave, as far as the user says it for this run
 * @param routes folder with the user's own routes
 * @param broker the user's own broker
 * @param sinks that get the log documents
 */
public record RunRequest(
        WorkRequest work,
        Path workerConfig,
        int threads,
        Optional<PlayOrder> order,
        RolloutRules rollout,
        Optional<Path> routes,
        Optional<BrokerRequest> broker,
        SinkRequest sinks) {
    /** How many workers a run uses at once where nobody says. */
    public static final int DEFAULT_THREADS = 20;

    /** A request with only what a run needs. */
    public static RunRequest of(WorkRequest work, Path workerConfig) {
        return new RunRequest(
                work,
                workerConfig,
                DEFAULT_THREADS,
                Optional.empty(),
                RolloutRules.NONE,
                Optional.empty(),
                Optional.empty(),
                SinkRequest.NONE);
    }

    /** The same request with these sinks. */
    public RunRequest with(SinkRequest others) {
        return new RunRequest(work, workerConfig, threads, order, rollout, routes, broker, others);
    }

    /** The same request with this order of plays. */
    public RunRequest with(PlayOrder other) {
        return new RunRequest(
                work, workerConfig, threads, Optional.of(other), rollout, routes, broker, sinks);
    }

    /** The same request with these rules, and its own where they say nothing. */
    public RunRequest with(RolloutRules rules) {
        return new RunRequest(
                work, workerConfig, threads, order, rules.over(rollout), routes, broker, sinks);
    }

    /**
     * The same request, with its secrets and all that came from pipes in files of this folder; see
     * {@link WorkRequest#keptIn}.
     *
     * @param folder of the run; created, for its owner only, where it is missing
     */
    public RunRequest keptIn(Path folder) throws IOException {
        return new RunRequest(
                work.keptIn(folder),
                PipedFiles.kept(workerConfig, folder, "workers"),
                threads,
                order,
                rollout,
                routes,
                broker,
                sinks);
    }

    /** What the run record keeps of the request. Only after {@link #keptIn}. */
    public Map<String, Object> toRecord() {
        return StoredRequest.toRecord(this);
    }

    /**
     * The request of an earlier run.
     *
     * @param record the result of {@link #toRecord}
     */
    public static RunRequest fromRecord(JsonNode record) {
        return StoredRequest.read(record);
    }

    /**
     * The same request on another machine, which goes on with its run.
     *
     * @param site folder with what came of the user's files: routes, settings of sinks
     * @param other the broker as that machine knows it
     * @param ofSinks whether the sinks can be used there
     */
    public RunRequest elsewhere(Path site, BrokerRequest other, boolean ofSinks) {
        Path settings = site.resolve("sinks.properties");
        return new RunRequest(
                work,
                workerConfig,
                threads,
                order,
                rollout,
                routes.map(folder -> site.resolve("routes")),
                Optional.of(other),
                // a file in any case: what the machine has of its own is not of this run
                ofSinks
                        ? new SinkRequest(
                                sinks.names(),
                                Optional.of(settings),
                                sinks.atEnd(),
                                Optional.empty())
                        : new SinkRequest(
                                List.of(),
                                Optional.of(Path.of("/dev/null")),
                                Optional.empty(),
                                Optional.empty()));
    }

    /**
     * The same request for some of the hosts.
     *
     * @param hosts that it is limited to
     * @param variables replace those that were given as JSON, which were removed when their run
     *     ended
     */
    public RunRequest again(List<String> hosts, List<String> variables) {
        return new RunRequest(
                work.again(hosts, variables),
                workerConfig,
                threads,
                order,
                // the window of the earlier run may be over
                rollout.withoutEnd(),
                routes,
                broker,
                sinks);
    }
}
