package org.jetfanout.pipeline;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jetfanout.ConfigurationException;
import org.jetfanout.plan.Plan;
import org.jetfanout.queue.EmbeddedQueue;
import org.jetfanout.queue.ExternalQueue;
import org.jetfanout.queue.Queue;
import org.jetfanout.record.RunRecord;
import org.jetfanout.record.RunStatus;
import org.jetfanout.record.Screen;
import org.jetfanout.ssh.FanOutSshComponent;
import org.jetfanout.ssh.SshSettings;
import org.jetfanout.workers.Unmatched;
import org.jetfanout.workers.Worker;

/**
 * One run: from a request that is read and checked to the result of every host. {@link #cancel} may
 * be called by any thread, all else by one.
 */
public final class FanOut {
    private final Prepared prepared;
    private final RunRecord record;
    private final Screen screen;
    private final SshSettings ssh;
    private final Bundles bundles;
    private final QueueSteps queueing;
    private final DispatchSteps dispatch;
    private final Consumer<String> talk;

    /**
     * @param record of this run, new
     * @param screen was told the GUID already
     * @param talk takes warnings for people
     */
    public FanOut(
            Prepared prepared,
            RunRecord record,
            Screen screen,
            SshSettings ssh,
            Consumer<String> talk) {
        this.prepared = prepared;
        this.record = record;
        this.screen = screen;
        this.ssh = ssh;
        this.talk = talk;
        this.bundles = new Bundles(record.folder().resolve("bundles"));
        this.queueing = new QueueSteps(record.guid(), prepared, bundles);
        this.dispatch = new DispatchSteps(record, screen, bundles);
    }

    /** Plans, queues and dispatches; ends when every batch has its result. */
    public RunStatus run() throws IOException {
        int consumers = Math.min(prepared.request().threads(), workers());
        try (Queue queue = queue(consumers);
                Pipeline pipeline =
                        new Pipeline(
                                Routes.ALL,
                                prepared.request().routes(),
                                beans(queue),
                                properties(consumers))) {
            Plan plan = pipeline.request("direct:plan", prepared.hosts(), Plan.class);
            if (plan.batches().isEmpty()) {
                throw new ConfigurationException("no host has a worker: nothing to do");
            }
            refuseLocalRoot(plan);
            Commands commands = new Commands(prepared, bundles.pack(prepared, talk));
            queueing.commands(commands);
            record.plan(plan, commands::of);
            screen.planned(plan);
            dispatch.expect(plan.batches().size());
            pipeline.startRoute("dispatch");
            pipeline.send("direct:queue", plan);
            dispatch.await();
        } finally {
            dispatch.close();
        }
        bundles.remove();
        RunStatus status = RunStatus.of(record);
        record.summary(status);
        return status;
    }

    /** Ends the jobs that run, and starts no more. */
    public void cancel() {
        dispatch.cancel();
    }

    private int workers() {
        Set<Worker> workers =
                prepared.workerGroups().names().stream()
                        .flatMap(group -> prepared.workerGroups().workers(group).stream())
                        .collect(Collectors.toSet());
        // the control machine may be one more
        return workers.size() + (prepared.workers().unmatched() == Unmatched.LOCAL ? 1 : 0);
    }

    /** The job would refuse it too, but by then others have started. */
    private static void refuseLocalRoot(Plan plan) {
        boolean local =
                plan.batches().stream()
                        .anyMatch(batch -> batch.worker().equals(Worker.CONTROL_MACHINE));
        if (local && System.getProperty("user.name").equals("root")) {
            throw new ConfigurationException(
                    "'unmatched: local' in workers.yml makes this machine a worker, and jet-fanout never"
                            + " works as root on a worker: run it as another user, or give those hosts"
                            + " a worker");
        }
    }

    private Queue queue(int consumers) {
        Map<String, String> environment = System.getenv();
        return prepared.request()
                .broker()
                .<Queue>map(
                        url ->
                                new ExternalQueue(
                                        url,
                                        environment.getOrDefault("JET_FANOUT_BROKER_USER", ""),
                                        environment.getOrDefault("JET_FANOUT_BROKER_PASSWORD", ""),
                                        consumers))
                .orElseGet(() -> new EmbeddedQueue(record.folder().resolve("queue"), consumers));
    }

    private Map<String, Object> beans(Queue queue) {
        Map<String, Object> beans = new HashMap<>(prepared.planBeans(record.guid()));
        beans.putAll(queueing.beans());
        beans.putAll(dispatch.beans());
        beans.put("producers", queue.producers());
        beans.put("consumers", queue.consumers());
        beans.put("ssh", new FanOutSshComponent(ssh));
        return beans;
    }

    private Map<String, String> properties(int consumers) {
        return Map.of(
                "jet.queue",
                "jet-fanout." + record.guid(),
                "jet.consumers",
                Integer.toString(consumers));
    }
}
