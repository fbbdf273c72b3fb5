package org.jetfanout.service.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.stream.Stream;
import org.jetfanout.service.runs.EndedRun;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of a run is told until it was taken: signed, without redirects, also after a restart. */
class TellingsTest {
    private static final EndedRun RUN = new EndedRun("0000aaaa", Optional.of("deploy"), "ann", 2);

    @TempDir private Path folder;
    private HttpServer receiver;
    private TemplatesBed bed;
    private Tellings tellings;
    private final LinkedBlockingDeque<Integer> answers = new LinkedBlockingDeque<>();
    private final List<Got> got = new CopyOnWriteArrayList<>();

    private record Got(String path, String body, Optional<WebhookSignature.Delivery> delivery) {}

    @BeforeEach
    void begin() throws IOException {
        bed = new TemplatesBed(folder);
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", this::answer);
        receiver.start();
    }

    @AfterEach
    void end() {
        if (tellings != null) {
            tellings.close();
        }
        receiver.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        got.add(
                new Got(
                        exchange.getRequestURI().getPath(),
                        new String(body, StandardCharsets.UTF_8),
                        WebhookSignature.check(
                                templates()
                                        .find("deploy")
                                        .orElseThrow()
                                        .tell()
                                        .orElseThrow()
                                        .secret(),
                                exchange.getRequestHeaders()::getFirst,
                                body,
                                Instant.now())));
        exchange.getResponseHeaders().set("Location", "/elsewhere");
        Integer status = answers.poll();
        exchange.sendResponseHeaders(status == null ? 204 : status, -1);
        exchange.close();
    }

    private synchronized Templates templates() throws IOException {
        return bed.templates(
                """
                deploy:
                  command: [exec, x]
                  tell: {url: 'http://127.0.0.1:%d/hook', secret_file: secret}
                """
                        .formatted(receiver.getAddress().getPort()));
    }

    private Tellings process() throws IOException {
        return process(InstantSource.system());
    }

    private Tellings process(InstantSource clock) throws IOException {
        tellings =
                new Tellings(
                        templates(),
                        new EndedSummary(folder, Optional.of("https://ops.example.org")),
                        folder,
                        clock);
        return tellings;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("tell"))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private void awaitNothingLeft() {
        Waiting.until("nothing is left", () -> files().isEmpty());
    }

    @Test
    void itIsToldOnceSigned() throws IOException {
        process().begin();
        tellings.ended(RUN);
        tellings.ended(new EndedRun("other", Optional.empty(), "ann", 0));
        awaitNothingLeft();
        assertThat(got).hasSize(1);
        assertThat(got.get(0).path()).isEqualTo("/hook");
        assertThat(got.get(0).delivery()).isPresent();
        assertThat(got.get(0).body())
                .contains("\"guid\":\"0000aaaa\"", "\"exitCode\":2", "\"who\":\"ann\"")
                .contains("https://ops.example.org/runs/0000aaaa");
    }

    @Test
    void whatIsNotTakenIsSentAgainAndARedirectIsNotFollowed() throws IOException {
        answers.addAll(List.of(307, 500));
        process().begin();
        tellings.ended(RUN);
        awaitNothingLeft();
        assertThat(got).hasSize(3).extracting(Got::path).containsOnly("/hook");
        assertThat(got).extracting(Got::body).hasSize(3).containsOnly(got.get(0).body());
        assertThat(got)
                .extracting(it -> it.delivery().orElseThrow().key())
                .containsOnly(got.get(0).delivery().orElseThrow().key());
    }

    @Test
    void aRestartGoesOnTelling() throws IOException {
        answers.add(500);
        process().ended(RUN);
        Waiting.until("it is told", () -> !got.isEmpty());
        tellings.close();
        assertThat(files()).hasSize(1);
        assertThat(Files.readString(files().get(0))).doesNotContain(TemplatesBed.SECRET);
        got.clear();
        process().begin();
        awaitNothingLeft();
        assertThat(got).isNotEmpty();
    }

    @Test
    void afterADayItIsGivenUpAndKept() throws IOException {
        process();
        Path left = folder.resolve("tell/x.json");
        Files.writeString(
                left,
                "{\"id\":\"x\",\"template\":\"deploy\",\"since\":\"2020-01-01T00:00:00Z\",\"body\":\"{}\"}");
        answers.add(500);
        tellings.begin();
        awaitNothingLeft();
        assertThat(folder.resolve("tell/given-up/x.json")).exists();
    }
}
