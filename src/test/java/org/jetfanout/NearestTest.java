package org.jetfanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
    private static final List<String> KNOWN = List.of("threads", "jetp", "batch_size", "retain");

    @Test
    void namesTheOneWithTheFewestEdits() {
        assertThat(Nearest.to("thread", KNOWN)).contains("threads");
        assertThat(Nearest.to("batch-size", KNOWN)).contains("batch_size");
        assertThat(Nearest.to("jept", KNOWN)).contains("jetp");
    }

    @Test
    void whatIsTooFarAwayIsNoMisspelling() {
        assertThat(Nearest.to("", KNOWN)).isEmpty();
        assertThat(Nearest.to("workers", KNOWN)).isEmpty();
        assertThat(Nearest.hint("x", List.of("threads"))).isEmpty();
    }

    @Test
    void aBeginningIsNear() {
        assertThat(Nearest.to("batch", KNOWN)).contains("batch_size");
    }

    @Test
    void theFirstByAlphabetAmongEquals() {
        assertThat(Nearest.to("x", List.of("c", "b"))).contains("b");
    }

    @Test
    void nothingWhereNothingIsKnown() {
        assertThat(Nearest.to("x", List.of())).isEmpty();
        assertThat(Nearest.hint("x", List.of())).isEmpty();
    }
}
