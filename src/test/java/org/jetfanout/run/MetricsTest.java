package org.jetfanout.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jetfanout.ConfigurationException;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Counts;
import org.jetfanout.record.SinkState;
import org.jetfanout.record.SinkStatus;
import org.jetfanout.status.Progress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What Prometheus gets, read by the grammar of its text format 0.0.4. */
class MetricsTest {
    private static final String GUID = "5f0c1a52-0000-4000-8000-000000000001";
    private static final Pattern HELP = Pattern.compile("# HELP ([a-zA-Z_:][\\w:]*) .+");
    private static final Pattern TYPE =
            Pattern.compile("# TYPE ([a-zA-Z_:][\\w:]*) (counter|gauge|histogram|summary|untyped)");
    private static final String LABEL = "[a-zA-Z_]\\w*=\"(?:[^\"\\\\\\n]|\\\\\\\\|\\\\\"|\\\\n)*\"";
    private static final Pattern SAMPLE =
            Pattern.compile(
                    "([a-zA-Z_:][\\w:]*)(?:\\{(%s(?:,%s)*),?\\})? ([^ ]+)".formatted(LABEL, LABEL));

    private final Metrics metrics = new Metrics("0");
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        metrics.close();
    }

    private HttpResponse<String> ask(String method, String path)
            throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + metrics.address().getPort() + path);
        return client.send(
                HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody()).build(),
                BodyHandlers.ofString());
    }

    /** Values by name and labels. */
    private Map<String, Double> scrape() throws IOException, InterruptedException {
        HttpResponse<String> answer = ask("GET", "/metrics");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValueSatisfying(
                        type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
        assertThat(answer.body()).endsWith("\n");
        Set<String> typed = new HashSet<>();
        Map<String, Double> values = new HashMap<>();
        for (String line : answer.body().lines().toList()) {
            Matcher type = TYPE.matcher(line);
            if (type.matches()) {
                assertThat(typed.add(type.group(1))).as(line).isTrue();
            } else if (!HELP.matcher(line).matches()) {
                Matcher sample = SAMPLE.matcher(line);
                assertThat(sample.matches()).as(line).isTrue();
                assertThat(typed).as(line).contains(sample.group(1));
                double value = Double.parseDouble(sample.group(3));
                assertThat(values.put(sample.group(1) + "{" + sample.group(2) + "}", value))
                        .as(line)
                        .isNull();
            }
        }
        return values;
    }

    private static SinkStatus sink(SinkState state, long delivered, Optional<Instant> oldest) {
        return new SinkStatus("es", state, "", 90, delivered, 4, 3, 2, 1000, oldest);
    }

    @Test
    void figuresOfTheRunAndItsSinks() throws Exception {
        Progress.Snapshot now =
                new Progress.Snapshot(
                        new Counts(31, 5, 4, 3, 2, 7, 10),
                        Map.of(BatchState.RUNNING, 6, BatchState.LOST, 1),
                        List.of());
        AtomicReference<SinkStatus> es =
                new AtomicReference<>(
                        sink(SinkState.SHIPPING, 50, Optional.of(Instant.now().minusSeconds(100))));
        metrics.show(GUID, () -> now, () -> List.of(es.get()));
        Map<String, Double> first = scrape();
        String run = "guid=\"" + GUID + "\"";
        String sink = "{" + run + ",sink=\"es\"}";
        assertThat(first)
                .containsEntry("jetfanout_hosts{" + run + ",outcome=\"ok\"}", 5.0)
                .containsEntry("jetfanout_hosts{" + run + ",outcome=\"changed\"}", 4.0)
                .containsEntry("jetfanout_hosts{" + run + ",outcome=\"failed\"}", 3.0)
                .containsEntry("jetfanout_hosts{" + run + ",outcome=\"unreachable\"}", 2.0)
                .containsEntry("jetfanout_hosts{" + run + ",outcome=\"unfinished\"}", 7.0)
                .containsEntry("jetfanout_hosts{" + run + ",outcome=\"not_started\"}", 10.0)
                .containsEntry("jetfanout_batches{" + run + ",state=\"running\"}", 6.0)
                .containsEntry("jetfanout_batches{" + run + ",state=\"lost\"}", 1.0)
                .containsEntry("jetfanout_batches{" + run + ",state=\"queued\"}", 0.0)
                .containsEntry("jetfanout_sink_read_records_total" + sink, 90.0)
                .containsEntry("jetfanout_sink_delivered_records_total" + sink, 50.0)
                .containsEntry("jetfanout_sink_retried_records_total" + sink, 4.0)
                .containsEntry("jetfanout_sink_refused_records_total" + sink, 3.0)
                .containsEntry("jetfanout_sink_dropped_records_total" + sink, 2.0)
                .containsEntry("jetfanout_sink_backlog_bytes" + sink, 1000.0)
                .containsEntry("jetfanout_sink_stopped" + sink, 0.0);
        assertThat(first.get("jetfanout_sink_oldest_age_seconds" + sink)).isBetween(99.0, 200.0);

        es.set(sink(SinkState.STOPPED, 60, Optional.empty()));
        assertThat(scrape())
                .containsEntry("jetfanout_sink_delivered_records_total" + sink, 60.0)
                .containsEntry("jetfanout_sink_oldest_age_seconds" + sink, 0.0)
                .containsEntry("jetfanout_sink_stopped" + sink, 1.0);
    }

    @Test
    void thePageNamesEachMetric() throws Exception {
        metrics.show(
                GUID,
                () -> new Progress.Snapshot(Counts.NONE, Map.of(), List.of()),
                () -> List.of(sink(SinkState.SHIPPING, 0, Optional.empty())));
        Set<String> served =
                scrape().keySet().stream()
                        .map(name -> name.substring(0, name.indexOf('{')))
                        .collect(Collectors.toSet());
        Set<String> named =
                Files.readAllLines(Path.of("docs/sinks.md")).stream()
                        .filter(line -> line.startsWith("| jetfanout_"))
                        .map(line -> line.split("\\|", -1)[1].strip())
                        .collect(Collectors.toSet());
        assertThat(named).isEqualTo(served);
    }

    @Test
    void listensOnLoopbackAndServesNothingElse() throws Exception {
        assertThat(metrics.address().getAddress().isLoopbackAddress()).isTrue();
        assertThat(ask("GET", "/metrics/x").statusCode()).isEqualTo(404);
        assertThat(ask("GET", "/").statusCode()).isEqualTo(404);
        assertThat(ask("POST", "/metrics").statusCode()).isEqualTo(405);
        int taken = metrics.address().getPort();
        assertThatThrownBy(() -> new Metrics("127.0.0.1:" + taken).close())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("--metrics 127.0.0.1:" + taken + ": ");
        for (String wrong : List.of("", "x", "1:", "99999", "no such host:1", "-1")) {
            assertThatThrownBy(() -> new Metrics(wrong).close())
                    .as(wrong)
                    .isInstanceOf(ConfigurationException.class);
        }
    }
}
