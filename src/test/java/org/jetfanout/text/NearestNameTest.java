package org.jetfanout.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {
    private static final List<String> KNOWN = List.of("threads", "jetp", "batch_size", "retain");

    @Test
    void namesTheOneWithTheFewestEdits() {
        assertThat(NearestName.to("thread", KNOWN)).contains("threads");
        assertThat(NearestName.to("batch-size", KNOWN)).contains("batch_size");
        assertThat(NearestName.to("jept", KNOWN)).contains("jetp");
    }

    @Test
    void whatIsTooFarAwayIsNoMisspelling() {
        assertThat(NearestName.to("", KNOWN)).isEmpty();
        assertThat(NearestName.to("workers", KNOWN)).isEmpty();
        assertThat(NearestName.hint("x", List.of("threads"))).isEmpty();
    }

    @Test
    void aBeginningIsNear() {
        assertThat(NearestName.to("batch", KNOWN)).contains("batch_size");
    }

    @Test
    void theFirstByAlphabetAmongEquals() {
        assertThat(NearestName.to("x", List.of("c", "b"))).contains("b");
    }

    @ParameterizedTest
    @CsvSource({
        "us_esat_1, us_east_1",
        "us_eas_1, us_east_1",
        "us-east-1, us_east_1",
        "useast1, us_east_1",
        "US_EAST_1, us_east_1",
        "workrs, workers",
        "worker, workers",
        "wrokers, workers",
        "wbe, web",
    })
    void aSlipInANameIsNamed(String name, String meant) {
        List<String> names = List.of("us_west_1", "us_east_1", "us_east_3", "workers", "web", "a");
        assertThat(NearestName.toName(name, names)).contains(meant);
    }

    @ParameterizedTest
    @CsvSource({
        "us_east_1, us_west_1",
        "us_east_1, us_east_2",
        "us_east_1, us_east_11",
        "eu, us",
        "prod_a, prod_b",
        "east, west",
        "test, rest",
        "db1, db2",
        "us, us_west_1",
        "web, dev",
        "'', a",
        "' ', a",
        "1, 2",
        "wk, wo",
    })
    void anotherNameIsNoSlip(String name, String other) {
        assertThat(NearestName.toName(name, List.of(other))).isEmpty();
        assertThat(NearestName.nameHint(name, List.of(other))).isEmpty();
    }

    @Test
    void ofTwoNamesThatWouldDoNoneIsNamed() {
        assertThat(NearestName.toName("us_est_1", List.of("us_east_1", "us_west_1"))).isEmpty();
    }

    @Test
    void nothingWhereNothingIsKnown() {
        assertThat(NearestName.to("x", List.of())).isEmpty();
        assertThat(NearestName.hint("x", List.of())).isEmpty();
    }
}
