package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.TestUser;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A service by itself: tokens, a session and a webhook work, and none of the secrets is anywhere.
 */
class ServeAccessIT {
    private static final String HOOK = "hook-0123456789abcdef0123456789abcdef";
    private static final String PASSWORD = "pw4711geheim";
    private static final String BODY =
            "{\"release\": {\"tag\": \"v7\"}, \"password\": \"" + PASSWORD + "\"}";

    @RegisterExtension static final Fleet fleet = Fleet.start(250, 2);

    @TempDir private Path folder;
    private final HttpClient http = HttpClient.newHttpClient();
    private final LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();
    private HttpServer receiver;
    private Site site;
    private Program service;
    private String url;

    @BeforeEach
    void begin() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext(
                "/",
                exchange -> {
                    told.add(
                            new String(
                                    exchange.getRequestBody().readAllBytes(),
                                    StandardCharsets.UTF_8));
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                });
        receiver.start();
        site = new Site(fleet, folder);
        site.writeSettings();
        Path hook = site.write("hook.secret", HOOK + "\n");
        Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rw-------"));
        site.write(
                "service.yml",
                """
                listen: 127.0.0.1:0
                templates:
                  deploy:
                    command: [--playbook, %s, --inventory, %s, --worker-config, %s, --user, %s, -e, 'version={version}', -e, '{"password": "{password}"}']
                    variables:
                      version: {pattern: 'v[0-9]+'}
                      password: {secret: true}
                    webhook: {secret_file: hook.secret, variables: {version: /release/tag, password: /password}}
                    tell: {url: 'http://127.0.0.1:%d/', secret_file: hook.secret}
                """
                        .formatted(
                                site.file("pb/site.yml"),
                                site.file("inv"),
                                site.file("workers.yml"),
                                TestUser.name(),
                                receiver.getAddress().getPort()));
    }

    @AfterEach
    void end() {
        receiver.stop(0);
        if (service != null) {
            service.handle().destroyForcibly();
        }
    }

    private void serve() throws IOException {
        Path ready = folder.resolve("ready");
        service =
                site.startCommand(
                        "serve",
                        "--config",
                        site.file("service.yml").toString(),
                        "--ready-file",
                        ready.toString());
        Waiting.until(
                "the service", () -> Files.exists(ready) && Files.readString(ready).endsWith("\n"));
        url = Files.readString(ready).strip();
    }

    private HttpResponse<String> send(String method, String path, String body, String... headers)
            throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + path))
                        .timeout(Duration.ofMinutes(1))
                        .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> hook() throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(HOOK.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        String signature =
                HexFormat.of().formatHex(mac.doFinal(BODY.getBytes(StandardCharsets.UTF_8)));
        return send(
                "POST",
                "api/v1/webhooks/deploy",
                BODY,
                "Content-Type",
                "application/json",
                "X-Hub-Signature-256",
                "sha256=" + signature);
    }

    @Test
    void noSecretIsLeftAnywhere() throws Exception {
        String token = site.command("token", "add", "ann", "--scopes", "read,run").out().strip();
        serve();
        assertThat(send("GET", "runs", "").statusCode()).isEqualTo(401);
        assertThat(send("GET", "runs", "", "Authorization", "Bearer " + token).statusCode())
                .isEqualTo(200);
        assertThat(send("GET", "runs", "", "Authorization", "Bearer " + token + "x").statusCode())
                .isEqualTo(401);
        HttpResponse<String> in =
                send(
                        "POST",
                        "login",
                        "token=" + token,
                        "Content-Type",
                        "application/x-www-form-urlencoded");
        String cookie = in.headers().firstValue("Set-Cookie").orElseThrow().replaceFirst(";.*", "");
        assertThat(send("GET", "runs", "", "Cookie", cookie).statusCode()).isEqualTo(200);

        HttpResponse<String> started = hook();
        assertThat(started.statusCode()).as(started.body()).isEqualTo(201);
        JsonNode answer = new ObjectMapper().readTree(started.body());
        assertThat(hook().body()).contains(answer.path("guid").asText(), "\"again\":true");
        String end = told.poll(3, TimeUnit.MINUTES);
        assertThat(end)
                .contains("\"guid\":\"" + answer.path("guid").asText(), "webhook:deploy")
                .contains("\"exitCode\":0")
                .doesNotContain(PASSWORD);
        assertThat(fleet.starts(answer.path("guid").asText())).hasSize(2);

        String session = cookie.substring(cookie.indexOf('=') + 1);
        List<String> secrets = List.of(token, session, HOOK, PASSWORD);
        assertThat(commandLines()).noneMatch(line -> secrets.stream().anyMatch(line::contains));
        service.signal("TERM");
        Program.Ended ended = service.end();
        assertThat(ended.exit()).as("%s", ended).isZero();
        assertThat(ended.out() + ended.err()).doesNotContain(secrets.toArray(String[]::new));
        try (Stream<Path> files = Files.walk(ended.runs().getParent())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String text = Files.readString(file, StandardCharsets.ISO_8859_1);
                assertThat(secrets).as("%s", file).noneMatch(text::contains);
            }
        }
    }

    /** Of all processes that there are. */
    private static List<String> commandLines() throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            for (Path process :
                    all.filter(it -> it.getFileName().toString().matches("\\d+")).toList()) {
                try {
                    lines.add(
                            Files.readString(
                                    process.resolve("cmdline"), StandardCharsets.ISO_8859_1));
                } catch (NoSuchFileException e) {
                    // it has ended
                } catch (IOException e) {
                    // it ends
                }
            }
        }
        return lines;
    }
}
