package org.jetfanout.dispatch;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jetfanout.ConfigurationException;
import org.jetfanout.JetHeaders;
import org.jetfanout.hand.Call;
import org.jetfanout.hand.CallSpec;
import org.jetfanout.hand.CallWait;
import org.jetfanout.hand.Calls;
import org.jetfanout.machine.SteadyTime;
import org.jetfanout.pack.BatchMessage;
import org.jetfanout.pack.Bundles;
import org.jetfanout.plan.Batch;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.RunEvent;
import org.jetfanout.record.RunFeed;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.Runner;
import org.jetfanout.runner.known.Runners;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.ssh.CommandStream;
import org.jetfanout.ssh.Deadlines;
import org.jetfanout.ssh.LocalCommand;
import org.jetfanout.ssh.SshHeaders;
import org.jetfanout.ssh.agent.GuardPolicy;
import org.jetfanout.ssh.config.Destination;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * The steps of the dispatch route: from the queue to the worker and back. Thread-safe: one thread
 * at a time works on a batch, and what batches share is thread-safe.
 */
final class DispatchSteps {
    private static final Logger LOG = LoggerFactory.getLogger(DispatchSteps.class);

    /** Exchange property: this turn of the loop has its command. */
    private static final String COMMANDED = "JetCommanded";

    private static final String NO_HANDS =
            "this run has no hands: header JetZone is only set where it has";

    private final String guid;
    private final RunRecord record;
    private final RunFeed feed;
    private final Bundles bundles;
    private final Runner runner;
    private final Ledger ledger;
    private final DispatchEnd end;
    private final BatchResults results;
    private final Substitutes substitutes;
    private final RouteTroubles troubles;
    private final OrderOfPlays plays;
    private final StartRule rule;
    private final MessageIntake intake;
    private final AgentGuards guards;
    private final Supplier<Optional<Calls>> calls;
    private final SteadyTime clock = new SteadyTime();

    DispatchSteps(
            RunRecord record,
            RunFeed feed,
            Bundles bundles,
            Ledger ledger,
            DispatchEnd end,
            BatchResults results,
            Substitutes substitutes,
            RouteTroubles troubles,
            OrderOfPlays plays,
            StartRule rule,
            Supplier<Optional<Calls>> calls) {
        this.guid = record.guid();
        this.record = record;
        this.feed = feed;
        this.bundles = bundles;
        this.runner = Runners.of(record.request());
        this.ledger = ledger;
        this.end = end;
        this.results = results;
        this.substitutes = substitutes;
        this.troubles = troubles;
        this.plays = plays;
        this.rule = rule;
        this.calls = calls;
        this.intake = new MessageIntake(guid);
        this.guards = new AgentGuards(feed);
    }

    Map<String, Processor> beans() {
        return Map.of(
                "dispatch.takeUp",
                this::takeUp,
                StepNames.COMMAND,
                this::command,
                "dispatch.local",
                this::local,
                "dispatch.hand",
                this::hand,
                "dispatch.frames",
                this::frames,
                "dispatch.disconnected",
                this::disconnected,
                "dispatch.broken",
                this::broken,
                "dispatch.pause",
                this::pause);
    }

    void takeUp(Exchange exchange) throws IOException, InvalidPayloadException {
        exchange.setProperty(Ledger.TAKEN, true);
        Optional<String> ours = intake.batch(exchange, ledger.open());
        if (ours.isEmpty()) {
            exchange.removeProperty(JetHeaders.JOB);
            return;
        }
        String id = ours.get();
        Message headers = exchange.getMessage();
        headers.setBody(id);
        if (!ledger.take(id)) {
            LOG.info("batch {} is already being worked on, or done", id);
            exchange.removeProperty(JetHeaders.JOB);
            return;
        }
        BatchMessage message = bundles.message(id);
        if (isRefused(message)) {
            exchange.removeProperty(JetHeaders.JOB);
            return;
        }
        BatchPast past = ledger.past(id, bundles.isThere(id));
        if (!past.mayHaveStarted()
                && !end.isCancelled(message.batch().worker().name())
                && isHeldBack(message)) {
            exchange.removeProperty(JetHeaders.JOB);
            return;
        }
        Dispatch dispatch = Dispatch.of(message, bundles.packed(id), runner, record, past, clock);
        ledger.begin(exchange, dispatch);
        end.begun(dispatch);
        dispatch.pause(); // nothing has failed yet: it only decides
        Worker worker = message.batch().worker();
        headers.setHeader(JetHeaders.GUID, message.guid());
        headers.setHeader(JetHeaders.BATCH, id);
        headers.setHeader(JetHeaders.WORKER, worker.name());
        headers.setHeader(JetHeaders.WORKER_GROUP, worker.group());
        headers.removeHeader(JetHeaders.REASSIGNED);
        headers.removeHeader(JetHeaders.PUT_BACK);
        MDC.put(JetHeaders.WORKER, worker.name());
        MDC.put(JetHeaders.BATCH, id);
    }

    /** Whether nobody has begun a batch, and nobody may. Then it has its result. */
    private boolean isRefused(BatchMessage message) {
        Batch batch = message.batch();
        Optional<String> refusal =
                ledger.hasBegun(batch.id()) || end.isCancelled()
                        ? Optional.empty()
                        : rule.refusal(batch);
        if (refusal.isPresent()) {
            results.notStarted(message, refusal.get());
            results.putDown(batch.id());
            plays.putDown(batch.id());
        }
        return refusal.isPresent();
    }

    /** Whether a batch that nobody has begun does not begin now: it waits, or never will. */
    private boolean isHeldBack(BatchMessage message) {
        Batch batch = message.batch();
        Optional<String> never = plays.stops(batch.id());
        Optional<String> waits = plays.waitsFor(batch.id());
        if (never.isPresent()) {
            results.notStarted(message, never.get());
        } else if (waits.isPresent()) {
            feed.tell(
                    new RunEvent.State(
                            batch.id(), batch.worker().name(), BatchState.WAITING, waits.get()));
            ledger.park(batch, false);
        } else {
            return false;
        }
        results.putDown(batch.id());
        plays.putDown(batch.id());
        return true;
    }

    /** Whether its runner waits for a play: then another batch may have the thread. */
    private void look(Dispatch dispatch) {
        Optional<String> waits = plays.look(dispatch);
        if (waits.isPresent()) {
            enter(dispatch, BatchState.WAITING, waits.get());
            if (ledger.isAnyQueued()) {
                dispatch.putBack();
            }
        }
    }

    void command(Exchange exchange) throws IOException {
        Dispatch dispatch = ledger.of(exchange);
        if (!dispatch.job().open()) {
            throw new ConfigurationException(
                    ("the loop of route dispatch continues although the job on worker %s has"
                                    + " ended: it must stop when JetJob.open is false; the run record is"
                                    + " safe. Correct the problem, then run: jet-fanout resume %s")
                            .formatted(dispatch.message().batch().worker().name(), guid));
        }
        if (!dispatch.isReady()) {
            throw new ConfigurationException(
                    ("the routes did not wait before the next exchange with worker %s: each turn of"
                                    + " the loop must end with 'ref: %s'; the run record is safe."
                                    + " Correct the problem, then run: jet-fanout resume %s")
                            .formatted(
                                    dispatch.message().batch().worker().name(),
                                    StepNames.PAUSE,
                                    guid));
        }
        if (!dispatch.beginExchange()) {
            throw new ConfigurationException(
                    ("the routes did not finish an exchange with worker %s: they must read"
                                    + " everything that 'ref: dispatch.frames' gives, or call 'ref: dispatch.broken'; the"
                                    + " run record is safe. Correct the problem, then run: jet-fanout"
                                    + " resume %s")
                            .formatted(dispatch.message().batch().worker().name(), guid));
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
        exchange.setProperty(COMMANDED, true);
        WorkerHeaders.set(
                message,
                worker,
                Duration.ofMillis(batch.connectMillis()),
                guards.policy(dispatch),
                batch.forHosts());
        if (calls.get().isPresent() && !worker.equals(Worker.CONTROL_MACHINE)) {
            message.setHeader(JetHeaders.ZONE, batch.zone());
        } else {
            message.removeHeader(JetHeaders.ZONE);
        }
        if (dispatch.job().wantsBundle()) {
            String id = batch.batch().id();
            boolean more = dispatch.job().waitsBetweenPlays() || dispatch.job().hasPayload();
            long size = more ? bundles.size(id) : 0;
            message.setHeader(SshHeaders.STDIN, dispatch.stdin(bundles.open(id), size));
        } else if (dispatch.job().wantsStdin()) {
            message.setHeader(SshHeaders.STDIN, dispatch.stdin());
        }
    }

    /** The batch of the control machine. Its command runs here. */
    void local(Exchange exchange) throws IOException, InvalidPayloadException, RouteFaultException {
        if (!isCommanded(exchange)) {
            throw uncommanded();
        }
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

    /** The command runs on the worker by a hand, in the zone of the worker. */
    void hand(Exchange exchange) throws InvalidPayloadException, RouteFaultException {
        if (!isCommanded(exchange)) {
            throw uncommanded();
        }
        Dispatch dispatch = ledger.of(exchange);
        Message message = exchange.getMessage();
        Optional<InputStream> stdin =
                Optional.ofNullable(message.getHeader(SshHeaders.STDIN, InputStream.class));
        Optional<GuardPolicy> guard =
                Optional.ofNullable(message.getHeader(SshHeaders.GUARD, GuardPolicy.class));
        List<?> forHosts = message.getHeader(SshHeaders.FOR_HOSTS, List.of(), List.class);
        message.removeHeader(SshHeaders.STDIN);
        message.removeHeader(SshHeaders.GUARD);
        message.removeHeader(SshHeaders.FOR_HOSTS);
        CallSpec spec =
                new CallSpec(
                        guid,
                        message.getHeader(JetHeaders.ZONE, String.class),
                        new Destination(
                                message.getHeader(SshHeaders.WORKER, String.class),
                                message.getHeader(SshHeaders.HOST, String.class),
                                message.getHeader(SshHeaders.PORT, Integer.class),
                                message.getHeader(SshHeaders.USER, String.class)),
                        message.getMandatoryBody(String.class),
                        message.getHeader(SshHeaders.DEADLINES, Deadlines.class)
                                .with(Duration.ofMillis(dispatch.message().keepaliveMillis())),
                        forHosts.stream().map(Object::toString).collect(Collectors.toSet()));
        Call call =
                calls.get()
                        .orElseThrow(() -> new RouteFaultException(NO_HANDS))
                        .open(spec, stdin, guard, waiting(dispatch));
        message.setHeader(SshHeaders.LOGIN_KEY, call.loginKey());
        call.encryption().ifPresent(with -> message.setHeader(SshHeaders.ENCRYPTION, with));
        message.setBody(call);
    }

    private CallWait waiting(Dispatch dispatch) {
        BatchState before = dispatch.state();
        return new CallWait() {
            @Override
            public void on(String what) {
                enter(dispatch, BatchState.WAITING, what);
            }

            @Override
            public void ended() {
                enter(dispatch, before, dispatch.trouble());
            }

            @Override
            public boolean isOver() {
                return dispatch.isUnwanted();
            }
        };
    }

    void frames(Exchange exchange) throws InvalidPayloadException, RouteFaultException {
        if (!isCommanded(exchange)) {
            throw uncommanded();
        }
        Dispatch dispatch = ledger.of(exchange);
        CommandStream stream = exchange.getMessage().getMandatoryBody(CommandStream.class);
        exchange.getMessage()
                .setBody(
                        dispatch.frames(
                                stream,
                                state -> enterWarned(dispatch, state),
                                () -> look(dispatch),
                                this::takenOver));
        substitutes.answered(dispatch.message().batch().worker());
    }

    /** Another owner has the run: nothing more is done or stored here. */
    private void takenOver(long term) {
        if (!end.isOver()) {
            record.storeTakenOver(term);
            end.takenOver(guid, term);
        }
    }

    void disconnected(Exchange exchange) {
        ledger.of(exchange).disconnected();
    }

    void broken(Exchange exchange) {
        Dispatch dispatch = ledger.of(exchange);
        dispatch.disconnected();
        Exception cause =
                CamelCauses.within(
                        exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class));
        if (CamelCauses.isOwn(cause)) {
            end.abort(cause);
            return;
        }
        Optional<String> fault = troubles.stepAtFault(cause).map(step -> step.says(cause));
        if (fault.isEmpty() && !isCommanded(exchange)) {
            fault = troubles.steps().step(cause).map(step -> step.says(uncommanded()));
        }
        if (fault.isPresent()) {
            // the step would fail the next time, too
            dispatch.job().giveUp(fault.get());
            dispatch.end().misconfigured();
            troubles.tell(fault.get());
            return;
        }
        // whatever is wrong with a worker ends its own batch only
        dispatch.failed(cause);
        LOG.warn("{}", dispatch.trouble());
        LOG.debug("batch {} was interrupted", dispatch.message().batch().id(), cause);
    }

    private static boolean isCommanded(Exchange exchange) {
        return exchange.getProperty(COMMANDED) != null;
    }

    private static RouteFaultException uncommanded() {
        return new RouteFaultException(
                "'ref: " + StepNames.COMMAND + "' must come before this step");
    }

    /** Waits between two exchanges, unless something else needs the thread. */
    void pause(Exchange exchange) {
        exchange.removeProperty(COMMANDED);
        ledger.of(exchange).pause();
    }

    /**
     * @param detail the reason, or something else that people should know; a new detail is told
     *     even if the state stays the same
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
}
