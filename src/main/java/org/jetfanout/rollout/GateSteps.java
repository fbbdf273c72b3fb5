package org.jetfanout.rollout;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jetfanout.JetHeaders;
import org.jetfanout.record.RolloutState;
import org.jetfanout.site.workers.RolloutRules;
import org.jetfanout.text.Text;

/**
 * The steps of the gate route: what must happen before a further wave begins. A step that finds the
 * run stopped, cancelled or over does nothing. Used by one thread.
 */
public final class GateSteps {
    private final Rollout rollout;
    private final Consumer<String> lines;

    /**
     * @param lines takes what people should know
     */
    public GateSteps(Rollout rollout, Consumer<String> lines) {
        this.rollout = rollout;
        this.lines = lines;
    }

    /** The beans for the names in the route. */
    public Map<String, Processor> beans() {
        return Map.of(
                "gate.failures", this::failures,
                "gate.pause", this::pause,
                "gate.check", this::check,
                "gate.approval", this::approval,
                "gate.hold", this::hold,
                "gate.stop", this::stop);
    }

    /** Stops the run where too many hosts have failed. Says which wave the gate is before. */
    void failures(Exchange exchange) {
        rollout.judge();
        Message message = exchange.getMessage();
        message.setHeader(JetHeaders.GUID, rollout.record().guid());
        message.setHeader(JetHeaders.WAVE, rollout.wave());
        message.setHeader(JetHeaders.FAILED, rollout.failed());
        message.setBody(rollout.record().guid());
    }

    /** Waits for the time between two waves. */
    void pause(Exchange exchange) throws IOException, InterruptedException {
        Duration pause = rules().pause();
        if (!pause.isZero()) {
            int wave = rollout.wave();
            rollout.await(
                    RolloutState.Kind.PAUSE, asked -> asked.isContinued(wave), Optional.of(pause));
        }
    }

    /** Runs the user's command, which must succeed. */
    void check(Exchange exchange) throws IOException, InterruptedException {
        Optional<String> command = rules().betweenWaves();
        if (command.isPresent() && rollout.isGated()) {
            GateCommand check = new GateCommand(command.get(), rollout, lines);
            Duration longest = rules().betweenWavesTimeout();
            switch (rollout.await(
                    RolloutState.Kind.CHECK, asked -> check.isDone(), Optional.of(longest))) {
                case DONE -> check.refusal().ifPresent(rollout::stop);
                case LATE -> {
                    check.end();
                    rollout.stop("the command of between_waves took too long");
                }
                case OVER -> check.end();
            }
        }
    }

    /** Waits until somebody approves. */
    void approval(Exchange exchange) throws IOException, InterruptedException {
        if (!rules().approve() || !rollout.isGated()) {
            return;
        }
        int wave = rollout.wave();
        if (rules().leavesAtGate()
                && !GateRequests.read(rollout.record().folder()).isApproved(wave)) {
            rollout.leaveAtGate();
            return;
        }
        Rollout.WaitEnd end =
                rollout.await(
                        RolloutState.Kind.APPROVAL,
                        asked -> asked.isApproved(wave),
                        rules().approveTimeout());
        if (end == Rollout.WaitEnd.LATE) {
            rollout.stop("nobody approved wave " + wave + " in time");
        }
    }

    /** Waits as long as somebody has asked for a pause. */
    void hold(Exchange exchange) throws IOException, InterruptedException {
        rollout.await(RolloutState.Kind.CONTINUE, asked -> !asked.isPaused(), Optional.empty());
    }

    /** Stops the run. For steps of the user's own; the body says why. */
    void stop(Exchange exchange) {
        String why = exchange.getMessage().getBody(String.class);
        rollout.stop(
                why == null || why.isBlank()
                        ? "a step of the gate route stopped it"
                        : Text.forTerminal(Text.plain(why.strip().lines().findFirst().orElse(""))));
    }

    private RolloutRules rules() {
        return rollout.state().rules();
    }
}
