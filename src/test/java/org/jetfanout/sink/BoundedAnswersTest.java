package org.jetfanout.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jetfanout.testkit.Waiting;
import org.jetfanout.testkit.stores.HostileStore;
import org.jetfanout.testkit.stores.SampleRecords;
import org.jetfanout.testkit.stores.SinkBed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a log store can do to the process by its answers. */
class BoundedAnswersTest {
    private static final Map<String, Map<String, String>> SINKS =
            Map.of(
                    "elasticsearch", Map.of("api-key", "id:a-secret"),
                    "opensearch", Map.of("user", "me", "password", "a-secret"),
                    "splunk", Map.of("token", "a-secret"));

    private static SinkBed bed(String sink, String url, String timeout) {
        Map<String, String> settings = new HashMap<>(SINKS.get(sink));
        settings.put("url", url);
        settings.put("connect-timeout", timeout);
        settings.put("response-timeout", timeout);
        return new SinkBed(sink, settings);
    }

    /** Each try ends, in little time and memory, and the records come again. */
    @ParameterizedTest
    @Timeout(60)
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "REDIRECT")
    void anAnswerWithoutEndCostsOneTry(HostileStore.Answer answer) throws Exception {
        try (HostileStore store = HostileStore.that(answer)) {
            for (String sink : List.of("elasticsearch", "splunk")) {
                try (SinkBed bed = bed(sink, store.url(), "1s")) {
                    for (int tries = 0; tries < 2; tries++) {
                        assertThatThrownBy(() -> bed.deliver(SampleRecords.lines(0, 3)))
                                .as(sink)
                                .isInstanceOf(Exception.class)
                                .isNotInstanceOf(SinkStoppedException.class);
                    }
                    assertThat(bed.refused).isEmpty();
                }
            }
            Waiting.until("each try has come", () -> store.heads().size() >= 4);
            assertThat(store.heads()).hasSize(4);
        }
    }

    /** What is small enough to be read may be too large once it is understood. */
    @Test
    @Timeout(60)
    void millionsOfObjectsAreNotMade() throws Exception {
        try (HostileStore store = HostileStore.that(HostileStore.Answer.JSON_BOMB);
                SinkBed bed = bed("elasticsearch", store.url(), "60s")) {
            assertThatThrownBy(() -> bed.deliver(SampleRecords.lines(0, 3)))
                    .hasMessageContaining("its answer is not JSON");
        }
    }

    static Stream<Arguments> redirects() {
        return SINKS.keySet().stream()
                .sorted()
                .flatMap(
                        sink ->
                                Stream.of(301, 302, 303, 307, 308)
                                        .map(status -> Arguments.of(sink, status)));
    }

    /** To the same server or to another one: nobody gets the credentials by a redirect. */
    @ParameterizedTest
    @MethodSource("redirects")
    void aRedirectIsNotFollowed(String sink, int status) throws Exception {
        try (HostileStore thief = HostileStore.redirecting(200, "");
                HostileStore away = HostileStore.redirecting(status, thief.url());
                HostileStore same = HostileStore.redirecting(status, "")) {
            for (HostileStore store : List.of(away, same)) {
                try (SinkBed bed = bed(sink, store.url(), "60s")) {
                    assertThatThrownBy(() -> bed.deliver(SampleRecords.lines(0, 3)))
                            .hasMessageContaining(Integer.toString(status))
                            .hasMessageNotContaining("a-secret");
                }
                assertThat(store.heads())
                        .singleElement()
                        .asString()
                        .contains("Authorization: ")
                        .doesNotContain("/stolen");
            }
            assertThat(thief.heads()).isEmpty();
        }
    }
}
