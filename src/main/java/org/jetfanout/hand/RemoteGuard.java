package org.jetfanout.hand;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jetfanout.link.LinkException;
import org.jetfanout.ssh.agent.GuardBudget;
import org.jetfanout.ssh.agent.GuardPolicy;
import org.jetfanout.ssh.agent.Signature;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policy of the agent guard on a hand. The owner is told of each signature and has stored it
 * before the worker gets it. Thread-safe.
 */
final class RemoteGuard {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteGuard.class);

    private static final long LONGEST_SECONDS = 30;

    private final SentMessages out;
    private final GuardBudget budget;
    private final GuardPolicy policy;

    // Mutable state, guarded by this
    private final Map<Long, CompletableFuture<Void>> asked = new HashMap<>();
    private long last;
    private boolean closed;

    RemoteGuard(CallSpec spec, CallOrder.Guard words, SentMessages out) {
        this.out = out;
        this.budget = GuardBudget.of(words.mostSignatures(), words.used());
        this.policy =
                new GuardPolicy(
                        spec.guid(),
                        spec.worker().name(),
                        words.keys(),
                        words.logins(),
                        budget,
                        this::signed,
                        this::trouble);
    }

    GuardPolicy policy() {
        return policy;
    }

    /** What was used of the budget of the job. */
    GuardBudget.Usage usage() {
        return budget.usage();
    }

    private void signed(Signature signature) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        long number;
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("the call is closed");
            }
            number = ++last;
            asked.put(number, answer);
        }
        try {
            out.send(
                    CallWord.SIGNED,
                    SentMessages.head()
                            .put("number", number)
                            .put("fingerprint", signature.fingerprint())
                            .put("login", signature.login())
                            .put("hostKey", signature.hostKey())
                            .put("allowed", signature.allowed())
                            .set("used", CallOrder.json(budget.usage())));
            answer.get(LONGEST_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (LinkException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the owner of the run has not stored it", e);
        } finally {
            synchronized (this) {
                asked.remove(number);
            }
        }
    }

    /** The owner has stored this one. */
    void stored(long number) {
        CompletableFuture<Void> answer;
        synchronized (this) {
            answer = asked.get(number);
        }
        if (answer != null) {
            answer.complete(null);
        }
    }

    /** Nobody answers any more. */
    void close() {
        Map<Long, CompletableFuture<Void>> open;
        synchronized (this) {
            closed = true;
            open = Map.copyOf(asked);
        }
        open.values()
                .forEach(one -> one.completeExceptionally(new IllegalStateException("closed")));
    }

    private void trouble(String text) {
        try {
            out.send(CallWord.TROUBLE, SentMessages.head().put("text", text));
        } catch (LinkException e) {
            LOG.warn("{}", text);
        }
    }
}
