package org.jetfanout.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.ssh.SshConstants;
import org.apache.camel.main.Main;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ssh.WorkerUnreachableException.Cause;
import org.jetfanout.testkit.Keys;
import org.jetfanout.testkit.OpenSshServer;
import org.jetfanout.testkit.SshAgent;
import org.jetfanout.testkit.SshTestBed;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The component in YAML routes, started by camel-main. */
class FanOutSshComponentIT {
    @TempDir Path folder;
    private Keys.Pair loginKey;
    private Keys.Pair hostKey;
    private OpenSshServer server;
    private SshAgent agent;
    private FanOutSshComponent component;
    private final List<Chunk> chunks = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws IOException {
        loginKey = Keys.ed25519(folder, "login");
        hostKey = Keys.ed25519(folder, "hosts");
        server = OpenSshServer.at("127.0.0.2").authorize(loginKey).start();
        agent = SshAgent.start(loginKey, hostKey);
        SshTestBed bed = new SshTestBed(folder);
        bed.knows(server);
        component = new FanOutSshComponent(bed.agent(agent, loginKey));
    }

    @AfterEach
    void stop() {
        server.close();
        agent.close();
    }

    @FunctionalInterface
    private interface Sends {
        void with(ProducerTemplate template) throws Exception;
    }

    private void route(String yaml, Sends sends) throws Exception {
        Path file = folder.resolve("test.camel.yaml");
        Files.writeString(file, yaml);
        Main main = new Main();
        main.configure().withRoutesIncludePattern("file:" + file);
        main.configure().withBasePackageScanEnabled(false);
        main.configure().withShutdownTimeout(5);
        main.bind("ssh", component);
        main.bind("chunks", chunks);
        main.start();
        try (ProducerTemplate template = main.getCamelContext().createProducerTemplate()) {
            sends.with(template);
        } finally {
            main.stop();
        }
    }

    private Map<String, Object> worker() {
        return Map.of(
                SshHeaders.WORKER,
                "w1",
                SshHeaders.HOST,
                "127.0.0.2",
                SshHeaders.PORT,
                server.port(),
                SshHeaders.USER,
                OpenSshServer.loginUser());
    }

    private static final String STREAM =
            """
            - route:
                id: dispatch
                from:
                  uri: direct:dispatch
                  steps:
                    - to: ssh:worker?stream=true&forwardAgent=true&connectTimeout=60s&authTimeout=60s
                    - split:
                        expression: { simple: "${body}" }
                        streaming: true
                        steps:
                          - bean: { ref: chunks, method: add }
                    - setHeader: { name: exit, simple: "${body.exitStatus.getAsInt}" }
            """;

    @Test
    void oneEndpointServesAllWorkersByHeadersAndStreams() throws Exception {
        route(
                STREAM,
                template -> {
                    Exchange done =
                            template.request(
                                    "direct:dispatch",
                                    exchange -> {
                                        exchange.getMessage().setHeaders(new HashMap<>(worker()));
                                        exchange.getMessage()
                                                .setHeader(
                                                        SshHeaders.STDIN,
                                                        new ByteArrayInputStream(
                                                                "from stdin\n"
                                                                        .getBytes(
                                                                                StandardCharsets
                                                                                        .UTF_8)));
                                        exchange.getMessage()
                                                .setHeader(
                                                        SshHeaders.GUARD,
                                                        SshTestBed.policy(
                                                                "guid",
                                                                SshTestBed.BUT_LOGIN,
                                                                s -> {}));
                                        exchange.getMessage().setBody("cat; ssh-add -l; exit 7");
                                    });
                    assertThat(done.getException()).isNull();
                    assertThat(text()).startsWith("from stdin\n").contains(hostKey.fingerprint());
                    assertThat(text()).doesNotContain(loginKey.fingerprint());
                    assertThat(done.getMessage().getHeader("exit")).isEqualTo(7);
                    assertThat(done.getMessage().getHeader(SshHeaders.LOGIN_KEY))
                            .isEqualTo(loginKey.fingerprint());
                    assertThat(done.getMessage().getHeaders())
                            .doesNotContainKeys(SshHeaders.STDIN, SshHeaders.GUARD);
                    Waiting.until("session closed", () -> server.connectionProcesses().isEmpty());
                });
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        chunks.forEach(c -> text.append(new String(c.bytes(), StandardCharsets.UTF_8)));
        return text.toString();
    }

    @Test
    void headersAreDataAndNeverAUri() throws Exception {
        route(
                STREAM,
                template -> {
                    Map<String, Object> headers = new HashMap<>(worker());
                    headers.put(SshHeaders.HOST, "127.0.0.2?knownHosts=/tmp/evil");
                    assertThatThrownBy(
                                    () ->
                                            template.requestBodyAndHeaders(
                                                    "direct:dispatch", "true", headers))
                            .hasRootCauseInstanceOf(ConfigurationException.class)
                            .rootCause()
                            .hasMessageContaining("not an address");
                });
    }

    private String plain(String options) {
        return """
        - route:
            id: plain
            from:
              uri: direct:plain
              steps:
                - toD: "ssh:%s@127.0.0.2:%d%s"
        """
                .formatted(OpenSshServer.loginUser(), server.port(), options);
    }

    @Test
    void withoutStreamItIsCamelSsh() throws Exception {
        route(
                plain("?connectTimeout=60s&authTimeout=60s"),
                template -> {
                    Exchange done =
                            template.request(
                                    "direct:plain",
                                    exchange ->
                                            exchange.getMessage()
                                                    .setBody("echo out; echo err >&2; exit 4"));
                    assertThat(done.getException()).isNull();
                    assertThat(done.getMessage().getBody(String.class)).isEqualTo("out\n");
                    assertThat(done.getMessage().getHeader(SshConstants.STDERR, String.class))
                            .isEqualTo("err\n");
                    assertThat(done.getMessage().getHeader(SshConstants.EXIT_VALUE)).isEqualTo(4);
                });
    }

    @Test
    void withoutStreamALostConnectionThrows() throws Exception {
        route(
                plain("?connectTimeout=60s&authTimeout=60s"),
                template -> {
                    for (String command : List.of("kill -9 $PPID", "kill -9 $$")) {
                        Exchange done =
                                template.request(
                                        "direct:plain",
                                        exchange -> exchange.getMessage().setBody(command));
                        assertThat(done.getException())
                                .isInstanceOfSatisfying(
                                        WorkerUnreachableException.class,
                                        e -> assertThat(e.reason()).isEqualTo(Cause.LOST));
                    }
                });
    }

    @Test
    void unknownAndRefusedOptionsFailAtStart() {
        for (String option :
                List.of(
                        "strem=true",
                        "knownHostsResource=x",
                        "failOnUnknownHost=false",
                        "password=x")) {
            String yaml =
                    """
                    - route:
                        id: wrong
                        from:
                          uri: direct:wrong
                          steps:
                            - to: ssh:worker?%s
                    """
                            .formatted(option);
            assertThatThrownBy(() -> route(yaml, template -> {}))
                    .as(option)
                    .hasStackTraceContaining(option.substring(0, option.indexOf('=')));
        }
    }

    @Test
    void consumingIsRefused() {
        String yaml =
                """
                - route:
                    id: wrong
                    from:
                      uri: ssh:worker
                      steps:
                        - log: never
                """;
        assertThatThrownBy(() -> route(yaml, template -> {}))
                .hasStackTraceContaining("can only be sent to");
    }

    @Test
    void componentOptionsAreBound() throws Exception {
        component =
                new FanOutSshComponent(
                        SshSettings.of(
                                new SshFiles(
                                        List.of(),
                                        List.of(),
                                        List.of(),
                                        List.of(),
                                        Optional.empty()),
                                PassphrasePrompt.none()));
        component.setKnownHosts(folder.resolve("known_hosts").toString());
        component.setAgentSocket("");
        component.setIdentityFiles(loginKey.file().toString());
        component.setKeyExchanges("curve25519-sha256");
        component.setKeepAliveMax(5);
        route(
                plain("?connectTimeout=60s&authTimeout=60s"),
                template ->
                        assertThat(template.requestBody("direct:plain", "echo in", String.class))
                                .isEqualTo("in\n"));
    }
}
