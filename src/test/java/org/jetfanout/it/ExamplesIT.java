package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jetfanout.cli.Demo;
import org.jetfanout.demo.DemoSite;
import org.jetfanout.testkit.CommandLines;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.FreePort;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.TestUser;
import org.jetfanout.testkit.Waiting;
import org.jetfanout.testkit.stores.OpenSearchServer;
import org.jetfanout.testkit.stores.SearchServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every command of the examples' READMEs is run: what sends nothing where it stands, what sends
 * something on the demo's machines, whose files have the same names.
 */
@Order(1) // takes long: begins first
final class ExamplesIT {
    private static final Path EXAMPLES = Path.of("examples").toAbsolutePath();

    @TempDir Path folder;
    private CommandLines shell;

    @BeforeEach
    void program() throws IOException {
        shell = CommandLines.ofOwnUser(folder);
    }

    @Test
    void eachExampleHasAReadmeAndATest() throws IOException {
        try (Stream<Path> examples = Files.list(EXAMPLES)) {
            assertThat(examples.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "quick-start",
                            "multi-region",
                            "custom-routes",
                            "ci-job",
                            "log-sinks",
                            "rollout",
                            "exec",
                            "runner",
                            "ansible");
        }
    }

    @Test
    void quickStart() throws Exception {
        List<String> lines = commands("quick-start/README.md");
        assertThat(lines).hasSize(4);
        assertThat(out("quick-start", lines.get(0)))
                .contains("us_east_1_workers: 2 workers, 4 hosts, 2 per worker");
        assertThat(out("quick-start", lines.get(1))).startsWith("6 ");
        try (DemoSite site = DemoSite.start(false)) {
            Map<String, String> login = login(site);
            CommandLines.Ended check = shell.run(site.folder(), login, lines.get(2));
            assertThat(check.exit()).as(check.out() + check.err()).isZero();
            CommandLines.Ended run = shell.run(site.folder(), login, lines.get(3));
            assertThat(run.exit()).as(run.err()).isZero();
            assertThat(site.timesConfigured())
                    .hasSize(12)
                    .allSatisfy((host, times) -> assertThat(times).isOne());
        }
    }

    @Test
    void exec() throws Exception {
        List<String> lines = commands("exec/README.md");
        assertThat(lines).hasSize(3);
        try (DemoSite site = DemoSite.start(Demo.Runner.EXEC, false)) {
            linkExample(site, "exec", "disk-room.sh");
            Map<String, String> login = login(site);
            CommandLines.Ended uptime = shell.run(site.folder(), login, lines.get(0));
            assertThat(uptime.exit()).as(uptime.err()).isZero();
            assertThat(uptime.out()).containsPattern("web01: .* load average: ");
            assertThat(uptime.err()).contains("all 8 hosts ok");

            // a disk that is never fuller, and one that is always
            String room = lines.get(1).replace(" 90", " 100");
            CommandLines.Ended enough = shell.run(site.folder(), login, room);
            assertThat(enough.exit()).as(enough.err()).isZero();
            String full = lines.get(1).replace(" 90", " -1");
            CommandLines.Ended failed = shell.run(site.folder(), login, full);
            assertThat(failed.exit()).as(failed.err()).isEqualTo(2);
            assertThat(
                            failed.out()
                                    .lines()
                                    .filter(line -> line.matches(".*web\\d\\d: \\d+ % used")))
                    .hasSize(8);

            CommandLines.Ended again = shell.run(site.folder(), login, lines.get(2));
            assertThat(again.exit()).as(again.err()).isEqualTo(2);
            assertThat(again.err()).contains("8 hosts");
        }
    }

    /** The lines of the main README for other runners than jetp, with the demo's own files. */
    @Test
    void runnersOfTheMainReadme() throws Exception {
        List<String> lines = commands("../README.md");
        try (DemoSite site = DemoSite.start(Demo.Runner.ANSIBLE, false)) {
            Map<String, String> login = login(site);
            Path project = site.folder().resolve("ansible");
            Files.createSymbolicLink(
                    project.resolve("workers.yml"), site.folder().resolve("workers.yml"));
            CommandLines.Ended playbook = shell.run(project, login, lines.get(1));
            assertThat(playbook.exit()).as(playbook.err()).isZero();
            CommandLines.Ended command = shell.run(site.folder(), login, lines.get(2));
            assertThat(command.exit()).as(command.err()).isZero();
            assertThat(command.out()).containsPattern("web01: .* load average: ");
        }
    }

    @Test
    void multiRegion() throws Exception {
        List<String> lines = commands("multi-region/README.md");
        assertThat(lines).hasSize(2);
        assertThat(out("multi-region", lines.get(0)))
                .contains("us_east_1_workers: 2 workers, 4 hosts, 2 per worker")
                .contains(
                        "us_west_1_workers: 1 worker, 3 hosts, 3 per worker, 1 round of 40 threads")
                .contains("$ op run -- /opt/jetp/jetp ssh");
        assertThat(out("multi-region", lines.get(1))).contains("total: 2 hosts, 1 batch");
    }

    @Test
    void customRoutes() throws Exception {
        List<String> lines = commands("custom-routes/README.md");
        assertThat(lines).hasSize(3);
        assertThat(out("custom-routes", lines.get(0)))
                .containsPattern("worker3: \\d hosts?: .*canary1")
                .contains("skipped, no worker: 1 host: web4");
        assertThat(out("custom-routes", lines.get(1))).isEmpty();
        assertThat(out("custom-routes", lines.get(2))).startsWith("flowchart TD\n");
    }

    @Test
    void ciJob() throws Exception {
        List<String> lines = commands("ci-job/README.md");
        assertThat(lines).containsExactly("./run.sh site artifacts");
        try (DemoSite site = DemoSite.start(false)) {
            Files.createSymbolicLink(folder.resolve("site"), site.folder());
            Files.createSymbolicLink(folder.resolve("run.sh"), EXAMPLES.resolve("ci-job/run.sh"));
            CommandLines.Ended job = shell.run(folder, login(site), lines.get(0));

            assertThat(job.exit()).as(job.out() + job.err()).isZero();
            assertThat(site.timesConfigured())
                    .allSatisfy((host, times) -> assertThat(times).isOne());
        }
        try (Stream<Path> artifacts = Files.list(folder.resolve("artifacts"))) {
            assertThat(
                            artifacts.map(
                                    path ->
                                            path.getFileName()
                                                    .toString()
                                                    .replaceAll("[0-9a-f-]{36}", "GUID")))
                    .containsExactlyInAnyOrder("plan.json", "output.txt", "GUID.tar.gz");
        }
    }

    @Test
    void logSinks() throws Exception {
        List<String> lines = commands("log-sinks/README.md");
        assertThat(lines).hasSize(3);
        try (DemoSite site = DemoSite.start(true);
                Webhook chat = Webhook.start();
                Webhook team = Webhook.start()) {
            linkExample(site, "log-sinks", "routes", "sinks.properties", "index.properties");
            Map<String, String> environment = new HashMap<>(login(site));
            environment.put("JET_FANOUT_FAILURES_URL", chat.url());
            environment.put("JET_FANOUT_TEAM_URL", team.url());
            environment.put("JET_FANOUT_TEAM_TOKEN", "wrong");
            team.wants("Bearer right");

            CommandLines.Ended run = shell.run(site.folder(), environment, lines.get(0));
            assertThat(run.exit()).as(run.err()).isPositive().isLessThan(10);
            assertThat(run.err())
                    .contains(
                            "sink team is stopped: "
                                    + team.url()
                                    + " answered 401: check team.url and team.token")
                    .doesNotContain("wrong");
            assertThat(chat.records())
                    .isNotEmpty()
                    .allMatch(
                            record ->
                                    record.at("/event/outcome").asText().equals("failure")
                                            || record.at("/log/level").asText().equals("error"));
            assertThat(team.records()).isEmpty();

            int failures = chat.records().size();
            environment.put("JET_FANOUT_TEAM_TOKEN", "right");
            CommandLines.Ended ship = shell.run(site.folder(), environment, lines.get(1));
            assertThat(ship.exit()).as(ship.err()).isZero();
            assertThat(ship.out())
                    .contains("sink failures: 0 records delivered, no records remain")
                    .contains(
                            "sink team: "
                                    + team.records().size()
                                    + " records delivered, no records remain");
            assertThat(team.records()).hasSizeGreaterThan(failures);
            assertThat(team.times().values()).allMatch(times -> times == 1);
            assertThat(team.times().keySet()).containsAll(chat.times().keySet());

            SearchServer store = OpenSearchServer.shared();
            environment.put("JET_FANOUT_ELASTICSEARCH_URL", store.url().toString());
            environment.put("JET_FANOUT_ELASTICSEARCH_INDEX", "example-all");
            environment.put("JET_FANOUT_ERRORS_INDEX", "example-errors");
            CommandLines.Ended indexed = shell.run(site.folder(), environment, lines.get(2));
            assertThat(indexed.err()).doesNotContain("--ship");
            assertThat(store.count("example-errors")).isPositive();
            assertThat(store.count("example-all")).isGreaterThan(store.count("example-errors"));
            assertThat(store.documents("example-errors"))
                    .allMatch(hit -> !hit.at("/_source/message").asText().isEmpty())
                    .noneMatch(hit -> hit.at("/_source/event/outcome").asText().equals("success"));
        }
    }

    /** The next wave begins when the ticket is approved, and never when it is refused. */
    @Test
    void rollout() throws Exception {
        List<String> lines = commands("rollout/README.md");
        assertThat(lines).hasSize(2);
        try (DemoSite site = DemoSite.start(false)) {
            linkExample(site, "rollout", "routes", "ticket-system-stand-in");
            Map<String, String> environment = new HashMap<>(login(site));
            for (String word : List.of("refused", "approved")) {
                int port = FreePort.next();
                environment.put("JET_FANOUT_TICKETS_URL", "http://127.0.0.1:" + port);
                Process tickets =
                        new ProcessBuilder(
                                        "sh",
                                        "-c",
                                        "exec "
                                                + lines.get(0)
                                                        .replace("18460", String.valueOf(port))
                                                        .replace("approved", word))
                                .directory(EXAMPLES.resolve("rollout").toFile())
                                .start();
                try {
                    Waiting.until("it listens", () -> listens(port));
                    CommandLines.Ended run = shell.run(site.folder(), environment, lines.get(1));
                    if (word.equals("refused")) {
                        assertThat(run.exit()).as(run.err()).isEqualTo(4);
                        assertThat(run.err())
                                .contains(
                                        "stopped after 1 of 12 hosts: the ticket of wave 2 was"
                                                + " refused");
                        assertThat(site.timesConfigured()).containsValue(1L).containsValue(0L);
                    } else {
                        assertThat(run.exit()).as(run.err()).isZero();
                        assertThat(site.timesConfigured()).doesNotContainValue(0L);
                    }
                } finally {
                    tickets.destroy();
                }
            }
        }
    }

    /** The demo's machines are real to ssh. */
    @Test
    void runner() throws Exception {
        List<String> lines = commands("runner/README.md");
        assertThat(lines).hasSize(3);
        assertThat(out("runner", lines.get(0)))
                .contains("worker1.example.com: 2 hosts")
                .contains("sh loop.sh 50");
        try (DemoSite site = DemoSite.start(false)) {
            linkExample(site, "runner", "runners");
            // the demo's own runners bring a known_hosts; this one gets that of the user
            Path workers = site.folder().resolve("workers.yml");
            String settings = Files.readString(workers);
            Files.writeString(workers, settings.replace("host_keys: worker", "host_keys: control"));
            Map<String, String> login = login(site);
            CommandLines.Ended check = shell.run(site.folder(), login, lines.get(1));
            assertThat(check.exit()).as(check.out() + check.err()).isZero();
            assertThat(check.out()).contains("loop: OpenSSH");
            CommandLines.Ended run = shell.run(site.folder(), login, lines.get(2));
            assertThat(run.exit()).as(run.out() + run.err()).isZero();
            assertThat(run.err()).contains("exit code 0");
        }
    }

    /** With real ansible, on real SSH servers. */
    @Test
    void ansible() throws Exception {
        List<String> lines = commands("ansible/README.md");
        assertThat(lines).hasSize(3);
        try (Fleet fleet = Fleet.start(52, 6)) {
            Path project = project(fleet);
            Path apps = Files.createDirectory(fleet.hostHome(1).resolve("apps"));
            TestUser.own(apps);
            Map<String, String> environment =
                    Map.of("SSH_AUTH_SOCK", fleet.agent().socket().toString());
            CommandLines.Ended plan = shell.run(project, environment, lines.get(0));
            assertThat(plan.exit()).as(plan.err()).isZero();
            assertThat(plan.out()).contains("worker3.example.com: 2 hosts: web[4-5].example.com");
            assertThat(fleet.jobs()).isZero();

            CommandLines.Ended east = shell.run(project, environment, lines.get(1));
            assertThat(east.exit()).as(east.out() + east.err()).isZero();
            assertThat(apps.resolve("6/migrated")).hasContent("release 42");
            assertThat(apps.resolve("2/app.conf"))
                    .hasContent("release 42\nmirror east.example.com\ndatabase db1.example.com");
            assertThat(apps.resolve("2/restarts")).exists();
            assertThat(apps.resolve("1")).doesNotExist();
            assertThat(apps.resolve("4")).doesNotExist();

            CommandLines.Ended all = shell.run(project, environment, lines.get(2));
            assertThat(all.exit()).as(all.out() + all.err()).isZero();
            assertThat(apps.resolve("1/app.conf")).content().startsWith("release 1\n");
            assertThat(apps.resolve("4/app.conf")).content().contains("mirror west.example.com");
        }
    }

    /** The example's project, with the addresses of a fleet. */
    private Path project(Fleet fleet) throws IOException {
        Programs.ok("cp", "-r", EXAMPLES.resolve("ansible").toString(), folder + "/project");
        Path project = folder.resolve("project");
        Path vars = Files.createDirectories(project.resolve("inventory/host_vars"));
        List<String> known = new ArrayList<>(fleet.knownHosts());
        String key = fleet.hostServer().hostKeys().get(0).blob();
        for (int n = 1; n <= 6; n++) {
            Files.writeString(
                    vars.resolve((n < 6 ? "web" + n : "db1") + ".example.com.yml"),
                    """
                    ansible_host: %s
                    ansible_port: %d
                    ansible_user: %s
                    app_folder: %s
                    """
                            .formatted(
                                    fleet.host(n),
                                    fleet.hostPort(),
                                    TestUser.name(),
                                    fleet.hostHome(1).resolve("apps").resolve("" + n)));
            known.add("[" + fleet.host(n) + "]:" + fleet.hostPort() + " " + key);
        }
        for (int n = 1; n <= 3; n++) {
            Files.writeString(
                    vars.resolve("worker" + n + ".example.com.yml"),
                    "ansible_host: %s\nansible_port: %d\n"
                            .formatted(fleet.worker(n), fleet.port()));
        }
        Files.write(Files.createDirectory(folder.resolve(".ssh")).resolve("known_hosts"), known);
        Path workers = project.resolve("workers.yml");
        Files.writeString(
                workers,
                Files.readString(workers)
                        .replace("user: fanout", "user: " + TestUser.name())
                        .replace("[ key for hosts ]", "[ key-of-hosts ]"));
        return project;
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Files of an example beside the demo's own. */
    private static void linkExample(DemoSite site, String example, String... names)
            throws IOException {
        for (String name : names) {
            Files.createSymbolicLink(
                    site.folder().resolve(name), EXAMPLES.resolve(example).resolve(name));
        }
    }

    /** Every command block of the main README is run by a test, or is what runs the tests. */
    @Test
    void theMainReadmeHasNoOtherCommands() throws IOException {
        assertThat(commands("../README.md"))
                .containsExactly(
                        // MainJobIT
                        "jet-fanout --playbook pb1.yml --inventory ~/private_inventory --roles"
                                + " ~/roles --threads 50 --worker-config workers.yml",
                        // runnersOfTheMainReadme
                        "jet-fanout ansible-playbook -i hosts.ini site.yml --worker-config"
                                + " workers.yml",
                        "jet-fanout exec -i inventory --limit-groups web --worker-config"
                                + " workers.yml -- uptime",
                        // DistIT, with the installed program
                        "jet-fanout demo",
                        // LauncherIT
                        "./jet-fanout demo",
                        // what CI runs
                        "./test");
    }

    private String out(String example, String line) throws Exception {
        CommandLines.Ended ended = shell.run(EXAMPLES.resolve(example), Map.of(), line);
        assertThat(ended.exit()).as(ended.err()).isZero();
        return ended.out();
    }

    /** What a user of the demo's machines has: known hosts, and an agent with the keys. */
    private Map<String, String> login(DemoSite site) throws IOException {
        Path ssh = Files.createDirectory(folder.resolve(".ssh"));
        Files.copy(site.folder().resolve("known_hosts"), ssh.resolve("known_hosts"));
        return Map.of("SSH_AUTH_SOCK", site.folder().resolve("agent").toString());
    }

    /** The lines of the code blocks that are commands. */
    private static List<String> commands(String readme) throws IOException {
        return Files.readAllLines(EXAMPLES.resolve(readme)).stream()
                .filter(line -> line.matches(" {4}(\\./|jet-fanout ).*"))
                .map(String::strip)
                .toList();
    }
}
