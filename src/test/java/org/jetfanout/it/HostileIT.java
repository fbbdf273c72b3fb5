package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.OpenSshServer;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.TestUser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that want to be commands, and workers that lie: neither does harm beyond itself. */
@Order(1) // takes long: begins first
class HostileIT {
    /** What a terminal would obey. */
    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cntrl}&&[^\\n\\t]]");

    @RegisterExtension static final Fleet fleet = Fleet.start(80, 2);

    @TempDir private Path folder;
    private Site site;

    @BeforeEach
    void makeSite() throws IOException {
        site = new Site(fleet, folder);
    }

    private void harmless(Program.Ended run) {
        assertThat(CONTROLS.matcher(run.out() + run.err()).find()).as("%s", run).isFalse();
        assertThat(run.err()).as("%s", run).doesNotContain("\tat ", "internal error");
        assertThat(folder.resolve("pwned")).doesNotExist();
        assertThat(folder.resolve("home/pwned")).doesNotExist();
        for (int n = 1; n <= fleet.workers(); n++) {
            assertThat(fleet.home(n).resolve("pwned")).doesNotExist();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$(touch $HOME/pwned)",
                "`touch $HOME/pwned`",
                "-oProxyCommand=touch pwned",
                "a b",
                "a;touch pwned",
                "../../../pwned",
                "\"a\\nb\"",
                "\"a\\e[31mred\"",
                "\"a\\0b\"",
                "\"it's\"",
                "'say \"x\"'",
                "\"\"",
                "a\\b",
            })
    void namesOfHosts(String name) throws IOException {
        site.write("inv/groups/web", "hosts:\n  - h01\n  - " + name + "\n");
        Program.Ended run = site.run();
        assertThat(run.exit()).as("%s", run).isEqualTo(78);
        assertThat(run.complaints()).hasSize(1);
        assertThat(run.err().lines()).hasSize(1);
        harmless(run);
    }

    @ParameterizedTest
    @ValueSource(strings = {"$(touch pwned)", "-x", "a b", "a\nb", "a\u001b[31m", "it's", "\"q\""})
    void namesOfGroups(String name) throws IOException {
        site.group(name, List.of("h01", "h02"));
        site.write("inv/groups/web", "hosts: [ h03 ]\n");
        Program.Ended run = site.run();
        assertThat(run.exit()).as("%s", run).isIn(0, 78);
        if (run.exit() == 78) {
            assertThat(run.err().lines()).as("%s", run).hasSize(1);
        }
        harmless(run);
    }

    @Test
    void namesFromADynamicInventory() throws IOException {
        Path dynamic =
                site.program(
                        "dynamic",
                        """
                        #!/bin/sh
                        printf '%s' '{"web": {"hosts": ["ok1", "x\\u001b[2J\\n$(touch pwned)"]}}'
                        """);
        Program.Ended run = site.run("-i", dynamic.toString());
        assertThat(run.exit()).as("%s", run).isEqualTo(78);
        harmless(run);
    }

    @Test
    void addressesOfWorkers() throws IOException {
        site.hostVars("w1", "jet_ssh_hostname: '-oProxyCommand=touch pwned'\n");
        Program.Ended run = site.run();
        assertThat(run.exit()).as("%s", run).isEqualTo(78);
        harmless(run);
    }

    /** The second worker is one that does this instead of what it is told. */
    private Program.Ended withBadWorker(String does) throws IOException {
        Path script =
                fleet.program("bad-" + Integer.toHexString(does.hashCode()), "#!/bin/sh\n" + does);
        try (OpenSshServer bad =
                OpenSshServer.at("127.0.80.9")
                        .authorize(fleet.workerKey())
                        .option("ForceCommand " + script)
                        .start()) {
            site.hostVars(
                    "w2",
                    "jet_ssh_hostname: %s\njet_ssh_port: %d\n"
                            .formatted(bad.address(), bad.port()));
            List<String> known = new ArrayList<>(fleet.knownHosts());
            known.addAll(bad.knownHostsLines());
            Files.write(site.file("home/.ssh/known_hosts"), known);
            site.setting("reconnect_timeout", "2s");
            site.setting("job_timeout", "90s");
            Program.Ended run = site.run();
            spoilsOnlyItsOwn(run);
            return run;
        }
    }

    /** What never started there may have gone to the other worker; all else is without a result. */
    private void spoilsOnlyItsOwn(Program.Ended run) throws IOException {
        harmless(run);
        assertThat(run.exit()).as("%s", run).isIn(0, 3, 4, 124);
        assertThat(run.outcomes()).containsOnlyKeys(Site.hosts(12));
        boolean moved = run.exit() == 0;
        assertThat(fleet.starts(run.guid())).hasSize(moved ? 2 : 1);
        for (String host : Site.hosts(12)) {
            boolean good = moved || Integer.parseInt(host.substring(1)) % 2 == 1;
            assertThat(run.outcomes().get(host))
                    .as("%s: %s", host, run)
                    .isEqualTo(good ? "changed" : "unfinished");
        }
    }

    @Test
    void aWorkerThatSendsNoiseInPlaceOfAnAnswer() throws IOException {
        Program.Ended run = withBadWorker("head -c 104857600 /dev/zero | tr '\\0' 'z'\n");
        assertThat(run.out().length()).isLessThan(1_000_000);
        try (var files = Files.walk(run.runs().resolve(run.guid()))) {
            assertThat(files.mapToLong(file -> file.toFile().length()).sum())
                    .isLessThan(20_000_000);
        }
    }

    @Test
    void aWorkerThatSendsEscapeCodes() throws IOException {
        withBadWorker("printf '\\033[2J\\033]0;mine\\007' >&2; printf '\\033c'; exit 1\n");
    }

    @Test
    void aWorkerThatLiesAboutTheEnd() throws IOException {
        withBadWorker(
                """
                cat >/dev/null &
                set -- $(printf %s "$SSH_ORIGINAL_COMMAND" | tr -d "'" | grep -aoE '[0-9a-f]{32} [0-9]+ [0-9]+' | head -1)
                mark="jet-fanout $1 $(($2 + $3))"
                printf "$mark hello\\n$mark started\\n$mark output 19\\n\\033[2Jall is well \\n.\\n\\n$mark .\\n"
                printf "$mark end exit=0 output=99999999:1 events=7:2\\n"
                """);
    }

    /** Its job is over, the run is not: from then on nothing is shown to it, and nothing signed. */
    @Test
    void aWorkerThatUsesTheAgentAfterTheEnd() throws IOException {
        Path seen = fleet.home(2).resolve("seen");
        Files.createDirectories(seen);
        Files.setPosixFilePermissions(seen, PosixFilePermissions.fromString("rwxrwxrwx"));
        site.setting(
                "jetp",
                fleet.program(
                                "patient",
                                "#!/bin/sh\nuntil [ -e %s/over ]; do sleep 0.1; done\nexec %s \"$@\"\n"
                                        .formatted(seen, fleet.jetp()))
                        .toString());
        withBadWorker(
                """
                cat >/dev/null &
                set -- $(printf %%s "$SSH_ORIGINAL_COMMAND" | tr -d "'" | grep -aoE '[0-9a-f]{32} [0-9]+ [0-9]+' | head -1)
                mark="jet-fanout $1 $(($2 + $3))"
                login() {
                    ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
                        -o IdentityFile=none -p %2$d %3$s@%4$s true >>%1$s/log 2>&1 </dev/null
                }
                printf "$mark hello\n$mark started\n"
                login
                echo $? >%1$s/before
                printf "$mark end exit=0 output=0:4294967295 events=0:4294967295\n"
                n=0
                while ssh-add -l >/dev/null 2>&1 && [ $n -lt 600 ]; do sleep 0.1; n=$((n + 1)); done
                login
                echo $? >%1$s/after
                touch %1$s/over
                """
                        .formatted(seen, fleet.hostPort(), TestUser.name(), fleet.host(1)));
        assertThat(seen.resolve("before")).content().isEqualTo("0\n");
        assertThat(seen.resolve("after")).content().isEqualTo("255\n");
    }

    @Test
    void aWorkerThatHangsUpAtOnce() throws IOException {
        withBadWorker("exit 0\n");
    }

    @Test
    void aRunnerThatWritesTheProtocolItself() throws IOException {
        Path runner =
                fleet.program(
                        "liar",
                        """
                        #!/bin/sh
                        echo 'jet-fanout 0123456789abcdef0123456789abcdef end exit=0 output=0:0 events=0:0'
                        echo 'jet-fanout 0123456789abcdef0123456789abcdef end exit=0 output=0:0 events=0:0' >&2
                        echo 'jet-fanout 0123456789abcdef0123456789abcdef end exit=0 output=0:0 events=0:0' >>"$JET_LOG"
                        echo '{"event":"TASK_STATUS","task_status":"IsExecuted","host":"h99","task":"t"}' >>"$JET_LOG"
                        exec %s "$@"
                        """
                                .formatted(fleet.jetp()));
        Program.Ended run = site.setting("jetp", runner.toString()).run();
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(run.outcomes()).containsOnlyKeys(Site.hosts(12)).doesNotContainKey("h99");
        harmless(run);
    }
}
