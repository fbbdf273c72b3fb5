package org.jetfanout.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jetfanout.job.Job;
import org.jetfanout.log.Frame;
import org.jetfanout.log.Stream;
import org.jetfanout.plan.Batch;
import org.jetfanout.record.BatchResult;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.RunRecord;
import org.jetfanout.record.Screen;
import org.jetfanout.runner.JetpReader;
import org.jetfanout.ssh.CommandStream;
import org.jetfanout.ssh.GuardPolicy;
import org.jetfanout.ssh.Signature;
import org.jetfanout.ssh.SshHeaders;
import org.jetfanout.ssh.WorkerUnreachableException;
import org.jetfanout.workers.Worker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * The beans of the dispatch and record routes. Thread-safe: each batch is worked on by one thread
 * at a time, and what batches share is thread-safe itself.
 */
final class DispatchSteps implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DispatchSteps.class);
    private static final Duration WATCH = Duration.ofSeconds(1);

    private final RunRecord record;
    private final Screen screen;
    private final Bundles bundles;
    private final Set<Dispatch> active = ConcurrentHashMap.newKeySet();
    private final Phaser batches = new Phaser(1);
    private final ScheduledExecutorService watch;

    // Mutable state
    private volatile boolean cancelled;

    DispatchSteps(RunRecord record, Screen screen, Bundles bundles) {
        this.record = record;
        this.screen = screen;
        this.bundles = bundles;
        watch =
                Executors.newSingleThreadScheduledExecutor(
                        work -> {
                            Thread thread = new Thread(work, "deadlines");
                            thread.setDaemon(true);
                            return thread;
                        });
        var watching =
                watch.scheduleWithFixedDelay(
                        this::watch, WATCH.toMillis(), WATCH.toMillis(), TimeUnit.MILLISECONDS);
        LOG.debug("watching for deadlines: {}", watching);
    }

    Map<String, Processor> beans() {
        return Map.of(
                "takeUp", this::takeUp,
                "command", this::command,
                "local", this::local,
                "frames", this::frames,
                "disconnected", this::disconnected,
                "broken", this::broken,
                "append", this::append,
                "show", this::show,
                "result", this::result);
    }

    /** So many batches more will come. */
    void expect(int count) {
        batches.bulkRegister(count);
    }

    /** Waits until every batch has its result. */
    void await() {
        batches.arriveAndAwaitAdvance();
    }

    /** Ends the jobs that run, and starts no more. */
    void cancel() {
        cancelled = true;
        active.forEach(Dispatch::cancel);
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }

    private void watch() {
        active.forEach(
                dispatch -> {
                    dispatch.endIfOverdue();
                    screen.tally(dispatch.message().batch().id(), dispatch.counts());
                });
    }

    private void takeUp(Exchange exchange) throws IOException, InvalidPayloadException {
        BatchMessage message =
                BatchMessage.read(exchange.getMessage().getMandatoryBody(byte[].class));
        Batch batch = message.batch();
        long output = record.stored(batch.id(), Stream.OUTPUT);
        long events = record.stored(batch.id(), Stream.EVENTS);
        Job job = new Job(message.job(Map.of()), output, events, false);
        Dispatch dispatch =
                new Dispatch(message, job, new JetpReader(batch.hosts(), message.tagged()));
        active.add(dispatch);
        if (cancelled) {
            dispatch.cancel();
        }
        Message headers = exchange.getMessage();
        headers.setHeader(JetHeaders.GUID, message.guid());
        headers.setHeader(JetHeaders.BATCH, batch.id());
        headers.setHeader(JetHeaders.WORKER, batch.worker().name());
        headers.setHeader(JetHeaders.WORKER_GROUP, batch.worker().group());
        exchange.setProperty(JetHeaders.JOB, dispatch);
        MDC.put(JetHeaders.WORKER, batch.worker().name());
        MDC.put(JetHeaders.BATCH, batch.id());
    }

    private void command(Exchange exchange) throws IOException, InterruptedException {
        Dispatch dispatch = dispatch(exchange);
        Thread.sleep(dispatch.job().pause().toMillis());
        enter(
                dispatch,
                dispatch.wasConnected() ? BatchState.RECONNECTING : BatchState.CONNECTING,
                "");
        BatchMessage batch = dispatch.message();
        Worker worker = batch.batch().worker();
        Message message = exchange.getMessage();
        message.setBody(dispatch.job().command());
        message.setHeader(SshHeaders.HOST, worker.address());
        message.setHeader(SshHeaders.PORT, worker.port());
        message.setHeader(SshHeaders.USER, worker.user());
        message.removeHeader(SshHeaders.STDIN);
        if (dispatch.job().wantsBundle()) {
            InputStream bundle = bundles.open(batch.batch().id());
            message.setHeader(SshHeaders.STDIN, bundle);
        }
        message.removeHeader(SshHeaders.GUARD);
        if (batch.agent()) {
            message.setHeader(
                    SshHeaders.GUARD,
                    new GuardPolicy(batch.guid(), worker.name(), batch.agentKeys(), this::signed));
        }
    }

    /** The batch of the control machine: its command runs here. */
    private void local(Exchange exchange) throws IOException, InvalidPayloadException {
        Message message = exchange.getMessage();
        Optional<InputStream> stdin =
                Optional.ofNullable(message.getHeader(SshHeaders.STDIN, InputStream.class));
        message.removeHeader(SshHeaders.STDIN);
        message.removeHeader(SshHeaders.GUARD);
        message.setBody(
                LocalCommand.start(
                        message.getMandatoryBody(String.class),
                        stdin,
                        dispatch(exchange).message().agent()));
    }

    private void frames(Exchange exchange) throws InvalidPayloadException {
        Dispatch dispatch = dispatch(exchange);
        CommandStream stream = exchange.getMessage().getMandatoryBody(CommandStream.class);
        enter(dispatch, BatchState.RUNNING, "");
        exchange.getMessage().setBody(dispatch.frames(stream));
    }

    private void disconnected(Exchange exchange) {
        dispatch(exchange).disconnected();
    }

    private void broken(Exchange exchange) {
        Dispatch dispatch = dispatch(exchange);
        dispatch.disconnected();
        Exception cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        LOG.warn("{}", cause.getMessage());
        if (!(cause instanceof WorkerUnreachableException unreachable)) {
            LOG.error("batch {} cannot go on", dispatch.message().batch().id(), cause);
            dispatch.job().giveUp("internal error: " + cause);
            return;
        }
        switch (unreachable.reason()) {
            case HOST_KEY_UNKNOWN, HOST_KEY_CHANGED, HOST_KEY_REVOKED, AUTHENTICATION ->
                    dispatch.job().giveUp(unreachable.getMessage());
            case CONNECT, TIMEOUT, CHANNEL -> dispatch.job().unreached(unreachable);
            case LOST -> dispatch.job().broken(unreachable);
        }
    }

    private void append(Exchange exchange) throws InvalidPayloadException {
        Dispatch dispatch = dispatch(exchange);
        Frame frame = record.append(exchange.getMessage().getMandatoryBody(Frame.class));
        dispatch.read(frame);
        exchange.getMessage().setBody(frame);
    }

    private void show(Exchange exchange) throws InvalidPayloadException {
        screen.frame(exchange.getMessage().getMandatoryBody(Frame.class));
    }

    private void result(Exchange exchange) {
        Dispatch dispatch = dispatch(exchange);
        BatchResult result = dispatch.result();
        record.result(result);
        screen.result(result);
        active.remove(dispatch);
        MDC.clear();
        batches.arriveAndDeregister();
    }

    private void enter(Dispatch dispatch, BatchState state, String detail) {
        if (dispatch.enter(state)) {
            Batch batch = dispatch.message().batch();
            record.state(batch.id(), batch.worker().name(), state, detail);
            screen.state(batch.id(), batch.worker().name(), state, detail);
        }
    }

    private void signed(Signature signature) {
        record.signature(
                signature.worker(),
                signature.fingerprint(),
                signature.login(),
                signature.hostKey(),
                signature.allowed(),
                signature.time());
    }

    private static Dispatch dispatch(Exchange exchange) {
        return exchange.getProperty(JetHeaders.JOB, Dispatch.class);
    }
}
