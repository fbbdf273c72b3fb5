package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Site;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the user gives reaches the runner on the workers, and each slice is one that it takes. */
class PassedOnIT {
    @RegisterExtension static final Fleet fleet = Fleet.start(60, 2);

    @TempDir private Path folder;
    private Site site;

    @BeforeEach
    void makeSite() throws IOException {
        site = new Site(fleet, folder);
    }

    private Program.Ended good(String... words) throws IOException {
        Program.Ended run = site.run(words);
        assertThat(run.exit()).as("%s", run).isZero();
        return run;
    }

    /** As a shell gives them: {@code -p <(cat site.yml)}. */
    @Test
    void pipesAreRead() throws Exception {
        site.playbook(
                """
                - name: one
                  groups: [ web ]
                  tasks:
                    - !shell
                      cmd: test {{ a }} = one -a {{ b }} = two
                """);
        site.write("vars.yml", "a: one\nb: [ two ]\n");
        site.writeSettings();
        String line =
                site.commandLine(
                                "-p",
                                "PIPE/pb/site.yml",
                                "-i",
                                site.file("inv").toString(),
                                "--worker-config",
                                "PIPE/workers.yml",
                                "-e",
                                "@PIPE/vars.yml",
                                "-e",
                                "{\"b\": \"two\"}")
                        .replaceAll("'?(@?)PIPE/([a-z./]+)'?", "$1<(cat " + folder + "/$2)");
        Process process =
                new ProcessBuilder("bash", "-c", line)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("said").toFile())
                        .start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        String said = Files.readString(folder.resolve("said"));
        assertThat(process.exitValue()).as("%s: %s", line, said).isZero();
        assertThat(said).contains("all 12 hosts ok");
    }

    /** Before the stand-in starts, a shell says something. */
    private void first(String name, String script) throws IOException {
        Path runner =
                fleet.program(
                        name, "#!/bin/sh\n" + script + "\nexec " + fleet.jetp() + " \"$@\"\n");
        site.setting("jetp", runner.toString());
    }

    @Test
    void modeFlagsAndThePrefixOfTheRunner() throws IOException {
        first("args", "printf '<%s>' \"$@\"; echo");
        site.setting("jetp", "env MARK='a b' " + fleet.jetp().resolveSibling("args"));
        site.setting("batch_size", "7");
        site.playbook(
                """
                - name: one
                  groups: [ web ]
                  tasks:
                    - !shell
                      cmd: uptime
                      with: { tags: [ t1 ] }
                """);
        Program.Ended run =
                good(
                        "check-ssh",
                        "--tags",
                        "t1:t2",
                        "--sudo",
                        "ops",
                        "--batch-size",
                        "5",
                        "--port",
                        "2222",
                        "--user",
                        "obrien",
                        "-vv");
        assertThat(run.out())
                .contains(
                        "<check-ssh>",
                        "<--tags><t1:t2>",
                        "<--sudo><ops>",
                        "<--batch-size><5>",
                        "<--port><2222>",
                        "<--user><obrien>")
                .contains("would run");
    }

    @Test
    void variablesReachTheRunnerAndNobodyElse() throws IOException {
        site.write("secrets.yml", "from_file: 'file s3cret-f'\n");
        first("spy", "ps -ef | cat; tr '\\0' ' ' </proc/$$/cmdline; echo");
        site.playbook(
                """
                - name: one
                  groups: [ web ]
                  tasks:
                    - !shell
                      name: use them
                      cmd: test -n {{ from_json }} -a -n {{ from_file }}
                """);
        Program.Ended run =
                good(
                        "-e",
                        "{\"from_json\": \"json s3cret-j\"}",
                        "-e",
                        "@" + site.file("secrets.yml"));
        assertThat(run.outcomes()).hasSize(12).doesNotContainValue("failed");
        assertThat(run.out()).doesNotContain("s3cret-f");
        // the control machine's own command line is the user's to write
        assertThat(run.lines().stream().filter(line -> line.contains("s3cret-j")))
                .allMatch(line -> line.contains("org.jetfanout.cli.Main"));
        try (Stream<Path> files = Files.walk(run.runs().resolve(run.guid()))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.getParent().endsWith("output")) {
                    assertThat(
                                    new String(
                                            Files.readAllBytes(file),
                                            java.nio.charset.StandardCharsets.ISO_8859_1))
                            .as("%s", file)
                            .doesNotContain("s3cret");
                }
            }
        }
    }

    @Test
    void aDynamicInventoryIsRunOnce() throws IOException {
        Path dynamic =
                site.program(
                        "dynamic",
                        """
                        #!/bin/sh
                        echo once >>counter
                        echo 'asking the cloud' >&2
                        echo '{"web": {"hosts": ["d1", "d2"], "vars": {"size": 3}}}'
                        """);
        site.group("web", List.of("h01"));
        Program.Ended run = good("-i", dynamic.toString());
        assertThat(run.outcomes()).containsOnlyKeys("h01", "d1", "d2");
        assertThat(site.file("counter")).hasContent("once");
        assertThat(run.err()).contains("asking the cloud");
    }

    @Test
    void playsAndGroupsWithoutAHostInTheSlice() throws IOException {
        site.group("db", List.of("h11", "h12")).group("app", List.of("h01"));
        site.playbook(
                """
                - name: all web
                  groups: [ web ]
                  tasks:
                    - !shell
                      name: first
                      cmd: "true"
                - name: databases and an application
                  groups: [ db, app ]
                  tasks:
                    - !shell
                      name: second
                      cmd: "true"
                - name: web again
                  groups: [ web ]
                  tasks:
                    - !shell
                      name: third
                      cmd: "true"
                """);
        // h01 and h12: only one of both groups in each slice; then the second play for one worker
        // only
        Program.Ended run = good();
        assertThat(run.outcomes()).hasSize(12);
        assertThat(run.lines().stream().filter(line -> line.contains("play complete: web again")))
                .hasSize(2);
        site.group("app", List.of("h11"));
        Program.Ended again = good("--limit-hosts", "h01:h02:h11");
        assertThat(again.outcomes()).containsOnlyKeys("h01", "h02", "h11");
    }

    @Test
    void delegationToAHostOfAnotherSliceAndFilesByRelativePath() throws IOException {
        site.group("lb", List.of("lb1"));
        site.hostVars("lb1", "jet_ssh_hostname: 10.9.8.7\n");
        site.write("pb/vars/common.yml", "greeting: hello\n");
        site.write("pb/templates/motd.hb", "welcome\n");
        site.write("pb/roles/base/role.yml", "name: base\ntasks: [ main.yml ]\n");
        site.write("pb/roles/base/tasks/main.yml", "- !echo\n  msg: in the role\n");
        site.playbook(
                """
                - name: one
                  groups: [ web ]
                  vars_files: [ vars/common.yml ]
                  roles:
                    - role: base
                  tasks:
                    - !template
                      src: motd.hb
                      dest: /etc/motd
                    - !shell
                      name: tell the balancer
                      cmd: "true"
                      with: { delegate_to: lb1 }
                """);
        first(
                "look",
                "cat inventory/groups/* inventory/host_vars/*; ls site/0/vars site/0/templates site/0/roles/base/tasks; cat site/0/site.yml");
        Program.Ended run = good();
        assertThat(run.out())
                .contains("10.9.8.7", "common.yml", "motd.hb", "main.yml")
                .contains("!shell", "!template");
        assertThat(run.outcomes()).hasSize(12).doesNotContainKey("lb1");
    }

    @Test
    void aVariableOfTheUsersTravelsAsItIs() throws IOException {
        site.groupVars("all", "odd: \"a'b\\\"c $(touch /tmp/pwned) `id` \\u00e9\\ttab\"\n");
        first("show", "cat inventory/*_vars/* | od -c | head -40");
        site.playbook(
                """
                - name: one
                  groups: [ web ]
                  tasks:
                    - !echo
                      msg: "{{ odd }}"
                """);
        Program.Ended run = good();
        assertThat(run.out()).contains("a'b\"c $(touch /tmp/pwned) `id` é\ttab");
    }

    @Test
    void twoMapsShareOneGroupOfWorkers() throws IOException {
        site.group("web", List.of("h01", "h02", "h03")).group("db", List.of("d1", "d2", "d3"));
        site.setting("map", "[ { from: web, to: wk }, { from: db, to: wk } ]");
        site.playbook(
                "- name: one\n  groups: [ web, db ]\n  tasks:\n    - !shell\n      cmd: id\n");
        Program.Ended run = good();
        assertThat(fleet.starts(run.guid())).hasSize(2).allMatch(line -> line.endsWith(" 3"));
        assertThat(Map.copyOf(run.outcomes())).hasSize(6);
    }
}
