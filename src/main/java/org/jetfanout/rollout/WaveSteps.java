package org.jetfanout.rollout;

import java.io.IOException;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jetfanout.JetHeaders;
import org.jetfanout.dispatch.RunDispatch;
import org.jetfanout.plan.Plan;

/** The steps of the send route: one wave after the other. Used by one thread. */
public final class WaveSteps {
    private final Rollout rollout;
    private final RunDispatch dispatch;

    /** Gives the waves of the rollout to the dispatch. */
    public WaveSteps(Rollout rollout, RunDispatch dispatch) {
        this.rollout = rollout;
        this.dispatch = dispatch;
    }

    /** The beans for the names in the route. */
    public Map<String, Processor> beans() {
        return Map.of("wave.next", this::next, "wave.ended", this::ended);
    }

    /** Takes the next wave. */
    void next(Exchange exchange) throws IOException {
        dispatch.sending();
        Plan wave = rollout.next();
        exchange.setProperty(JetHeaders.PLAN, wave);
        exchange.getMessage().setBody(wave);
    }

    /** Waits until each batch of the wave has its result. */
    void ended(Exchange exchange) throws InterruptedException {
        dispatch.sent();
        dispatch.awaitWave();
    }
}
