package org.jetfanout.pack;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jetfanout.ConfigurationException;
import org.jetfanout.job.JobSpec;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.BatchPlays;
import org.jetfanout.runner.RunnerFiles;
import org.jetfanout.runner.Work;
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
    private final Work work;
    private final WorkersConfig workers;
    private final AgentAccess access;
    private final Consumer<String> doing;
    private final Consumer<String> warnings;

    // Mutable state
    private final AtomicInteger packed = new AtomicInteger();
    private Optional<Shared> shared = Optional.empty();

    /**
     * What all batches share.
     *
     * @param files what travels
     * @param plays which plays each batch has
     * @param batches how many batches there are
     */
    private record Shared(RunnerFiles files, BatchPlays plays, int batches) {}

    /**
     * @param work read and checked
     * @param access which keys of the user's agent each worker group may see
     * @param doing takes the progress, for people
     * @param warnings takes warnings for people
     */
    public PackSteps(
            String guid,
            Bundles bundles,
            Work work,
            WorkersConfig workers,
            AgentAccess access,
            Consumer<String> doing,
            Consumer<String> warnings) {
        this.guid = guid;
        this.bundles = bundles;
        this.work = work;
        this.workers = workers;
        this.access = access;
        this.doing = doing;
        this.warnings = warnings;
    }

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
     * @return the words of the command line for each of them
     */
    public Function<Batch, List<String>> packShared(int batches, BatchPlays plays) {
        doing.accept("packing the files that all batches share");
        RunnerFiles files = bundles.pack(work, warnings);
        shared = Optional.of(new Shared(files, plays, batches));
        return batch -> files.command(batch, workers.settings(batch.worker().group()));
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
                        all.files().command(batch, settings),
                        all.files().sources(),
                        all.plays().of(batch),
                        all.files().tagged(),
                        settings,
                        access.shown(group),
                        access.forHosts(),
                        all.files().logins(batch, settings),
                        all.files().payload());
        bundles.pack(
                message,
                message.job(
                        environment(all.files().environment(batch, settings), settings),
                        JobSpec.Packed.GZIP));
        // not formatted: for the first batches that costs more than the packing
        doing.accept("packing: " + packed.incrementAndGet() + " of " + all.batches() + " batches");
    }

    private static ConfigurationException missed() {
        return ConfigurationException.missed("run", "run.packShared");
    }

    /**
     * The environment of the runner: what it needs itself, the variables of workers.yml, and those
     * that jetp would read here.
     */
    private static Map<String, String> environment(
            Map<String, String> ofRunner, WorkerSettings settings) {
        Map<String, String> environment = new HashMap<>(ofRunner);
        environment.putAll(settings.env());
        String comment = System.getenv(AgentAccess.KEY_COMMENT);
        if (comment != null && !comment.isEmpty()) {
            environment.putIfAbsent(AgentAccess.KEY_COMMENT, comment);
        }
        return environment;
    }
}
