package org.jetfanout.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.OpenSshServer;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Proxy;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A runner logs in to a host all the time, by the user's agent, while the connection that the agent
 * comes by breaks in every way: no login may fail.
 */
@Order(1) // takes long: begins first
class AgentAwayIT {
    private static final int LOGINS = 9;
    @RegisterExtension static final Fleet fleet = Fleet.start(130, 1);
    private static Path runner;

    @TempDir private Path folder;
    private ProxiedSite proxied;
    private Site site;

    /** How the agent goes away. */
    private enum Cut {
        RESET,
        /** The worker's sshd loses the sessions' processes; its sockets stay behind. */
        SESSION_KILLED,
        /** Neither end learns anything: the control process notices by its keep-alives. */
        BLACK_HOLE,
        /** {@code kill -9}, and resumed later. */
        CONTROL_PROCESS_KILLED
    }

    @BeforeAll
    static void makeRunner() throws IOException {
        // two at a time, so that at any moment one of them is asking the agent
        runner =
                fleet.program(
                        "logging-in-jetp",
                        """
                        #!/bin/sh
                        logins() {
                        	n=0
                        	while [ $n -lt %d ]; do
                        		n=$((n + 1))
                        		ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=no \\
                        			-o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \\
                        			-p %d %s@%s true </dev/null || echo "FAILED login $1 $n"
                        		echo "login $1 $n"
                        		sleep 0.2
                        	done
                        }
                        logins a &
                        logins b
                        wait
                        STAND_IN=quick exec %s "$@"
                        """
                                .formatted(
                                        LOGINS,
                                        fleet.hostPort(),
                                        OpenSshServer.loginUser(),
                                        fleet.host(1),
                                        fleet.jetp()));
    }

    @BeforeEach
    void makeSite() throws IOException {
        proxied = new ProxiedSite(fleet, folder, 1);
        site = proxied.site().setting("jetp", runner.toString()).setting("keepalive", "1s");
    }

    @AfterEach
    void closeProxies() throws IOException {
        proxied.close();
        Files.deleteIfExists(fleet.home(1).resolve(".bashrc"));
    }

    @ParameterizedTest
    @EnumSource
    void noLoginFails(Cut cut) throws IOException {
        Program.Ended run = cutOff(cut);
        assertThat(run.exit()).as("%s", run).isZero();
        List<String> output = Counting.linesOf(record("output.log"));
        assertThat(output)
                .contains("login a " + LOGINS, "login b " + LOGINS)
                .noneMatch(line -> line.startsWith("FAILED"));
        Waiting.until(
                "the job's processes are gone",
                () -> ProxiedSite.processes(fleet, run.guid()).isEmpty());
    }

    /** Cuts the connection for some seconds in the middle of a run; its end. */
    private Program.Ended cutOff(Cut cut) throws IOException {
        Program run = site.start();
        has(run, "login a 2");
        switch (cut) {
            case RESET -> {
                proxied.proxy(1).welcome(Proxy.Welcome.RESET);
                proxied.proxy(1).reset();
                pause(2);
                proxied.proxy(1).welcome(Proxy.Welcome.FORWARD);
                has(run, "login a 6");
                // and once more, for as short as can be
                proxied.proxy(1).reset();
            }
            case SESSION_KILLED -> {
                fleet.server().killSessions();
                has(run, "login a 6");
                fleet.server().killSessions();
            }
            case BLACK_HOLE -> {
                proxied.proxy(1).forget();
                ProxiedSite.await("it connects again", run, () -> proxied.proxy(1).accepted() > 1);
            }
            case CONTROL_PROCESS_KILLED -> {
                ProxiedSite.kill(run);
                pause(2);
                return site.command("resume", proxied.guid());
            }
        }
        return run.end();
    }

    /** Without perl and python3 there is no relay. */
    @Test
    void hostsThatWereTriedWithoutAgentAreUnfinished() throws IOException {
        Path bin = Programs.allBut(fleet.home(1).resolve("programs"), "perl", "python3");
        Files.writeString(fleet.home(1).resolve(".bashrc"), "PATH=" + bin + "\n");
        Path waiting =
                fleet.program(
                        "waiting-jetp",
                        """
                        #!/bin/sh
                        echo "$JET_FANOUT_GUID $JET_FANOUT_BATCH" >>"$HOME/starts"
                        until [ -e "$HOME/go" ]; do sleep 0.1; done
                        PATH=/usr/bin:/bin exec %s "$@"
                        """
                                .formatted(fleet.jetp()));
        site.setting("jetp", waiting.toString())
                .env(Map.of("STAND_IN_SSH", "1"))
                .group("web", List.of("h1"))
                .hostVars(
                        "h1",
                        "jet_ssh_hostname: %s\njet_ssh_port: %d\n"
                                .formatted(fleet.host(1), fleet.hostPort()));
        Program run = site.start();
        Path starts = fleet.home(1).resolve("starts");
        ProxiedSite.await("the runner", run, () -> !Counting.linesOf(starts).isEmpty());
        String batch = Counting.linesOf(starts).get(0).split(" ", -1)[1];
        Path job = fleet.job(1, proxied.guid(), batch);
        proxied.proxy(1).welcome(Proxy.Welcome.RESET);
        proxied.proxy(1).reset();
        Waiting.until("the agent is away", () -> !Files.exists(job.resolve("agent")));
        Files.createFile(fleet.home(1).resolve("go"));
        Waiting.until(
                "a try",
                () ->
                        Counting.linesOf(job.resolve("events.log")).stream()
                                .anyMatch(line -> line.contains("HOST_CONNECT_FAILED")));
        proxied.proxy(1).welcome(Proxy.Welcome.FORWARD);
        Program.Ended ended = run.end();
        assertThat(ended.exit()).as("%s", ended).isEqualTo(4);
        assertThat(ended.outcomes()).containsExactly(Map.entry("h1", "unfinished"));
        assertThat(ended.err())
                .contains(
                        "neither perl nor python3: if the connection breaks, hosts that the"
                                + " runner tries")
                .contains("tried while the connection was down");
        Program.Ended again = site.command("rerun", ended.guid(), "--lost");
        assertThat(again.exit()).as("%s", again).isZero();
    }

    private Path record(String name) {
        Path output = proxied.record().resolve("output");
        return output.resolve(
                Counting.list(output).stream()
                        .filter(file -> file.endsWith(".log"))
                        .findFirst()
                        .orElse(name));
    }

    private void has(Program run, String line) {
        ProxiedSite.await(line, run, () -> Counting.linesOf(record("output.log")).contains(line));
    }

    private static void pause(int seconds) {
        long before = System.nanoTime();
        Waiting.until(
                seconds + " s passed", () -> System.nanoTime() - before > seconds * 1_000_000_000L);
    }
}
