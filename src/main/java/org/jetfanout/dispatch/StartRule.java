package org.jetfanout.dispatch;

import java.util.Optional;
import org.jetfanout.plan.Batch;

/** Decides whether a batch that nobody has begun may begin. Thread-safe. */
@FunctionalInterface
public interface StartRule {
    /** Why it may not, in one line; empty where it may. */
    Optional<String> refusal(Batch batch);
}
