package org.jetfanout.run.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.sink.SinkDelivery;
import org.jetfanout.testkit.stores.HostileStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Users' routes that post to servers, with their own credentials and Camel's own client. */
class OwnHttpRoutesTest {
    @TempDir Path folder;

    private Pipeline pipeline(String url, String options) throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("hook.camel.yaml"),
                        """
                        - route:
                            id: sink-hook
                            from:
                              uri: direct:sink-hook
                              steps:
                                - setBody: { constant: a line }
                                - setHeader: { name: Authorization, constant: Bearer a-secret }
                                - to: { uri: "%s/in%s" }
                        """
                                .formatted(url, options));
        return Pipeline.ofSinks("file:" + file, new Libraries(List.of()), Map.of(), Map.of());
    }

    private static final SinkDelivery FRAME =
            new SinkDelivery() {
                @Override
                public String sink() {
                    return "hook";
                }

                @Override
                public String guid() {
                    return "guid";
                }

                @Override
                public List<LogDocument> documents() {
                    return List.of();
                }

                @Override
                public void refuse(LogDocument document, String reason) {
                    throw new AssertionError(reason);
                }
            };

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void noRedirectIsFollowedWithCredentials(int status) throws IOException {
        for (String options : List.of("", "?followRedirects=true")) {
            try (HostileStore thief = HostileStore.redirecting(200, "");
                    HostileStore away = HostileStore.redirecting(status, thief.url());
                    Pipeline pipeline = pipeline(away.url(), options)) {
                assertThatThrownBy(() -> pipeline.sink("hook").send(FRAME))
                        .hasMessageContaining(Integer.toString(status));
                assertThat(away.heads()).singleElement().asString().contains("a-secret");
                assertThat(thief.heads()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @Timeout(60)
    @EnumSource(names = {"ENDLESS_BODY", "GZIP_BOMB", "ENDLESS_HEADERS", "ENDLESS_HEADER"})
    void anAnswerWithoutEndCostsOneTry(HostileStore.Answer answer) throws IOException {
        try (HostileStore store = HostileStore.that(answer);
                Pipeline pipeline = pipeline(store.url(), "")) {
            assertThatThrownBy(() -> pipeline.sink("hook").send(FRAME))
                    .isInstanceOf(Exception.class);
        }
    }

    @Test
    void anOrdinaryAnswerIsTaken() throws Exception {
        try (HostileStore store = HostileStore.redirecting(200, "");
                Pipeline pipeline = pipeline(store.url(), "")) {
            pipeline.sink("hook").send(FRAME);
            assertThat(store.heads()).hasSize(1);
        }
    }
}
