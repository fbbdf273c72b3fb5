package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jetfanout.runner.ShellWords;
import org.jetfanout.testkit.CommandLines;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.RunLogs;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The demo as a whole program, as root or not. */
final class DemoIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern FOLDER = Pattern.compile("their files are in (/\\S+)");

    @TempDir Path folder;

    @Test
    void runsThroughAllTiersAsWhoeverStartsIt() throws Exception {
        allTiers(CommandLines.ofOwnUser(folder));
    }

    @Test
    void runsThroughAllTiersAsAnOrdinaryUser() throws Exception {
        allTiers(CommandLines.ofOrdinaryUser(folder));
    }

    private void allTiers(CommandLines shell) throws Exception {
        CommandLines.Ended demo = shell.run(folder, Map.of(), "jet-fanout demo");

        assertThat(demo.exit()).as(demo.err()).isZero();
        String guid = demo.firstLine();
        assertThat(guid).matches("[0-9a-f-]{36}");
        assertThat(demo.out().lines().skip(1)).isNotEmpty().allMatch(line -> line.contains(guid));
        assertThat(demo.out().lines().filter(line -> line.contains("stand-in for jetp")))
                .hasSize(3);
        assertThat(demo.err())
                .contains("plan: 12 hosts, 3 workers")
                .contains("all 12 hosts ok, exit code 0")
                .contains("12 of 12 were configured exactly once")
                .contains("record: " + shell.runs().resolve(guid));

        // each login of a worker to a host was signed by the guard, by the key for hosts alone
        List<JsonNode> signatures = new ArrayList<>();
        for (String line : Files.readAllLines(shell.runs().resolve(guid + "/signatures.ndjson"))) {
            signatures.add(JSON.readTree(line));
        }
        assertThat(signatures)
                .hasSize(12)
                .allMatch(signature -> signature.path("allowed").asBoolean());
        assertThat(signatures.stream().map(signature -> signature.path("fingerprint")).distinct())
                .hasSize(1);
        nothingIsLeft(site(demo.err()));
    }

    /** The programs are the real ones, and what they do is counted where it is done. */
    @ParameterizedTest
    @ValueSource(strings = {"exec", "ansible"})
    void runsWhatIsInstalled(String runner) throws Exception {
        CommandLines shell = CommandLines.ofOwnUser(folder);
        CommandLines.Ended demo =
                shell.run(folder, Map.of(), "jet-fanout demo --lines --runner " + runner);

        assertThat(demo.exit()).as(demo.err()).isZero();
        assertThat(demo.err())
                .contains("plan: 12 hosts, 3 workers")
                .contains("all 12 hosts ok, exit code 0")
                .contains("12 of 12 were configured exactly once");
        assertThat(demo.out()).doesNotContain("stand-in");
        String guid = demo.firstLine();
        assertThat(Files.readAllLines(shell.runs().resolve(guid + "/signatures.ndjson")))
                .hasSize(12)
                .allMatch(signature -> signature.contains("\"allowed\":true"));
        nothingIsLeft(site(demo.err()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"exec", "ansible"})
    void showsTroubleOfWhatIsInstalled(String runner) throws Exception {
        CommandLines.Ended demo =
                CommandLines.ofOrdinaryUser(folder)
                        .run(folder, Map.of(), "jet-fanout demo --fail -q --runner " + runner);

        assertThat(demo.exit()).as(demo.err()).isEqualTo(6);
        assertThat(demo.err())
                .containsPattern("failed: 1 host\\s+web03")
                .containsPattern("unreachable: 1 host\\s+web10")
                .contains("11 of 12 were configured exactly once");
        nothingIsLeft(site(demo.err()));
    }

    @Test
    void showsWhatTroubleLooksLikeAndLeavesItsFilesOnDemand() throws Exception {
        CommandLines shell = CommandLines.ofOwnUser(folder);
        CommandLines.Ended demo =
                shell.run(folder, Map.of(), "jet-fanout demo --fail --keep --quiet");
        Path site = site(demo.err());
        try {
            assertThat(demo.exit()).as(demo.err()).isEqualTo(6);
            assertThat(demo.err())
                    .containsPattern("failed: 1 host\\s+web03")
                    .containsPattern("unreachable: 1 host\\s+web10")
                    .contains("11 of 12 were configured exactly once")
                    // its servers are gone
                    .doesNotContain("to retry", "rerun");
            try (Stream<Path> homes = Files.list(site.resolve("home"))) {
                List<Path> configured =
                        homes.map(home -> home.resolve("configured.txt"))
                                .filter(Files::exists)
                                .toList();
                assertThat(configured)
                        .hasSize(11)
                        .allSatisfy(file -> assertThat(file).hasContent("configured"));
            }
            CommandLines.Ended plan =
                    shell.run(
                            site,
                            Map.of(),
                            "jet-fanout plan -p playbook.yml -i inventory --worker-config workers.yml");
            assertThat(plan.exit()).as(plan.err()).isZero();
            assertThat(plan.out()).contains("us_east_1_workers: 2 workers, 8 hosts");
        } finally {
            Programs.ok("rm", "-rf", site.toString());
        }
        nothingIsLeft(site);
    }

    @Test
    void endsAllOfItAfterCtrlC() throws Exception {
        CommandLines shell = CommandLines.ofOwnUser(folder);
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        int exit = 0;
        // nothing holds a demo: where it ends before the signal comes, it is begun again
        for (int tries = 1; exit == 0 && tries <= 5; tries++) {
            Process demo = shell.start(folder, Map.of(), "exec jet-fanout demo", out, err);
            Waiting.until("a job runs", () -> text(err).contains(": running"));
            Programs.run(Map.of(), "kill", "-s", "INT", Long.toString(demo.pid()));
            assertThat(demo.waitFor(3, TimeUnit.MINUTES)).isTrue();
            exit = demo.exitValue();
        }
        assertThat(exit).as(text(err)).isEqualTo(130);
        RunLogs.haveNoTraces(shell.runs());
        nothingIsLeft(site(text(err)));
    }

    /** Nothing is started, and one line says what to install. */
    @Test
    void saysHowToInstallWhatARunnerNeeds() throws Exception {
        Path bin = Files.createDirectory(folder.resolve("only"));
        for (String program : List.of("sh", "id")) {
            Files.createSymbolicLink(bin.resolve(program), Path.of("/usr/bin", program));
        }
        CommandLines shell = CommandLines.ofOrdinaryUser(folder);
        for (Map.Entry<String, String> need :
                Map.of("exec", "apt install openssh-client", "ansible", "apt install ansible-core")
                        .entrySet()) {
            String line =
                    "PATH=" + bin + " " + folder.resolve("bin/jet-fanout") + " demo --runner ";
            CommandLines.Ended demo = shell.run(folder, Map.of(), line + need.getKey());
            assertThat(demo.exit()).as(demo.err()).isEqualTo(78);
            assertThat(demo.err().lines())
                    .singleElement()
                    .asString()
                    .startsWith("jet-fanout: demo --runner " + need.getKey() + " needs ")
                    .contains(need.getValue());
        }
        assertThat(shell.runs()).doesNotExist();
    }

    /** The program that works is a jar without it. */
    @Test
    void saysInOneLineWhereItIsMissing() throws Exception {
        String without =
                Stream.of(Program.CLASS_PATH.split(File.pathSeparator, -1))
                        .filter(entry -> !entry.contains("demo-classes"))
                        .filter(entry -> !entry.contains("jet-fanout-demo.jar"))
                        .collect(Collectors.joining(File.pathSeparator));
        String line = ShellWords.join(List.of(Program.JAVA, "-cp", without, Program.MAIN, "demo"));
        CommandLines.Ended demo = CommandLines.ofOwnUser(folder).run(folder, Map.of(), line);
        assertThat(demo.exit()).isEqualTo(78);
        assertThat(demo.err())
                .isEqualTo(
                        "jet-fanout: the demo is not installed here: it is in jet-fanout-demo.jar,"
                                + " which the launcher of a source checkout builds (./jet-fanout"
                                + " demo)\n");
        try (URLClassLoader classes = new URLClassLoader(urls(without), null)) {
            assertThat(classes.findResource("org/jetfanout/cli/Main.class")).isNotNull();
            assertThat(classes.findResource("org/jetfanout/demo/")).isNull();
            assertThat(classes.findResource("org/jetfanout/demo/DemoServer.class")).isNull();
        }
    }

    private static URL[] urls(String classPath) throws IOException {
        List<URL> urls = new ArrayList<>();
        for (String entry : classPath.split(File.pathSeparator, -1)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        return urls.toArray(URL[]::new);
    }

    private static Path site(String err) {
        Matcher matcher = FOLDER.matcher(err);
        assertThat(matcher.find()).as(err).isTrue();
        return Path.of(matcher.group(1));
    }

    private static void nothingIsLeft(Path site) {
        assertThat(site).doesNotExist();
        // a process that is about to end may still be there for a moment
        Waiting.until("all processes have ended", () -> processes(site).isEmpty());
    }

    private static List<String> processes(Path site) {
        return ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> line.contains(site.toString()))
                .toList();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
