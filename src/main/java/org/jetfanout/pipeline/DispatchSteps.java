package org.jetfanout.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jetfanout.ConfigurationException;
import org.jetfanout.SteadyTime;
import org.jetfanout.log.Frame;
import org.jetfanout.log.Stream;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.BatchResult;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Progress;
import org.jetfanout.record.RunEvent;
import org.jetfanout.record.RunFeed;
import org.jetfanout.record.RunRecord;
import org.jetfanout.ssh.CommandStream;
import org.jetfanout.ssh.GuardBudget;
import org.jetfanout.ssh.GuardPolicy;
import org.jetfanout.ssh.Signature;
import org.jetfanout.ssh.SshHeaders;
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

    /** Exchange property: the message came so far; the id of the batch where it was taken up. */
    private static final String TAKEN = "JetTaken";

    private static final Duration ROUND = Duration.ofSeconds(1);

    private final RunRecord record;
    private final RunFeed feed;
    private final Progress progress;
    private final Bundles bundles;
    private final RouteTroubles troubles;
    private final Map<String, Dispatch> active = new ConcurrentHashMap<>();

    /** Batches that a thread has taken up and not yet put down. */
    private final Set<String> taken = ConcurrentHashMap.newKeySet();

    /** Batches that went back to the queue while their jobs wait on their workers. */
    private final Set<String> putBack = ConcurrentHashMap.newKeySet();

    private final Set<String> open = ConcurrentHashMap.newKeySet();

    /**
     * By batch and worker: what a worker may ask of the agent does not begin anew with a
     * connection.
     */
    private final Map<String, GuardBudget> budgets = new ConcurrentHashMap<>();

    private final Intake intake;
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    /** When batches were taken up first. */
    private final Map<String, Instant> started = new ConcurrentHashMap<>();

    private final Watch watch = new Watch(ROUND);
    private final SteadyTime clock = new SteadyTime();

    // Mutable state
    private volatile boolean resumed;
    private volatile boolean left;
    private volatile boolean queueLost;
    private volatile QueueWatch queueWatch;
    private volatile boolean cancelled;
    private volatile Substitutes substitutes;

    /**
     * @param feed is told what happens
     * @param progress hears of it by the feed
     * @param troubles is told what the routes do not do
     */
    DispatchSteps(
            RunRecord record,
            RunFeed feed,
            Progress progress,
            Bundles bundles,
            RouteTroubles troubles) {
        this.troubles = troubles;
        this.record = record;
        this.feed = feed;
        this.progress = progress;
        this.bundles = bundles;
        this.intake = new Intake(record.guid());
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

    /**
     * The run was begun by another process: jobs may have been started.
     *
     * @param began when that took up its batches
     */
    void resumed(Map<String, Instant> began) {
        resumed = true;
        started.putAll(began);
    }

    /**
     * These batches will come.
     *
     * @param queue looks after those that nobody has taken yet
     */
    void expect(Plan plan, QueueWatch queue) throws IOException {
        queueWatch = queue;
        plan.batches().forEach(batch -> open.add(batch.id()));
        substitutes = new Substitutes(record.workers(), resumed ? moved(plan) : plan.batches());
        watch.begin(this::round);
    }

    /** The batches with the workers that an earlier process has given them to. */
    private List<Batch> moved(Plan plan) throws IOException {
        List<Batch> batches = new ArrayList<>();
        for (Batch batch : plan.batches()) {
            batches.add(bundles.message(batch.id()).batch());
        }
        return batches;
    }

    /** Waits until every batch has its result, or the record cannot be written any more. */
    void await() {
        try {
            end.join();
        } catch (CompletionException e) {
            throw (RuntimeException) e.getCause();
        }
    }

    /**
     * The queue has ended: no batch comes any more, and none can be acknowledged. Jobs go on, and
     * the run can be resumed.
     *
     * @param reason in one line
     */
    void fail(String reason) {
        LOG.error("{}", reason);
        queueLost = true;
        end.completeExceptionally(new UncheckedIOException(reason, new IOException(reason)));
        leave();
    }

    /**
     * Batches could not be queued. Jobs go on, and the run can be resumed.
     *
     * @param reason told to whoever waits for the end
     */
    void fail(RuntimeException reason) {
        end.completeExceptionally(reason);
        leave();
    }

    /** Whether the run cannot go on because its queue does not. */
    boolean hasLostQueue() {
        return queueLost;
    }

    /** Follows no job any more; those that run go on. Nothing where all batches have a result. */
    void leave() {
        left = true;
        active.values().forEach(Dispatch::leave);
    }

    /** Ends the jobs that run, and starts no more. */
    void cancel() {
        cancelled = true;
        active.values().forEach(Dispatch::cancel);
    }

    private void cancel(CancelRequest request) {
        if (request.all() && !cancelled) {
            LOG.info("cancelled by another process");
            cancel();
        }
        for (Dispatch dispatch : active.values()) {
            if (request.workers().contains(dispatch.message().batch().worker().name())) {
                dispatch.cancel();
            }
        }
    }

    @Override
    public void close() {
        watch.close();
    }

    /** Each thing by itself: one that fails keeps no other from its deadline. */
    private void round() {
        watch.look(
                "the request to cancel",
                () -> CancelRequest.read(record.folder()).ifPresent(this::cancel));
        Set<String> waiting = new TreeSet<>(open);
        waiting.removeAll(taken);
        watch.look("the queue", () -> queueWatch.look(waiting, cancelled).ifPresent(this::fail));
        AtomicInteger wanting = new AtomicInteger(waiting.size());
        active.forEach(
                (id, dispatch) -> {
                    watch.look("the deadline of batch " + id, dispatch::endIfOverdue);
                    watch.look("the turn of batch " + id, () -> putBack(dispatch, wanting));
                    watch.look(
                            "the counts of batch " + id,
                            () -> feed.tell(new RunEvent.Tally(id, dispatch.counts())));
                });
        // a status that is late stops no run
        watch.look("tallies.json", () -> record.tallies(progress.tallies()));
    }

    /** A thread for one of the batches that want one. */
    private static void putBack(Dispatch dispatch, AtomicInteger wanting) {
        if (wanting.get() > 0 && dispatch.putBackIfIdle()) {
            wanting.decrementAndGet();
        }
    }

    private void takeUp(Exchange exchange) throws IOException, InvalidPayloadException {
        exchange.setProperty(TAKEN, true);
        Optional<String> ours = intake.batch(exchange, open);
        if (ours.isEmpty()) {
            exchange.removeProperty(JetHeaders.JOB);
            return;
        }
        String id = ours.get();
        exchange.getMessage().setBody(id);
        // after a crash the same batch may come twice; whoever takes it up first reads how it
        // stands
        if (!taken.add(id)) {
            drop(id, exchange);
            return;
        }
        if (!open.contains(id)) {
            taken.remove(id);
            drop(id, exchange);
            return;
        }
        BatchMessage message = bundles.message(id);
        Batch batch = message.batch();
        Dispatch.Past past =
                new Dispatch.Past(
                        started.computeIfAbsent(id, first -> Instant.now()),
                        resumed || putBack.contains(id),
                        !bundles.isThere(id));
        Dispatch dispatch = Dispatch.of(message, bundles.packed(id), record, past, clock);
        active.put(id, dispatch);
        exchange.setProperty(TAKEN, id);
        if (cancelled) {
            dispatch.cancel();
        }
        if (left) {
            dispatch.leave();
        }
        Message headers = exchange.getMessage();
        headers.setHeader(JetHeaders.GUID, message.guid());
        headers.setHeader(JetHeaders.BATCH, id);
        headers.setHeader(JetHeaders.WORKER, batch.worker().name());
        headers.setHeader(JetHeaders.WORKER_GROUP, batch.worker().group());
        headers.removeHeader(JetHeaders.REASSIGNED);
        headers.removeHeader(JetHeaders.PUT_BACK);
        exchange.setProperty(JetHeaders.JOB, dispatch);
        MDC.put(JetHeaders.WORKER, batch.worker().name());
        MDC.put(JetHeaders.BATCH, id);
    }

    private static void drop(String id, Exchange exchange) {
        LOG.info("batch {} is worked on already, or done", id);
        exchange.removeProperty(JetHeaders.JOB);
    }

    private void command(Exchange exchange) throws IOException {
        Dispatch dispatch = dispatch(exchange);
        if (!dispatch.job().open()) {
            throw new ConfigurationException(
                    "the loop of route dispatch goes on although the job on worker %s has ended (JetJob.open says so); what is stored is safe: when this is mended, jet-fanout resume %s"
                            .formatted(dispatch.message().batch().worker().name(), record.guid()));
        }
        if (!dispatch.beginExchange()) {
            throw new ConfigurationException(
                    "the routes did not bring an exchange with worker %s to its end, by all of what 'ref: frames' gives or by 'ref: broken'; what is stored is safe: when this is mended, jet-fanout resume %s"
                            .formatted(dispatch.message().batch().worker().name(), record.guid()));
        }
        exchange.removeProperty(StepWatch.STORED);
        enter(
                dispatch,
                dispatch.wasConnected() ? BatchState.RECONNECTING : BatchState.CONNECTING,
                dispatch.trouble());
        BatchMessage batch = dispatch.message();
        Worker worker = batch.batch().worker();
        Message message = exchange.getMessage();
        message.setBody(dispatch.job().command());
        Optional<GuardPolicy> guard =
                batch.agent()
                        ? Optional.of(
                                new GuardPolicy(
                                        batch.guid(),
                                        worker.name(),
                                        batch.keys(),
                                        Set.copyOf(batch.logins()),
                                        budgets.computeIfAbsent(
                                                batch.batch().id() + " " + worker.name(),
                                                id -> GuardBudget.of(batch.batch().hosts().size())),
                                        this::signed,
                                        trouble -> agentTrouble(dispatch, trouble)))
                        : Optional.empty();
        WorkerHeaders.set(
                message, worker, Duration.ofMillis(batch.connectMillis()), guard, batch.forHosts());
        if (dispatch.job().wantsBundle()) {
            InputStream bundle = bundles.open(batch.batch().id());
            message.setHeader(SshHeaders.STDIN, dispatch.bundle(bundle));
        }
    }

    /** The batch of the control machine: its command runs here. */
    private void local(Exchange exchange) throws IOException, InvalidPayloadException {
        Message message = exchange.getMessage();
        Optional<InputStream> stdin =
                Optional.ofNullable(message.getHeader(SshHeaders.STDIN, InputStream.class));
        Optional<GuardPolicy> guard =
                Optional.ofNullable(message.getHeader(SshHeaders.GUARD, GuardPolicy.class));
        message.removeHeader(SshHeaders.STDIN);
        message.removeHeader(SshHeaders.GUARD);
        message.removeHeader(SshHeaders.FOR_HOSTS);
        message.setBody(LocalCommand.start(message.getMandatoryBody(String.class), stdin, guard));
    }

    private void frames(Exchange exchange) throws InvalidPayloadException {
        Dispatch dispatch = dispatch(exchange);
        CommandStream stream = exchange.getMessage().getMandatoryBody(CommandStream.class);
        exchange.getMessage()
                .setBody(dispatch.frames(stream, state -> enterWarned(dispatch, state)));
        substitutes.answered(dispatch.message().batch().worker());
    }

    private void disconnected(Exchange exchange) {
        dispatch(exchange).disconnected();
    }

    private void broken(Exchange exchange) {
        Dispatch dispatch = dispatch(exchange);
        dispatch.disconnected();
        Exception cause =
                Causes.within(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class));
        if (Causes.isOwn(cause)) {
            abort(cause);
            return;
        }
        Optional<FailedStep> step = troubles.step(cause).filter(this::isOfUser);
        if (step.isPresent()) {
            // it would fail the next time, too
            dispatch.job().giveUp(step.get().says(cause));
            dispatch.misconfigured();
            troubles.tell(step.get().says(cause));
            return;
        }
        // what is wrong with one worker, whatever it is, ends nothing but its own batch
        dispatch.failed(cause);
        LOG.warn("{}", dispatch.trouble());
        LOG.debug("batch {} was interrupted", dispatch.message().batch().id(), cause);
    }

    /**
     * The record cannot be written, or we are broken: the jobs go on, and the run can be resumed.
     */
    private void abort(Exception cause) {
        LOG.error("the run cannot go on: {}", cause.toString());
        LOG.debug("the run cannot go on", cause);
        end.completeExceptionally(
                cause instanceof RuntimeException told
                        ? told
                        : new UncheckedIOException(
                                "the run cannot go on: " + cause,
                                cause instanceof IOException io ? io : new IOException(cause)));
        leave();
    }

    private void append(Exchange exchange) throws InvalidPayloadException {
        Dispatch dispatch = dispatch(exchange);
        Frame frame = record.append(exchange.getMessage().getMandatoryBody(Frame.class));
        exchange.setProperty(StepWatch.STORED, true);
        dispatch.read(frame);
        exchange.getMessage().setBody(frame);
    }

    private void show(Exchange exchange) throws InvalidPayloadException {
        feed.tell(new RunEvent.Output(exchange.getMessage().getMandatoryBody(Frame.class)));
    }

    private void result(Exchange exchange) {
        Dispatch dispatch = dispatch(exchange);
        String id = dispatch.message().batch().id();
        try {
            if (!dispatch.settle() || end.isCompletedExceptionally() || dispatch.isLeft()) {
                return; // nothing can be stored; the batch is queued again when the run is resumed
            }
            if (dispatch.goesBack()) {
                putBack(id, exchange.getMessage());
                return;
            }
            endOpen(dispatch);
            if (reassign(dispatch, exchange.getMessage())) {
                return;
            }
            store(dispatch);
            exchange.setProperty(StepWatch.STORED, true);
        } catch (IOException | RuntimeException e) {
            LOG.error("the result of batch {} cannot be stored", id);
            abort(e);
        } finally {
            putDown(id);
        }
    }

    /** Routes that want a result before the job has ended give it up: it may be there still. */
    private void endOpen(Dispatch dispatch) {
        if (!dispatch.job().open()) {
            return;
        }
        String why =
                "the routes asked for the result of batch "
                        + dispatch.message().batch().id()
                        + " before its job had ended (JetJob.open says whether it has)";
        dispatch.disconnected();
        dispatch.job().giveUp(why);
        dispatch.misconfigured();
        troubles.tell(why);
    }

    /** Lines that the routes were given and that never came to the record are not lost. */
    private void missStored(Dispatch dispatch) {
        String id = dispatch.message().batch().id();
        for (Stream stream : Stream.values()) {
            if (dispatch.isComplete() && dispatch.handed(stream) > record.stored(id, stream)) {
                String why =
                        "the routes did not bring all that the job of batch "
                                + id
                                + " wrote to 'ref: append'";
                dispatch.unstored(why);
                troubles.tell(why + "; the worker still has it");
            }
        }
    }

    private void store(Dispatch dispatch) {
        missStored(dispatch);
        BatchResult result = dispatch.result();
        feed.tell(new RunEvent.Result(result));
        open.remove(result.batch());
    }

    private void putDown(String id) {
        active.remove(id);
        taken.remove(id);
        MDC.clear();
        if (open.isEmpty()) {
            end.complete(null);
        }
    }

    /**
     * The route that takes batches from the queue has done with a message, as it should or not: no
     * batch that was taken up stays without a result, and no message comes to nothing in silence.
     */
    void done(Exchange exchange) {
        Exception thrown = exchange.getException();
        if (left || end.isDone()) {
            exchange.setException(null); // who resumes the run queues it again
            return;
        }
        Dispatch dispatch = dispatch(exchange);
        if (dispatch != null && dispatch.isSettled()) {
            requeue(exchange, dispatch.message().batch().id());
            return;
        }
        Optional<FailedStep> step = troubles.step(thrown);
        exchange.setException(null);
        if (thrown != null && (step.isEmpty() || !isOfUser(step.get()))) {
            abort(Causes.within(thrown));
        } else if (dispatch != null) {
            settle(
                    dispatch,
                    "the routes gave no result for batch "
                            + dispatch.message().batch().id()
                            + step.map(at -> "; " + at.says(Causes.within(thrown))).orElse(""));
        } else if (exchange.getProperty(TAKEN) == null) {
            String why =
                    step.map(at -> at.says(Causes.within(thrown)))
                            .orElse(
                                    "route dispatch took a batch from the queue and did not hand it"
                                            + " to 'ref: takeUp'");
            end.completeExceptionally(
                    new ConfigurationException(
                            why
                                    + "; what is stored is safe: when this is mended, jet-fanout"
                                    + " resume "
                                    + record.guid()));
            leave();
        }
    }

    /** A batch that is to go on elsewhere or later must be on the queue again. */
    private void requeue(Exchange exchange, String id) {
        Message message = exchange.getMessage();
        boolean back =
                Boolean.TRUE.equals(message.getHeader(JetHeaders.REASSIGNED))
                        || Boolean.TRUE.equals(message.getHeader(JetHeaders.PUT_BACK));
        if (back && exchange.getProperty(StepWatch.QUEUED) == null) {
            if (exchange.getException() == null) {
                troubles.tell(
                        "the routes did not put a batch on the queue again that goes to another"
                                + " worker, or waits (JetReassigned, JetPutBack)");
            }
            // or the message comes again, where it was not acknowledged
            queueWatch.queueAgain(Set.of(id));
        }
    }

    /** What is known of a batch is stored, although the routes did not say so. */
    private void settle(Dispatch dispatch, String why) {
        if (!dispatch.settle()) {
            return;
        }
        String id = dispatch.message().batch().id();
        try {
            dispatch.disconnected();
            dispatch.job().giveUp(why);
            dispatch.misconfigured();
            store(dispatch);
            troubles.tell(why);
        } catch (RuntimeException e) {
            abort(e);
        } finally {
            putDown(id);
        }
    }

    private boolean isOfUser(FailedStep step) {
        return step.isOfUser(beans().keySet());
    }

    /** Sends a batch to the end of the queue; its job waits on its worker meanwhile. */
    private void putBack(String id, Message message) {
        putBack.add(id);
        message.setBody(id);
        message.setHeader(JetHeaders.PUT_BACK, true);
    }

    /** Sends a batch to another worker of its group where that is safe, or wanted. */
    private boolean reassign(Dispatch dispatch, Message message) throws IOException {
        if (!dispatch.mayMove() || cancelled) {
            return false;
        }
        Worker lost = dispatch.message().batch().worker();
        Optional<Worker> other = substitutes.insteadOf(dispatch.message().batch());
        if (other.isEmpty()) {
            return false;
        }
        String id = dispatch.message().batch().id();
        BatchMessage moved =
                dispatch.message()
                        .to(
                                other.get(),
                                record.stored(id, Stream.OUTPUT),
                                record.stored(id, Stream.EVENTS));
        bundles.store(moved);
        String detail = "was for " + lost.name() + ": " + dispatch.job().end().reason();
        feed.tell(new RunEvent.State(id, other.get().name(), BatchState.QUEUED, detail));
        message.setBody(id);
        message.setHeader(JetHeaders.WORKER, other.get().name());
        message.setHeader(JetHeaders.REASSIGNED, true);
        return true;
    }

    /**
     * @param detail why, or what else people should know; a new one is told in the same state, too
     */
    private void enter(Dispatch dispatch, BatchState state, String detail) {
        if (dispatch.enter(state, detail)) {
            Batch batch = dispatch.message().batch();
            feed.tell(new RunEvent.State(batch.id(), batch.worker().name(), state, detail));
        }
    }

    private void enterWarned(Dispatch dispatch, BatchState state) {
        String warning = dispatch.job().warning();
        if (dispatch.state() != state && !warning.isEmpty()) {
            LOG.warn("worker {}: {}", dispatch.message().batch().worker().name(), warning);
        }
        enter(dispatch, state, warning);
    }

    /** Why hosts of a batch will not be reached; the agent is asked for by threads of its own. */
    private void agentTrouble(Dispatch dispatch, String trouble) {
        Batch batch = dispatch.message().batch();
        String worker = batch.worker().name();
        LOG.warn("worker {}: {}", worker, trouble);
        dispatch.agentTrouble(trouble);
        String detail = trouble + ": hosts that need it cannot be logged in to";
        feed.tell(new RunEvent.State(batch.id(), worker, BatchState.RUNNING, detail));
    }

    private void signed(Signature signature) {
        feed.tell(
                new RunEvent.Signed(
                        signature.worker(),
                        signature.fingerprint(),
                        signature.login(),
                        signature.hostKey(),
                        signature.allowed(),
                        signature.time()));
    }

    /** Also where a step has removed the property: null for a message that was not taken up. */
    private Dispatch dispatch(Exchange exchange) {
        Dispatch dispatch = exchange.getProperty(JetHeaders.JOB, Dispatch.class);
        return dispatch == null && exchange.getProperty(TAKEN) instanceof String id
                ? active.get(id)
                : dispatch;
    }
}
