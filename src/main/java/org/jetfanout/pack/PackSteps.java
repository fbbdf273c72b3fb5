package org.jetfanout.pack;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jetfanout.ConfigurationException;
import org.jetfanout.bundle.BundleSource;
import org.jetfanout.job.JobSpec;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.BatchPlays;
import org.jetfanout.runner.RunnerOptions;
import org.jetfanout.site.workers.WorkerSettings;
import org.jetfanout.site.workers.WorkersConfig;

/**
 * The steps of the pack route: they pack each batch of a run, after the files that all batches
 * share. One thread packs the shared files; then any number of threads may pack batches.
 */
public final class PackSteps {
    private static final String BATCH = "pack.batch";

    private final String guid;
    private final Bundles bundles;
    private final BundleSource source;
    private final RunnerOptions options;
    private final WorkersConfig workers;
    private final AgentAccess access;
    private final Consumer<String> doing;

    // Mutable state
    private final AtomicInteger packed = new AtomicInteger();
    private Optional<Shared> shared = Optional.empty();

    /**
     * What all batches share.
     *
     * @param commands the command line for each batch
     * @param logins the login names for each batch
     * @param plays which plays each batch has
     * @param batches how many batches there are
     */
    private record Shared(
            RunnerCommands commands, HostLoginNames logins, BatchPlays plays, int batches) {}

    /**
     * @param source of the bundles
     * @param access which keys of the user's agent each worker group may see
     * @param doing takes the progress, for people
     */
    public PackSteps(
            String guid,
            Bundles bundles,
            BundleSource source,
            RunnerOptions options,
            WorkersConfig workers,
            AgentAccess access,
            Consumer<String> doing) {
        this.guid = guid;
        this.bundles = bundles;
        this.source = source;
        this.options = options;
        this.workers = workers;
        this.access = access;
        this.doing = doing;
    }

    /** The beans for the names in the route. */
    /** The steps, by the names that the route calls them by. */
    public Map<String, Processor> beans() {
        return Map.of(BATCH, this::batch);
    }

    /**
     * The beans for a run that is packed already. Its routes may name the step, but no message may
     * reach it.
     */
    public static Map<String, Processor> none() {
        return Map.of(
                BATCH,
                exchange -> {
                    throw missed();
                });
    }

    /**
     * Packs the files that all batches share.
     *
     * @param batches how many there are
     * @param plays which plays each batch has, where workers wait for each other between plays
     * @return the command line for each of them
     */
    public RunnerCommands packShared(int batches, BatchPlays plays) {
        doing.accept("packing the files that all batches share");
        RunnerCommands commands = new RunnerCommands(options, workers, bundles.pack(source));
        HostLoginNames logins = new HostLoginNames(source, options, workers, bundles);
        shared = Optional.of(new Shared(commands, logins, plays, batches));
        return commands;
    }

    void batch(Exchange exchange) throws IOException {
        Batch batch = exchange.getMessage().getBody(Batch.class);
        Shared all = shared.orElseThrow(PackSteps::missed);
        String group = batch.worker().group();
        WorkerSettings settings = workers.settings(group);
        BatchMessage message =
                BatchMessage.of(
                        guid,
                        batch,
                        all.commands().of(batch),
                        bundles.sources(),
                        all.plays().of(batch),
                        !options.tags().isEmpty(),
                        settings,
                        access.shown(group),
                        access.forHosts(),
                        all.logins().of(batch));
        bundles.pack(message, message.job(environment(settings), JobSpec.Packed.GZIP));
        doing.accept(
                "packing: %d of %d batches".formatted(packed.incrementAndGet(), all.batches()));
    }

    private static ConfigurationException missed() {
        return ConfigurationException.missed("run", "run.packShared");
    }

    /**
     * The environment of the runner: the variables of workers.yml, and those that jetp would read
     * here.
     */
    private static Map<String, String> environment(WorkerSettings settings) {
        Map<String, String> environment = new HashMap<>(settings.env());
        String comment = System.getenv(AgentAccess.KEY_COMMENT);
        if (comment != null && !comment.isEmpty()) {
            environment.putIfAbsent(AgentAccess.KEY_COMMENT, comment);
        }
        return environment;
    }
}
