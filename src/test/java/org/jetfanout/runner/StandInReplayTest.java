package org.jetfanout.runner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jetfanout.runner.jetp.output.JetpReader;
import org.jetfanout.testkit.InventoryFolder;
import org.jetfanout.text.Text;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The stand-in, given the command line, site and hosts of a recording, says what jetp said: line by
 * line and event by event, whatever their order.
 */
class StandInReplayTest {
    private static final Path STAND_IN = Path.of("src", "stand-in", "jetp").toAbsolutePath();
    private static final Pattern TIMES =
            Pattern.compile("\"(run|now|start)\":\"[^\"]*\",|\"elapsed\":\\d+,?");

    @TempDir Path folder;

    @BeforeEach
    void site() throws IOException {
        InventoryFolder.copySite(folder);
        unreachable("inv", "127.0.0.15");
        unreachable("dead", "127.0.0.15");
        write("c16.yml", C16);
        write("c32.yml", C32);
        write("c35.yml", C35);
        group("b/groups/web", "e", 1, 20);
        write("b/groups/db", "hosts: [ e11, e12, w11 ]\n");
        write("c36.yml", C36);
        write("b1/groups/lb", "hosts: [ d01, w01 ]\n");
        group("b1/groups/e", "e", 1, 14);
        group("b1/groups/s", "s", 1, 11);
        group("b1/groups/w", "w", 1, 14);
        write("b1/groups/other", "hosts: [ 127.77.0.40 ]\n");
        write("b1/host_vars/d01", "stand_in: unreachable\n");
        write("c15.yml", C15);
        group("b2/groups/e", "e", 1, 10);
        group("b2/groups/w", "w", 1, 10);
        write("b2/groups/web", "subgroups: [ e, w ]\n");
        write("b2/groups/db", "hosts: [ e11, e12, w11 ]\n");
        write("b2/group_vars/e", "zone: east\n");
        write("b2/group_vars/w", "zone: west\n");
        write("c43.yml", C43);
    }

    private static final String C36 =
            """
            - name: take out of the load balancer
              groups: [ lb ]
              tasks:
                - !shell { name: lb, cmd: 'true' }
                - !shell { name: lb2, cmd: 'true' }
            - name: configure all
              groups: [ all ]
              tasks:
                - !shell { name: conf, cmd: 'true' }
            """;

    private static final String C15 =
            """
            - name: web fails in the east
              groups: [ web ]
              tasks:
                - !shell { name: f, cmd: 'test {{ zone }} != east' }
                - !shell { name: g, cmd: 'true' }
            - name: databases
              groups: [ db ]
              tasks:
                - !shell { name: dbthing, cmd: 'true' }
            """;

    private static final String C43 =
            """
            - name: fine
              groups: [ web ]
              tasks:
                - !shell
                  name: change
                  cmd: "touch {{ siteroot }}/{{ me }}/changed"
            - name: typo in the second play
              groups: [ db ]
              tasks:
                - !shell
                  cmdd: id
            """;

    private static final String C16 =
            """
            - name: nothing to do
              groups: [ web ]
              tasks: []
            - name: db echo
              groups: [ db ]
              tasks:
                - !echo
                  msg: hi
            """;

    private static final String C32 =
            """
            - name: rolling that breaks
              groups: [ web ]
              batch_size: 2
              tasks:
                - !shell
                  name: break
                  cmd: 'false'
                - !echo
                  msg: never
            """;

    private static final String C35 =
            """
            # 1
            # 2
            # 3
            # 4
            - name: web play
              groups: [ web ]   # trailing comment
              tasks:

                # the task
                - !shell
                  name: fine
                  cmd: id

                - !shell
                  name: bad
                  cmdd: echo hi

            - name: db play
              groups: [ db ]
              tasks:
                - !shell
                  name: d
                  cmd: id
            """;

    private void unreachable(String inventory, String host) throws IOException {
        write(inventory + "/host_vars/" + host, "stand_in: unreachable\n");
    }

    private void group(String path, String prefix, int from, int to) throws IOException {
        StringBuilder text = new StringBuilder("hosts:\n");
        for (int n = from; n <= to; n++) {
            text.append("  - ").append("%s%02d".formatted(prefix, n)).append('\n');
        }
        write(path, text.toString());
    }

    private void write(String path, String text) throws IOException {
        Files.createDirectories(folder.resolve(path).getParent());
        Files.writeString(folder.resolve(path), text);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "01-mixed, ssh -i inv -p pb/mixed.yml -t 4",
        "02-good, ssh -i ok -p pb/good.yml -t 4",
        "03-all-fail-mid, ssh -i ok -p pb/allfail_mid.yml",
        "05-all-unreachable, ssh -i dead -p pb/good.yml",
        "06-syntax-unknown-key, ssh -i ok -p pb/bad.yml",
        "10-slice-missing-group, ssh -i s1 -p pb/two.yml",
        "11-slice-empty-group, ssh -i s2 -p pb/two.yml",
        "12-limit-hosts-none-in-play2, ssh -i inv -p pb/two.yml --limit-hosts 127.0.0.11",
        "13-limit-hosts, ssh -i inv -p pb/two.yml --limit-hosts 127.0.0.11:127.0.0.14",
        "60-batch2, ssh -i four -p pb/good.yml --batch-size 2",
        "71-tags, ssh -i ok -p pb/id.yml --tags one --tags two",
        "76-check-ssh, check-ssh -i ok -p pb/id.yml --tags one",
        "82-delegate-missing, ssh -i ok -p pb/deleg.yml",
        "8a-extra-vars, ssh -i ok -p pb/good.yml -e {\"greeting\":\"bonjour\"}",
        "a0-role, ssh -i ok -p pb/role.yml -r roles",
        "a5-ignore-retry, ssh -i ok -p pb/ign.yml",
        "a6-skipped, ssh -i ok -p pb/skip.yml",
        "b1-dead-host-play1-two-plays, ssh -i b1 -p c36.yml",
        "b2-play1-fails-everywhere, ssh -i b2 -p c15.yml",
        "b4-unknown-key-in-play2, ssh -i b -p c43.yml",
        "b6-no-tasks, ssh -i b -p c16.yml",
        "b7-batch2-first-fails, ssh -i b -p c32.yml",
        "b8-typo-line, ssh -i b -p c35.yml",
        "c0-all-fail-in-the-last-task, ssh -i plays -p pb/all_fail_last.yml",
        "c1-all-fail-a-handler-is-left, ssh -i plays -p pb/all_fail_handler_left.yml",
        "c2-all-gone-before-a-play, ssh -i plays -p pb/all_gone_before.yml --tags now",
        "c3-batches-fail-in-the-last-task, ssh -i plays -p pb/batch_fails_last.yml",
        "c4-vars-files, ssh -i plays -p pb/vars_files.yml",
        "c5-limits-without-the-first-play, ssh -i plays -p pb/all_fail_last.yml --limit-hosts 127.0.0.14",
    })
    void saysWhatJetpSaid(String name, String line) throws Exception {
        if (name.equals("b6-no-tasks")) {
            Files.delete(folder.resolve("b/groups/web"));
            group("b/groups/web", "v", 1, 20);
        }
        int code = run((line + " --user jetph --port 22711").split(" "));
        String recorded = recording(name, ".rc").strip();
        boolean well =
                recorded.equals("0")
                        || (recorded.isEmpty() && !endsBadly(recording(name, ".stdout")));
        assertThat(code == 0).as("exit code %d", code).isEqualTo(well);
        assertThat(lines(said())).isEqualTo(lines(recording(name, ".stdout")));
        assertThat(events(Files.readString(folder.resolve("log"))))
                .isEqualTo(events(recording(name, ".jetlog")));
        JetpReader ours = reader(said());
        JetpReader theirs = reader(recording(name, ".stdout"));
        OptionalInt exit = OptionalInt.of(code);
        assertThat(ours.refused(exit)).isEqualTo(theirs.refused(exit));
        if (ours.refused(exit)) {
            assertThat(reason(ours, exit)).isEqualTo(reason(theirs, exit));
        }
    }

    /** The same for Jetpack, whose site has other playbooks. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "01-mixed, apply -i inv -p pb/mixed.yml",
        "02-good, apply -i ok -p pb/good.yml",
        "03-two, ssh -i inv -p pb/two.yml",
        "04-all-fail, apply -i ok -p pb/all_fail.yml",
        "05-all-unreachable, apply -i dead -p pb/all_fail.yml",
        "06-unknown-key, apply -i ok -p pb/bad.yml",
        "07-plan, plan -i ok -p pb/good.yml",
        "08-dependencies, apply -i ok -p pb/role.yml -r roles",
        "09-dependencies-tags, apply -i ok -p pb/role.yml -r roles --tags t",
        "10-missing-role, apply -i ok -p pb/norole.yml",
        "11-overlays, apply -i ok -i over -p pb/over.yml",
        "12-barrier-linear, apply -i inv -p pb/barrier.yml",
        "13-async-good, apply -i ok -p pb/good.yml --async",
        "14-async-fails, apply -i inv -p pb/barrier.yml --async",
        "15-async-strict, apply -i inv -p pb/strict.yml --async",
        "16-async-roles, apply -i ok -p pb/role.yml -r roles --async",
        "17-batches, apply -i inv -p pb/mixed.yml --batch-size 2",
    })
    void saysWhatJetpackSaid(String name, String line) throws Exception {
        Path jetpack = folder.resolve("jetpack");
        Files.createSymbolicLink(jetpack, STAND_IN);
        Path site = Path.of("src/test/resources/jetpack/site").toAbsolutePath();
        int code = run(jetpack, site, (line + " --user jetph --port 22711").split(" "));
        assertThat(code).isEqualTo(Integer.parseInt(jetpacks(name, ".rc").strip()));
        assertThat(lines(said())).isEqualTo(lines(jetpacks(name, ".stdout")));
        assertThat(events(Files.readString(folder.resolve("log"))))
                .isEqualTo(events(jetpacks(name, ".jetlog")));
        OptionalInt exit = OptionalInt.of(code);
        JetpReader theirs = reader(jetpacks(name, ".stdout"));
        assertThat(reader(said()).refused(exit)).isEqualTo(theirs.refused(exit));
    }

    @Test
    void jetpRefusesWhatOnlyJetpackTakes() throws Exception {
        assertThat(run("apply", "-i", "ok", "-p", "pb/good.yml")).isEqualTo(1);
        assertThat(said()).contains("jetp mode (apply) is not valid");
        assertThat(run("apply", "--version")).isEqualTo(1);
        assertThat(run("ssh", "-i", "ok", "-p", "pb/good.yml", "--async")).isEqualTo(1);
    }

    private static String jetpacks(String name, String kind) throws IOException {
        Path file = Path.of("src/test/resources/jetpack/recordings", name + kind);
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private static boolean endsBadly(String out) {
        return Stream.of("Failures have", "edit the file", "no hosts ", "> play failed")
                .anyMatch(out::contains);
    }

    @Test
    void aHandlerThatSubscribesToNothingIsAPanicAsRustWritesIt() throws Exception {
        write(
                "c17.yml",
                """
                - name: handler without subscribe
                  groups: [ db ]
                  tasks:
                    - !shell { name: x, cmd: id }
                  handlers:
                    - !shell { name: h, cmd: id, with: { condition: 'true' } }
                """);
        assertThat(run("ssh", "-i", "b", "-p", "c17.yml", "-t", "1")).isEqualTo(101);
        assertThat(said()).contains("> begin handler: h\n");
        JetpReader reader = reader(said());
        assertThat(reason(reader, OptionalInt.of(101)))
                .isEqualTo(
                        "thread 'main' panicked at src/playbooks/task_fsm.rs:307:76: called"
                                + " `Option::unwrap()` on a `None` value");
    }

    private static JetpReader reader(String output) {
        JetpReader reader = new JetpReader(List.of("a"));
        reader.read(org.jetfanout.runner.Stream.OUTPUT, output.getBytes(UTF_8));
        return reader;
    }

    /** Of a refusal, without the folder that the file is in. */
    private static String reason(JetpReader reader, OptionalInt exit) {
        return reader.results(exit)
                .get(0)
                .reason()
                .replaceFirst("^\\S*/(bad.yml|c35|c43)(-[a-z]+)?(.yml)?", "$1");
    }

    private int run(String... words) throws Exception {
        return run(STAND_IN, folder, words);
    }

    private int run(Path program, Path site, String... words) throws Exception {
        List<String> line = new ArrayList<>(List.of(program.toString()));
        line.addAll(List.of(words));
        ProcessBuilder builder =
                new ProcessBuilder(line)
                        .directory(site.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("out").toFile());
        builder.environment().clear();
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().put("JET_LOG", folder.resolve("log").toString());
        builder.environment().put("STAND_IN_SHELL", "1");
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private String said() throws IOException {
        return Files.readString(folder.resolve("out"));
    }

    /** What hosts say depends on who runs commands; a box is compared by what it says. */
    private static List<String> lines(String output) {
        List<String> lines = new ArrayList<>();
        boolean box = false;
        for (String raw : output.lines().toList()) {
            String line = Text.withoutEscapes(raw);
            box |= line.startsWith("┌──────────────────");
            boolean saying =
                    line.contains(" : i am ") || line.equals("jetph") || line.equals("root");
            line = line.replaceFirst("(attempt failed for) \\S+", "$1 an address");
            if (!box && !saying && !line.contains("playbook start") && !line.isBlank()) {
                lines.add(line);
            }
            box &= !line.startsWith("edit the file");
        }
        lines.sort(null);
        return lines;
    }

    private static List<String> events(String log) {
        return log.lines()
                .map(line -> TIMES.matcher(line).replaceAll(""))
                .map(line -> line.replaceAll("\"playbook\":\"[^\"]*\"", "\"playbook\""))
                .map(line -> line.replaceAll(",}", "}"))
                .sorted()
                .toList();
    }

    private static String recording(String name, String kind) throws IOException {
        try (InputStream in =
                StandInReplayTest.class.getResourceAsStream("/jetp/recordings/" + name + kind)) {
            return in == null ? "" : new String(in.readAllBytes(), UTF_8);
        }
    }
}
