package org.jetfanout.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jetfanout.ConfigurationException;
import org.jetfanout.dispatch.QueueWatch;
import org.jetfanout.dispatch.RouteTroubles;
import org.jetfanout.dispatch.RunDispatch;
import org.jetfanout.machine.Daemons;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.machine.ProcessLimits;
import org.jetfanout.pack.Bundles;
import org.jetfanout.pack.PackSteps;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.queue.EmbeddedQueue;
import org.jetfanout.queue.ExternalQueue;
import org.jetfanout.queue.OpeningQueue;
import org.jetfanout.queue.Queue;
import org.jetfanout.record.RunEvent;
import org.jetfanout.record.RunFeed;
import org.jetfanout.record.RunFile;
import org.jetfanout.record.RunRecord;
import org.jetfanout.rollout.GateSteps;
import org.jetfanout.rollout.Rollout;
import org.jetfanout.rollout.WaveSteps;
import org.jetfanout.run.camel.Pipeline;
import org.jetfanout.run.camel.Routes;
import org.jetfanout.screen.Screen;
import org.jetfanout.ssh.FanOutSshComponent;
import org.jetfanout.ssh.SshSettings;
import org.jetfanout.status.Progress;
import org.jetfanout.status.RunStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run, from a checked request to the result of every host. Nothing is sent before all batches
 * are packed. Packed batches are in the run's folder, so another process can resume the run from
 * there. Any thread may call {@link #cancel} and {@link #fail}; one thread calls the other methods.
 */
public final class FanOut {
    private static final Logger LOG = LoggerFactory.getLogger(FanOut.class);

    private final RunRecord record;
    private final Screen screen;
    private final SshSettings ssh;
    private final Consumer<String> warnings;
    private final RunFeed feed;
    private final Bundles bundles;
    private final RouteTroubles troubles;
    private final RunDispatch dispatch;
    private final Rollout rollout;
    private final Ownership ownership;

    /**
     * @param record of this run, owned by this process
     * @param progress follows the run from now on
     * @param screen has shown the GUID already
     * @param warnings takes warnings for people
     */
    public FanOut(
            RunRecord record,
            Progress progress,
            Screen screen,
            SshSettings ssh,
            Consumer<String> warnings) {
        this.record = record;
        this.screen = screen;
        this.ssh = ssh;
        this.warnings = warnings;
        this.rollout = new Rollout(record, InstantSource.system());
        this.bundles = new Bundles(record.file(RunFile.BUNDLES));
        this.ownership = new Ownership(record, bundles);
        this.feed = new RunFeed(record, List.of(progress, screen, rollout, ownership));
        this.troubles = new RouteTroubles(screen, warnings);
        this.dispatch = new RunDispatch(record, feed, progress, bundles, troubles);
    }

    /**
     * Whether all batches of the record's run are packed. Then some may have been sent, and the run
     * can be resumed. Otherwise it can begin anew.
     */
    public boolean isPacked() {
        return bundles.isPacked();
    }

    /**
     * Whether a run without final status may have sent something. A run that was stopped before all
     * batches were packed has sent nothing.
     */
    public static boolean maySend(RunRecord record) {
        return new Bundles(record.file(RunFile.BUNDLES)).isPacked();
    }

    /**
     * Plans, packs, queues and dispatches. Returns when every batch has its result.
     *
     * @param packed is called once, when all batches are packed: the run is not refused any more
     */
    public RunStatus run(CheckedRequest prepared, Runnable packed) throws IOException {
        RunRequest request = prepared.request();
        int consumers = atOnce(Math.min(request.threads(), prepared.workerCount()));
        PackSteps packing =
                prepared.packSteps(record.guid(), bundles, ssh, screen::doing, warnings);
        RunSteps steps = new RunSteps(prepared, record, bundles, packing, screen);
        Map<String, Object> beans = new HashMap<>(prepared.planBeans(record.guid()));
        beans.putAll(steps.beans());
        beans.putAll(packing.beans());
        return follow(
                request,
                consumers,
                prepared.keepalive(),
                Routes.ALL,
                beans,
                pipeline -> {
                    Plan plan = steps.run(pipeline);
                    packed.run();
                    feed.tell(new RunEvent.Planned(plan));
                    return plan;
                });
    }

    /**
     * Resumes a run that was packed. It queues the batches without a result again, and attaches to
     * their jobs, or starts those that were never started.
     *
     * @param batches selects the batches; the run ends only when all batches have a result
     */
    public RunStatus resume(RunRequest request, Predicate<Batch> batches) throws IOException {
        Plan plan =
                record.plan()
                        .orElseThrow(
                                () ->
                                        new ConfigurationException(
                                                "run "
                                                        + record.guid()
                                                        + " has no plan in its record"));
        List<Batch> open =
                plan.batches().stream()
                        .filter(batch -> isOpen(batch) && batches.test(batch))
                        .toList();
        if (open.isEmpty()) {
            RunStatus ended = end();
            if (record.isStillAnnounced()) {
                say(ownership.endLater(request));
            }
            return ended;
        }
        record.reopen();
        Map<String, Instant> begun = RunStatus.startTimes(record);
        dispatch.resumed(begun);
        int consumers = atOnce(Math.min(request.threads(), open.size()));
        return follow(
                request,
                consumers,
                Duration.ofMillis(bundles.message(open.get(0).id()).keepaliveMillis()),
                Routes.WITHOUT_PLAN,
                new HashMap<>(PackSteps.none()),
                pipeline -> {
                    feed.tell(new RunEvent.Planned(plan));
                    feed.tell(new RunEvent.Resumed(record.results(), begun));
                    return new Plan(plan.guid(), open, plan.unmatched());
                });
    }

    /**
     * Whether a batch has no result, or was given up although its worker may still have its job.
     */
    private boolean isOpen(Batch batch) {
        return !record.hasResult(batch.id())
                || (record.isResumable(batch.id()) && bundles.hasMessage(batch.id()));
    }

    /**
     * Whether some batch of an ended run was given up although its worker may still have its job.
     */
    public boolean isResumable() {
        return record.plan().map(Plan::batches).orElse(List.of()).stream().anyMatch(this::isOpen);
    }

    /** Ends the jobs that run, and starts no more. */
    public void cancel() {
        dispatch.end().cancel();
    }

    /** The run cannot continue in this process. Its jobs go on, and it can be resumed. */
    public void fail(RuntimeException reason) {
        dispatch.end().fail(reason);
    }

    /**
     * How many workers are used at once: fewer than wanted, where their connections would need more
     * open files than the system allows.
     */
    private int atOnce(int wanted) {
        int workers = new ProcessLimits().workers(wanted);
        if (workers < wanted) {
            warnings.accept(
                    "the limit of open files (ulimit -n) allows %d workers at a time instead of %d"
                            .formatted(workers, wanted));
        }
        return workers;
    }

    /** The work before the first batch is queued. */
    @FunctionalInterface
    private interface Beginning {
        Plan plan(Pipeline pipeline) throws IOException;
    }

    private RunStatus follow(
            RunRequest request,
            int consumers,
            Duration keepalive,
            List<String> routes,
            Map<String, Object> beans,
            Beginning beginning)
            throws IOException {
        SshSettings ofRun = ssh.withKeepAlive(keepalive, ssh.keepAliveMax());
        Optional<RunHands> hands = RunHands.opening(request, consumers, ofRun, record.folder());
        try {
            dispatch(request, consumers, ofRun, hands, routes, beans, beginning);
            return end();
        } finally {
            hands.ifPresent(RunHands::close);
        }
    }

    private void dispatch(
            RunRequest request,
            int consumers,
            SshSettings ofRun,
            Optional<RunHands> hands,
            List<String> routes,
            Map<String, Object> beans,
            Beginning beginning)
            throws IOException {
        boolean over = false;
        try (OpeningQueue queue = new OpeningQueue(() -> queue(request, consumers))) {
            beans.putAll(new QueueSteps(record.guid(), troubles.steps()).beans());
            beans.putAll(dispatch.beans());
            beans.putAll(new WaveSteps(rollout, dispatch).beans());
            beans.putAll(new GateSteps(rollout, this::say).beans());
            beans.put("producers", queue.producers());
            beans.put("consumers", queue.consumers());
            FanOutSshComponent workers = new FanOutSshComponent(ofRun);
            if (hands.isEmpty()) {
                workers.connections().prepare();
            }
            beans.put("ssh", workers);
            String name = "jet-fanout." + record.guid();
            Map<String, String> properties =
                    Map.of("jet.queue", name, "jet.consumers", Integer.toString(consumers));
            try (Pipeline pipeline =
                    new Pipeline(
                            routes,
                            request.routes(),
                            beans,
                            properties,
                            troubles.steps(),
                            dispatch.afterRoute())) {
                Plan plan = beginning.plan(pipeline);
                queue.await();
                hands.map(RunHands::calls).ifPresent(dispatch::through);
                ownership.begin(
                        request,
                        plan,
                        hands.map(RunHands::key),
                        term -> dispatch.end().takenOver(record.guid(), term));
                ownership.warning().ifPresent(this::say);
                ownership.examine(request, hands.map(RunHands::key), this::say);
                queue.onFailure(dispatch.end()::loseQueue);
                QueueWatch watch =
                        new QueueWatch(
                                queue,
                                name,
                                request.broker().map(BrokerRequest::patience).orElse(Duration.ZERO),
                                ids -> pipeline.send("direct:queue", plan.only(ids)));
                dispatch.begin(plan, watch, rollout);
                rollout.begin(plan, dispatch, feed);
                try {
                    // in the background, because a broker that is full lets its senders wait for
                    // ever, and between waves somebody may have to approve
                    Daemons.start("waves", () -> send(pipeline, plan));
                    dispatch.end().await();
                } finally {
                    dispatch.end().leave();
                    if (dispatch.end().hasLostQueue() || queue.outage().isPresent()) {
                        pipeline.abandon();
                        queue.abandon();
                        hands.ifPresent(RunHands::abandon);
                    }
                }
            }
            over = true;
        } finally {
            dispatch.close();
            if (!over) {
                ownership.leave();
            }
        }
    }

    /** Another process of this machine goes on with the run, as soon as this one has ended. */
    public void handOver() {
        ownership.handOver();
    }

    /** This process ends at once. Somebody resumes the run, or nobody. */
    public void leave() {
        ownership.leave();
    }

    /** Sends one wave after the other. */
    private void send(Pipeline pipeline, Plan plan) {
        try {
            dispatch.sending();
            pipeline.begin(plan, rollout);
            if (!rollout.isSent()) {
                throw ConfigurationException.missed("send", "wave.next");
            }
        } catch (RuntimeException e) {
            dispatch.end().fail(e);
        } finally {
            dispatch.sent();
        }
    }

    private void say(String line) {
        screen.whileHeld(() -> warnings.accept(line));
    }

    private RunStatus end() throws IOException {
        RunStatus stored = RunStatus.of(record);
        RunStatus now = rollout.isLeftAtGate() ? stored.leftAtGate() : stored;
        RunStatus status = troubles.any() ? now.misconfigured() : now;
        if (record.plan().orElseThrow().batches().stream()
                .allMatch(batch -> record.hasResult(batch.id()))) {
            record.storeSummary(status::writeTo);
            Set<String> resumable =
                    record.plan().orElseThrow().batches().stream()
                            .map(Batch::id)
                            .filter(record::isResumable)
                            .collect(Collectors.toSet());
            if (resumable.isEmpty()) {
                bundles.remove();
            } else {
                bundles.keepMessages(resumable);
            }
            PrivateFiles.remove(queueFolder());
            PrivateFiles.remove(unusableQueue());
            if (!ownership.end()) {
                record.storeStillAnnounced(true);
                say(ownership.stillAnnounced());
            }
        } else {
            ownership.leave();
        }
        return status;
    }

    private Queue queue(RunRequest request, int consumers) {
        return request.broker()
                .<Queue>map(broker -> new ExternalQueue(broker.broker(), consumers))
                .orElseGet(() -> embeddedQueue(consumers));
    }

    /**
     * A broker inside this process. Where its journal is unusable, it starts with an empty one, and
     * the batches are queued again.
     */
    private Queue embeddedQueue(int consumers) {
        Path folder = queueFolder();
        if (!Files.exists(folder)) {
            return new EmbeddedQueue(folder, consumers);
        }
        try {
            return new EmbeddedQueue(folder, consumers);
        } catch (ConfigurationException e) {
            LOG.warn("{}: moved aside; queueing all open batches again", e.getMessage());
            try {
                PrivateFiles.remove(unusableQueue());
                Files.move(folder, unusableQueue());
            } catch (IOException cannot) {
                e.addSuppressed(cannot);
                throw e;
            }
            return new EmbeddedQueue(folder, consumers);
        }
    }

    private Path unusableQueue() {
        return record.file(RunFile.UNUSABLE_QUEUE);
    }

    private Path queueFolder() {
        return record.file(RunFile.QUEUE);
    }
}
