package org.jetfanout.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.sshd.agent.local.AgentImpl;
import org.jetfanout.ssh.keys.JdkEd25519;
import org.jetfanout.testkit.InventoryFolder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Both stand-ins for jetp, given the command line and site of a recording and hosts that they
 * really log in to, say what jetp said: line by line and event by event, whatever their order. The
 * demo's needs no more than a JDK; that of tests, benchmarks and docker-compose.yml needs no JDK.
 */
class StandInReplayIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path RECORDINGS = Path.of("src/test/resources/jetp/recordings");

    @TempDir private static Path shared;
    private static AgentSocket agent;
    private static DemoServer host;

    @TempDir private Path folder;

    @BeforeAll
    static void start() throws Exception {
        JdkEd25519.install();
        KeyPair key = newKey();
        agent =
                new AgentSocket(
                        shared.resolve("agent"),
                        () -> {
                            AgentImpl keys = new AgentImpl();
                            keys.addIdentity(key, "host");
                            return keys;
                        });
        host = new DemoServer("host", shared, newKey(), key.getPublic(), Account.ordinary(shared));
    }

    @AfterAll
    static void stop() throws Exception {
        host.close();
        agent.close();
    }

    @BeforeEach
    void site() throws IOException {
        InventoryFolder.copySite(folder);
        for (String inventory : List.of("inv", "ok", "four", "s1", "s2")) {
            for (int n = 11; n <= 14; n++) {
                write(
                        inventory + "/host_vars/127.0.0." + n,
                        "jet_ssh_hostname: 127.0.0.1\njet_ssh_port: %d\n%s"
                                .formatted(host.port(), n == 13 ? "fail_here: \"yes\"\n" : ""));
            }
        }
        write(
                "c16.yml",
                """
                - { name: nothing to do, groups: [ web ], tasks: [] }
                - { name: db echo, groups: [ db ], tasks: [ !echo { msg: hi } ] }
                """);
        // as good.yml, but for what the demo's runner does not know
        write(
                "pb/good5.yml",
                """
                - name: demo play
                  groups: [ site ]
                  tasks:
                    - !echo { name: say hello, msg: hi }
                    - !shell { cmd: id }
                """);
        write(
                "c32.yml",
                """
                - name: rolling that breaks
                  groups: [ web ]
                  batch_size: 2
                  tasks:
                    - !shell { name: break, cmd: 'false' }
                    - !echo { msg: x }
                """);
    }

    private void write(String path, String text) throws IOException {
        Files.createDirectories(folder.resolve(path).getParent());
        Files.writeString(folder.resolve(path), text);
    }

    /** Twenty hosts of web, three of db, all of them one machine. */
    private void many(String prefix) throws IOException {
        StringBuilder web = new StringBuilder("hosts:\n");
        for (int n = 1; n <= 20; n++) {
            web.append("  - %s%02d\n".formatted(prefix, n));
        }
        write("b/groups/web", web.toString());
        write("b/groups/db", "hosts: [ e11, e12, w11 ]\n");
        write(
                "b/group_vars/all",
                "jet_ssh_hostname: 127.0.0.1\njet_ssh_port: " + host.port() + "\n");
    }

    private static List<Arguments> recordings() {
        return Stream.of(
                        "01-mixed, ssh -i inv -p pb/mixed.yml -t 4",
                        "05-all-unreachable, ssh -i dead -p pb/good5.yml",
                        "10-slice-missing-group, ssh -i s1 -p pb/two.yml",
                        "12-limit-hosts-none-in-play2, ssh -i inv -p pb/two.yml --limit-hosts 127.0.0.11",
                        "13-limit-hosts, ssh -i inv -p pb/two.yml --limit-hosts 127.0.0.11:127.0.0.14",
                        "71-tags, ssh -i ok -p pb/id.yml --tags two",
                        "76-check-ssh, check-ssh -i ok -p pb/id.yml --tags one",
                        "b6-no-tasks, ssh -i b -p c16.yml",
                        "b7-batch2-first-fails, ssh -i b -p c32.yml")
                .map(line -> Arguments.of((Object[]) line.split(", ", 2)))
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recordings")
    void theDemosRunnerSaysWhatJetpSaid(String name, String line) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        saysWhatJetpSaid(
                name,
                line,
                List.of(
                        java,
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StandInJetp.class.getName()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recordings")
    void theStandInSaysWhatJetpSaid(String name, String line) throws Exception {
        saysWhatJetpSaid(
                name, line, List.of(Path.of("src/stand-in/jetp").toAbsolutePath().toString()));
    }

    private void saysWhatJetpSaid(String name, String line, List<String> runner) throws Exception {
        many(name.startsWith("b7") ? "e" : "v");
        run(runner, (line + " --user jetph --port 22711").split(" ", -1));
        assertThat(lines(Files.readString(folder.resolve("out"))))
                .isEqualTo(lines(recording(name, ".stdout")));
        assertThat(events(Files.readString(folder.resolve("log"))))
                .isEqualTo(events(recording(name, ".jetlog")));
    }

    private void run(List<String> runner, String... words) throws Exception {
        List<String> line = new ArrayList<>(runner);
        line.addAll(List.of(words));
        ProcessBuilder builder =
                new ProcessBuilder(line)
                        .directory(folder.toFile())
                        .redirectError(folder.resolve("err").toFile())
                        .redirectOutput(folder.resolve("out").toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().put("SSH_AUTH_SOCK", shared.resolve("agent").toString());
        builder.environment().put("JET_LOG", folder.resolve("log").toString());
        builder.environment().put("STAND_IN_SSH", "1");
        builder.environment().put("STAND_IN_STARTS", "/dev/null");
        assertThat(builder.start().waitFor(5, TimeUnit.MINUTES)).isTrue();
    }

    private static List<String> lines(String output) {
        return output.lines()
                .map(line -> line.replaceAll("\u001b\\[[0-9;]*m", ""))
                .filter(line -> !line.isBlank() && !line.startsWith("stand-in for jetp"))
                .filter(line -> !line.contains("playbook start") && !line.contains("demo play"))
                // who logs in is another one here, and another playbook says other words
                .filter(line -> !line.contains(" : i am ") && !line.matches("[a-z_-]+"))
                .sorted()
                .toList();
    }

    /** But for times, ids and the folder of the playbook. */
    private static List<String> events(String log) throws IOException {
        List<String> events = new ArrayList<>();
        for (String line : log.lines().toList()) {
            ObjectNode event = (ObjectNode) JSON.readTree(line);
            event.remove(List.of("run", "now", "start", "elapsed", "playbook"));
            Map<String, JsonNode> sorted = new TreeMap<>();
            event.properties().forEach(field -> sorted.put(field.getKey(), field.getValue()));
            events.add(sorted.toString());
        }
        events.sort(null);
        return events;
    }

    private static String recording(String name, String kind) throws IOException {
        return Files.readString(RECORDINGS.resolve(name + kind));
    }

    private static KeyPair newKey() throws Exception {
        return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    }
}
