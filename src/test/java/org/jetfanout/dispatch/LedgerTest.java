package org.jetfanout.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.site.workers.Worker;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private final Ledger ledger = new Ledger();

    @BeforeEach
    void twoBatches() {
        ledger.expect(new Plan("guid", List.of(batch("0001"), batch("0002")), List.of()));
    }

    private static Batch batch(String id) {
        return new Batch(id, new Worker("w" + id, "wk", "w", 22, "u"), List.of("h" + id));
    }

    /** After a crash the same batch may come twice. */
    @Test
    void aBatchIsTakenUpOnceAtATimeAndNotAfterItsResult() {
        assertThat(ledger.take("0001")).isTrue();
        assertThat(ledger.take("0001")).isFalse();
        assertThat(ledger.waiting()).containsExactly("0002");
        ledger.putDown("0001");
        assertThat(ledger.waiting()).containsExactly("0001", "0002");
        assertThat(ledger.take("0001")).isTrue();
        ledger.close("0001");
        ledger.putDown("0001");
        assertThat(ledger.take("0001")).isFalse();
        assertThat(ledger.waiting()).containsExactly("0002");
        assertThat(ledger.isDone()).isFalse();
        ledger.close("0002");
        assertThat(ledger.isDone()).isTrue();
    }

    @Test
    void onlyWhatWasBegunMayHaveStarted() {
        assertThat(ledger.past("0001", true).mayHaveStarted()).isFalse();
        ledger.putBack("0001");
        assertThat(ledger.past("0001", true).mayHaveStarted()).isTrue();
        assertThat(ledger.past("0002", true).mayHaveStarted()).isFalse();
        assertThat(ledger.past("0002", false).attachOnly()).isTrue();
    }

    @Test
    void aRunOfAnotherProcessMayHaveStartedAnything() {
        Instant then = Instant.parse("2026-01-02T03:04:05Z");
        ledger.resumed(Map.of("0001", then));
        assertThat(ledger.past("0001", true).started()).isEqualTo(then);
        assertThat(ledger.past("0001", true).mayHaveStarted()).isTrue();
        assertThat(ledger.past("0002", true).mayHaveStarted()).isTrue();
    }

    @Test
    void aBatchWasStartedWhenItWasTakenUpFirst() {
        Instant first = ledger.past("0001", true).started();
        assertThat(ledger.past("0001", true).started()).isEqualTo(first);
    }
}
