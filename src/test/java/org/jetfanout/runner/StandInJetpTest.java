package org.jetfanout.runner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jetfanout.runner.jetp.output.JetpReader;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The stand-in behaves as the recordings do: seen by the reader that the recordings tested. */
class StandInJetpTest {
    private static final Path STAND_IN = Path.of("src", "stand-in", "jetp").toAbsolutePath();
    private static final String PLAYBOOK =
            """
            - name: demo play
              groups: [ site ]
              tasks:
                - !echo
                  msg: "tier {{ tier }}"
                - !shell
                  name: who am i
                  cmd: id -un; uname -s
                - !shell
                  cmd: 'echo it''s done'
                  with: { tags: [ late ] }
            """;

    @TempDir Path folder;

    private final Map<String, String> environment = new TreeMap<>();
    private String output = "";

    @BeforeEach
    void site() throws IOException {
        write("pb.yml", PLAYBOOK);
        write("inv/groups/web", "hosts:\n  - w1\n  - \"w2\"\n");
        write("inv/groups/site", "{\"subgroups\": [\"web\"], \"hosts\": [\"d1\"]}");
        write("inv/group_vars/all", "tier: t # comment\n");
        environment.put("HOME", folder.toString());
        environment.put("PATH", "/usr/bin:/bin");
        environment.put("JET_LOG", folder.resolve("log").toString());
        environment.put("JET_FANOUT_GUID", "guid");
        environment.put("JET_FANOUT_BATCH", "0001");
    }

    private void write(String path, String text) throws IOException {
        Files.createDirectories(folder.resolve(path).getParent());
        Files.writeString(folder.resolve(path), text);
    }

    private int run(String... words) throws Exception {
        return end(begin(words));
    }

    private Process begin(String... words) throws IOException {
        List<String> line = new ArrayList<>(List.of(STAND_IN.toString()));
        line.addAll(List.of(words));
        ProcessBuilder builder =
                new ProcessBuilder(line).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.redirectOutput(folder.resolve("out").toFile());
        return builder.start();
    }

    private int end(Process process) throws Exception {
        assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
        output = said();
        return process.exitValue();
    }

    private String said() {
        try {
            return new String(Files.readAllBytes(folder.resolve("out")), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<HostResult> results() throws Exception {
        int code = run("ssh", "--playbook", "pb.yml", "--inventory", "inv", "--user", "u");
        JetpReader reader = new JetpReader(List.of("w1", "w2", "d1"));
        reader.read(Stream.OUTPUT, Files.readAllBytes(folder.resolve("out")));
        reader.read(Stream.EVENTS, Files.readAllBytes(folder.resolve("log")));
        return reader.results(OptionalInt.of(code));
    }

    /** As jetp: the play has begun, its hosts not; what the file holds and hides is a variable. */
    @Test
    void aPipeAmongTheVariablesOfAPlayHoldsIt() throws Exception {
        twoPlays("vars_files: [ first.yml, pipes/.second, last.yml ]");
        write("first.yml", "{ said: first, list: { a: '1' } }");
        write("last.yml", "{ said: last, list: { b: '2' } }");
        Files.createDirectory(folder.resolve("pipes"));
        Programs.ok("mkfifo", folder.resolve("pipes/.second").toString());
        Process process = begin("ssh", "-p", "pb.yml", "-i", "inv");
        Path log = folder.resolve("log");
        Waiting.until(
                "it waits",
                () -> Files.exists(log) && Files.readString(log).contains("\"play\":\"two\""));
        assertThat(said()).contains("> play complete: one").endsWith("> play: two\n");
        Files.writeString(folder.resolve("pipes/.second"), "{ said: second, more: '!' }");
        assertThat(end(process)).isZero();
        assertThat(output).contains("d1 : last12! stand-in");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[../../pipes/2, own.yml]",
                "[\"../../pipes/2\"]",
                "\n    - ../../pipes/2\n    - own.yml"
            })
    void quickWaitsAtPipesToo(String files) throws Exception {
        environment.put("STAND_IN", "quick");
        write("site/0/pb.yml", PLAYBOOK + "- name: two\n  vars_files: " + files + "\n");
        Path pipe = Files.createDirectory(folder.resolve("pipes")).resolve("2");
        Programs.ok("mkfifo", pipe.toString());
        Process process = begin("ssh", "-p", "site/0/pb.yml", "-i", "inv");
        Waiting.until("it waits", () -> said().endsWith("> play: quick 2\n"));
        Files.writeString(pipe, "{}\n");
        assertThat(end(process)).isZero();
        assertThat(output.split("w1 => complete", -1)).hasSize(3);
    }

    @Test
    void aFileOfVariablesThatIsMissing() throws Exception {
        twoPlays("vars_files: [ none.yml ]");
        assertThat(run("ssh", "-p", "pb.yml", "-i", "inv")).isEqualTo(1);
        assertThat(output).endsWith("> play: two\nunable to open file: none.yml\n");
    }

    /**
     * Whoever has failed takes part no more; whether later plays run is told by where it failed.
     */
    @ParameterizedTest(name = "{0} in the first play, {1} in the second")
    @CsvSource({
        "fail, ok, > play failed: one, no hosts remaining",
        "ok, fail, > play complete: one, no hosts remaining",
        "ok, unreachable, > play complete: one, no hosts remaining",
    })
    void eachPlayItsOwn(String one, String two, String says, String last) throws Exception {
        twoPlays("vars: { said: s, list: { a: a, b: b }, more: m }");
        write("inv/group_vars/all", "stand_in: { one: " + one + ", two: " + two + " }\n");
        assertThat(run("ssh", "-p", "pb.yml", "-i", "inv")).isEqualTo(1);
        assertThat(output).contains(says).endsWith(last + "\n");
    }

    private void twoPlays(String second) throws IOException {
        write(
                "pb.yml",
                """
                - name: one
                  groups: [ site ]
                  tasks:
                    - !shell { cmd: id, save: id }
                    - !echo { msg: done }
                - name: two
                  groups: [ db ]
                  %s
                  tasks:
                    - !shell { cmd: id }
                    - !echo { msg: "{{ said }}{{ list.a }}{{ list.b }}{{ more }} {{ id.out }}" }
                """
                        .formatted(second));
        write("inv/groups/db", "hosts: [ d1 ]");
    }

    private void behaves(String host, String behaviour) throws IOException {
        write("inv/host_vars/" + host, "stand_in: " + behaviour + "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ok", "quick"})
    void allWell(String behaviour) throws Exception {
        environment.put("STAND_IN", behaviour);
        assertThat(results()).allMatch(result -> result.outcome() == Outcome.CHANGED).hasSize(3);
        assertThat(output).contains("(✓) Actions were applied.");
        assertThat(folder.resolve("stand-in-starts")).hasContent("guid 0001 3");
    }

    @Test
    void quickFailure() throws Exception {
        environment.put("STAND_IN", "quick:fail");
        assertThat(results())
                .contains(new HostResult("w1", Outcome.FAILED, "quick: exit code 1: told to"))
                .allMatch(result -> result.outcome() == Outcome.FAILED)
                .hasSize(3);
        assertThat(output).contains("(X) Failures have occured.");
    }

    /** Hosts of several groups, however they are written, and groups that are not hosts. */
    @Test
    void quickNamesEachHostOnce() throws Exception {
        environment.put("STAND_IN", "quick");
        environment.put("STAND_IN_STARTS", folder.resolve("starts").toString());
        write("inv/groups/db", "subgroups:\n  - web\n  - site\nhosts: [ w1, 'd2' ]\n");
        run("ssh", "-p", "pb.yml", "-i", "inv");
        assertThat(output.lines().filter(line -> line.endsWith("=> running")))
                .containsExactlyInAnyOrder(
                        "… w1 => running", "… w2 => running", "… d1 => running", "… d2 => running");
        assertThat(folder.resolve("starts")).hasContent("guid 0001 4");
    }

    @Test
    void eachItsOwn() throws Exception {
        behaves("w1", "fail");
        behaves("w2", "unreachable");
        behaves("d1", "error");
        assertThat(results())
                .containsExactly(
                        new HostResult(
                                "w1",
                                Outcome.FAILED,
                                "who am i: exit code 2: ls: cannot access '/nonexistent': No such"
                                        + " file or directory"),
                        new HostResult(
                                "w2",
                                Outcome.UNREACHABLE,
                                "SSH connection attempt failed for w2:22"),
                        new HostResult("d1", Outcome.FAILED, "who am i: always"));
        assertThat(output).endsWith("> play failed: demo play\nno hosts remaining\n");
    }

    @Test
    void loudOnes() throws Exception {
        behaves("w1", "chatty:5000");
        behaves("w2", "long:3000000");
        behaves("d1", "binary");
        assertThat(results()).allMatch(result -> result.outcome() == Outcome.CHANGED);
        assertThat(output).contains("w1 : line 4999").hasSizeGreaterThan(3_000_000);
    }

    @Test
    void softOnes() throws Exception {
        behaves("w1", "ignored");
        behaves("w2", "match");
        behaves("d1", "slow:0.01");
        assertThat(results().stream().map(HostResult::outcome))
                .containsExactly(Outcome.CHANGED, Outcome.OK, Outcome.CHANGED);
    }

    @Test
    void abort() throws Exception {
        behaves("d1", "abort");
        assertThat(results())
                .allMatch(result -> result.outcome() == Outcome.UNFINISHED)
                .allMatch(result -> result.reason().equals("no hosts selected by groups in play"));
    }

    @Test
    void panic() throws Exception {
        behaves("d1", "panic");
        assertThat(results()).allMatch(result -> result.outcome() == Outcome.UNFINISHED);
        assertThat(results().get(0).reason()).contains("panicked at");
    }

    @Test
    void strict() throws Exception {
        assertThat(run("ssh", "--foo", "x")).isEqualTo(1);
        assertThat(output).isEqualTo("invalid flag: --foo\n");
        assertThat(run("sssh")).isEqualTo(1);
        assertThat(output).isEqualTo("jetp mode (sssh) is not valid, see --help\n");
        assertThat(run("ssh", "--inventory=inv")).isEqualTo(1);
        environment.put("STAND_IN", "quick");
        assertThat(run("ssh", "--inventory=inv")).isEqualTo(1);

        environment.remove("STAND_IN");
        assertThat(run("ssh", "-p", "pb.yml", "-i", "inv", "--batch-size", "0")).isEqualTo(101);
        assertThat(run("ssh", "-p", "none.yml", "-i", "inv")).isEqualTo(1);
        assertThat(run("ssh", "-p", "pb.yml", "-i", "inv", "--tags", "late")).isZero();
        assertThat(output).contains("begin task: Shell").doesNotContain("who am i");
        assertThat(run("--version")).isZero();
        assertThat(output).startsWith("stand-in-jetp ");
    }

    @Test
    void missingGroup() throws Exception {
        write("inv/groups/site", "hosts: []\n");
        assertThat(results())
                .allMatch(
                        result ->
                                result.reason()
                                        .equals(
                                                "at least one referenced group (site) is not found"
                                                        + " in inventory"));
    }
}
