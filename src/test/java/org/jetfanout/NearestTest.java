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
        assertThat(Nearest.to("jpet", KNOWN)).contains("jetp");
        assertThat(Nearest.to("", KNOWN)).contains("jetp");
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
