package org.jetfanout.dispatch;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jetfanout.pack.BatchMessage;
import org.jetfanout.plan.Batch;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.RunEvent;
import org.jetfanout.record.RunFeed;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.ssh.agent.GuardBudget;
import org.jetfanout.ssh.agent.GuardPolicy;
import org.jetfanout.ssh.agent.Signature;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the guard of the user's ssh-agent for each worker, and reports what the worker does with
 * it. Thread-safe: agent requests have threads of their own.
 */
final class AgentGuards {
    private static final Logger LOG = LoggerFactory.getLogger(AgentGuards.class);

    private final RunFeed feed;

    // Mutable state
    /** By batch and worker. The budget lasts for the batch: a new connection does not renew it. */
    private final Map<String, GuardBudget> budgets = new ConcurrentHashMap<>();

    AgentGuards(RunFeed feed) {
        this.feed = feed;
    }

    /**
     * The policy for the worker of a batch on its next connection; empty where it gets no agent.
     */
    Optional<GuardPolicy> policy(Dispatch dispatch) {
        BatchMessage message = dispatch.message();
        if (!message.agent()) {
            return Optional.empty();
        }
        Batch batch = message.batch();
        String worker = batch.worker().name();
        return Optional.of(
                new GuardPolicy(
                        message.guid(),
                        worker,
                        message.keys(),
                        Set.copyOf(message.logins()),
                        budgets.computeIfAbsent(
                                batch.id() + " " + worker,
                                id -> GuardBudget.of(batch.hosts().size())),
                        this::signed,
                        trouble -> trouble(dispatch, trouble)));
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

    /** Reports why the runner will not reach hosts of a batch. */
    private void trouble(Dispatch dispatch, String trouble) {
        Batch batch = dispatch.message().batch();
        Worker worker = batch.worker();
        LOG.warn("worker {}: {}", worker.name(), trouble);
        dispatch.end().agentTrouble(trouble);
        String detail = trouble + ": the runner cannot log in to hosts that need the agent";
        feed.tell(new RunEvent.State(batch.id(), worker.name(), BatchState.RUNNING, detail));
    }
}
