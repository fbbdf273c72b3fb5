package org.jetfanout.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jetfanout.service.stream.SseReader;
import org.jetfanout.service.stream.SseReader.Event;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.FreePort;
import org.jetfanout.testkit.Nginx;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.TestUser;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The API with real runs on real workers; once more through nginx, with a path before its own. */
class ApiRunIT {
    @RegisterExtension static final Fleet fleet = Fleet.start(64, 2);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir private Path folder;
    private Site site;
    private ServedRuns served;
    private String base;

    @BeforeEach
    void begin() throws IOException {
        site = new Site(fleet, folder);
        site.writeSettings();
        served =
                new ServedRuns(
                        folder.resolve("service"),
                        20,
                        "roots: [ " + folder + " ]\n",
                        fleet.agent().socket(),
                        site.file("home"));
        base = "http://127.0.0.1:" + served.port() + "/fanout/api/v1";
    }

    @AfterEach
    void end() {
        served.close();
    }

    private String words() throws IOException {
        List<String> words = site.words("--user", TestUser.name());
        return JSON.writeValueAsString(
                JSON.createObjectNode().set("args", JSON.valueToTree(words)));
    }

    private HttpResponse<String> send(String method, String path, String body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + path))
                        .timeout(Duration.ofMinutes(1))
                        .header("Authorization", "Bearer " + served.token())
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return served.client().send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private JsonNode json(HttpResponse<String> answer, int status) throws IOException {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return JSON.readTree(answer.body());
    }

    private SseReader stream(String guid, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.add("Authorization");
        all.add("Bearer " + served.token());
        return SseReader.open(
                HttpClient.newHttpClient(),
                URI.create(base + "/runs/" + guid + "/stream"),
                all.toArray(String[]::new));
    }

    private String state(String guid) throws IOException {
        return json(send("GET", "/runs/" + guid, ""), 200).at("/run/state").asText();
    }

    private void startsWatchesAndRerunsARun() throws IOException {
        site.behave("h01", "slow:12");
        site.behave("h02", "fail");
        HttpResponse<String> answer = send("POST", "/runs", words(), "Idempotency-Key", "one");
        String guid = json(answer, 201).path("guid").asText();
        assertThat(answer.headers().firstValue("Location").orElse(""))
                .endsWith("/api/v1/runs/" + guid);
        assertThat(
                        json(send("POST", "/runs", words(), "Idempotency-Key", "one"), 200)
                                .path("guid")
                                .asText())
                .isEqualTo(guid);
        List<Event> first;
        try (SseReader events = stream(guid)) {
            first = events.until(event -> event.name().equals("line"));
            // a run is shown as it stood up to half a second ago, and this one was planned in less
            Waiting.until("it is planned", () -> !state(guid).equals("planning"));
            // the events are not held back until the end of the run
            assertThat(state(guid)).isEqualTo("running");
        }
        String id = first.get(first.size() - 1).id();
        List<Event> rest;
        try (SseReader events = stream(guid, "Last-Event-ID", id)) {
            rest = events.until(event -> event.name().equals("end"));
        }
        List<Event> all = new ArrayList<>(first);
        all.addAll(rest);
        List<String> told = new ArrayList<>();
        all.stream()
                .filter(event -> event.name().equals("line"))
                .forEach(
                        event ->
                                event.data()
                                        .path("lines")
                                        .forEach(line -> told.add(line.path("number").asText())));
        JsonNode lines = json(send("GET", "/runs/" + guid + "/lines?limit=2000", ""), 200);
        assertThat(told).isEqualTo(lines.path("lines").findValuesAsText("number")).isNotEmpty();
        assertThat(rest.get(rest.size() - 1).data().path("exitCode").asInt()).isEqualTo(2);
        Waiting.until("it is shown as ended", () -> state(guid).equals("ended"));
        JsonNode run = json(send("GET", "/runs/" + guid, ""), 200);
        assertThat(run.at("/run/startedBy").asText()).isEqualTo("everything");
        assertThat(run.at("/people/0/who").asText()).isEqualTo("everything");
        assertThat(run.at("/can/rerunFailed").asInt()).isEqualTo(1);
        assertThat(
                        json(send("GET", "/runs/" + guid + "/signatures", ""), 200)
                                .path("total")
                                .asInt())
                .isNotNegative();
        site.behave("h02", "ok");
        String again =
                json(send("POST", "/runs/" + guid + "/rerun", "{\"outcomes\": [\"failed\"]}"), 201)
                        .path("guid")
                        .asText();
        try (SseReader events = stream(again)) {
            List<Event> some = events.until(event -> event.name().equals("end"));
            assertThat(some.get(some.size() - 1).data().path("exitCode").asInt()).isZero();
        }
        assertThat(
                        json(send("GET", "/runs/" + again + "/hosts", ""), 200)
                                .path("hosts")
                                .findValuesAsText("host"))
                .containsExactly("h02");
        assertThat(json(send("GET", "/runs", ""), 200).findValuesAsText("guid"))
                .containsExactly(again, guid);
        assertThat(send("POST", "/runs/" + guid + "/cancel", "").statusCode()).isEqualTo(409);
    }

    @Test
    void hostsOfABatchThatRunsHaveTheOutcomeSoFar() throws IOException {
        // both are of the second worker, in this order
        site.behave("h02", "fail").behave("h04", "hang");
        String guid = json(send("POST", "/runs", words()), 201).path("guid").asText();
        String failed = "/runs/" + guid + "/hosts/h02";
        Waiting.until("it has failed", () -> send("GET", failed, "").body().contains("\"failed\""));
        JsonNode host = json(send("GET", failed, ""), 200);
        assertThat(host.path("provisional").asBoolean()).isTrue();
        assertThat(host.path("reason").asText()).isEqualTo("so far; its batch has not ended");
        JsonNode all = json(send("GET", "/runs/" + guid + "/hosts?worker=w2", ""), 200);
        assertThat(all.at("/groups/0/outcome").asText()).isEqualTo("failed");
        assertThat(all.at("/groups/0/count").asInt())
                .isEqualTo(all.at("/totals/failed").asInt())
                .isEqualTo(1);
        JsonNode hangs = json(send("GET", "/runs/" + guid + "/hosts/h04", ""), 200);
        assertThat(hangs.path("outcome").asText()).isEqualTo("running");
        assertThat(hangs.path("provisional").asBoolean()).isFalse();

        assertThat(send("POST", "/runs/" + guid + "/cancel", "").statusCode()).isLessThan(300);
        Waiting.until("its end", () -> state(guid).equals("ended"));
        host = json(send("GET", failed, ""), 200);
        assertThat(host.path("outcome").asText()).isEqualTo("failed");
        assertThat(host.path("provisional").asBoolean()).isFalse();
        assertThat(host.path("reason").asText()).isNotEmpty().doesNotContain("so far");
    }

    @Test
    void startsWatchesAndRerunsARunDirectly() throws IOException {
        startsWatchesAndRerunsARun();
    }

    @Test
    @SuppressWarnings("try") // it is only there to pass requests on
    void startsWatchesAndRerunsARunThroughNginx() throws IOException {
        int port = FreePort.next();
        String location =
                "location /team/fanout/ { proxy_pass http://127.0.0.1:%d/fanout/; }"
                        .formatted(served.port());
        try (Nginx nginx = Nginx.start(folder.resolve("nginx"), port, location)) {
            base = "http://127.0.0.1:" + port + "/team/fanout/api/v1";
            startsWatchesAndRerunsARun();
        }
    }
}
