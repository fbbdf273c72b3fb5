package org.jetfanout.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FenceTest {
    private static final String GUID = "11111111-1111-1111-1111-111111111111";

    private static Fence fence(long term) {
        return new Fence(GUID, term, "secret");
    }

    private static String told(Fence owner) {
        return owner.term() + " " + owner.proof();
    }

    @Test
    void aLaterOwnerIsBelieved() {
        assertThat(fence(1).laterOwner(told(fence(2)))).hasValue(2);
        assertThat(fence(2).laterOwner(told(fence(Fence.HIGHEST)))).hasValue(Fence.HIGHEST);
        assertThat(fence(2).proof()).matches("[0-9a-f]{32}");
        assertThat(fence(1).proof()).isEqualTo("-");
    }

    @Test
    void nobodyElseIs() {
        Fence two = fence(2);
        assertThat(two.laterOwner(told(fence(2)))).isEmpty();
        assertThat(fence(3).laterOwner(told(two))).isEmpty();
        assertThat(fence(1).laterOwner("3 " + two.proof())).isEmpty();
        assertThat(fence(1).laterOwner(told(new Fence(GUID, 2, "other")))).isEmpty();
        assertThat(fence(1).laterOwner(told(new Fence("other", 2, "secret")))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2",
                "2 ",
                "2 -",
                "-2 0123456789abcdef0123456789abcdef",
                "99999999999999999999 0123456789abcdef0123456789abcdef",
                "2 0123456789ABCDEF0123456789ABCDEF"
            })
    void noTextConfusesIt(String told) {
        assertThat(fence(1).laterOwner(told)).isEmpty();
    }

    @Test
    void theSecretIsNotShown() {
        assertThat(fence(2)).hasToString("Fence[" + GUID + ", term 2]");
    }

    @Test
    void aRecordKeepsItsTerm(@TempDir Path runs) throws Exception {
        String guid = UUID.randomUUID().toString();
        Clock clock = Clock.fixed(Instant.ofEpochMilli(5000), ZoneOffset.UTC);
        Fence first;
        try (RunRecord record = RunRecord.create(runs, guid, clock)) {
            assertThat(record.term()).isEqualTo(1);
            first = record.fence();
            assertThat(first.secret()).hasSize(32);
            assertThat(record.nextTerm()).isEqualTo(5000);
            record.raiseTerm(5000);
            assertThat(record.nextTerm()).isEqualTo(5001);
            record.storeTakenOver(7000);
            assertThat(record.nextTerm()).isEqualTo(7001);
            assertThatThrownBy(() -> record.raiseTerm(5000))
                    .isInstanceOf(IllegalArgumentException.class);
            record.raiseTerm(7001);
            assertThat(record.takenOver()).isEmpty();
        }
        try (RunRecord again = RunRecord.at(runs.resolve(guid))) {
            assertThat(again.term()).isEqualTo(7001);
            assertThat(first.laterOwner(told(again.fence()))).hasValue(7001);
            assertThatThrownBy(() -> again.raiseTerm(8000))
                    .isInstanceOf(IllegalStateException.class);
        }
        Files.writeString(RunFile.TERM.in(runs.resolve(guid)), "many\n");
        try (RunRecord broken = RunRecord.at(runs.resolve(guid))) {
            assertThatThrownBy(broken::term)
                    .isInstanceOf(RecordException.class)
                    .hasMessageContaining("term: it does not hold a number");
        }
    }

    @Test
    void aRecordOfAnEarlierVersionHasNoSecret(@TempDir Path runs) throws Exception {
        String guid = UUID.randomUUID().toString();
        RunRecord.create(runs, guid).close();
        Files.writeString(
                RunFile.RUN.in(runs.resolve(guid)),
                "{\"guid\":\"%s\",\"created\":\"2024-01-01T00:00:00Z\"}".formatted(guid));
        try (RunRecord record = RunRecord.at(runs.resolve(guid))) {
            assertThat(record.created()).isEqualTo("2024-01-01T00:00:00Z");
            assertThat(record.fence()).isEqualTo(new Fence(guid, 1, ""));
        }
    }
}
