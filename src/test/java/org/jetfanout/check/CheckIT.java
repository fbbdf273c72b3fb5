package org.jetfanout.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ExitCode;
import org.jetfanout.check.CheckResult.State;
import org.jetfanout.testkit.OpenSshServer;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code check} against OpenSSH's sshd. */
class CheckIT {
    @TempDir Path folder;
    private CheckBed bed;
    private Path home;

    @BeforeEach
    void makeBed() throws IOException {
        bed = new CheckBed(folder);
        home = bed.home();
    }

    @AfterEach
    void closeBed() {
        bed.close();
    }

    private static CheckResult result(WorkerCheck worker, String check) {
        return worker.checks().stream()
                .filter(result -> result.check().equals(check))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + check + " in " + worker.checks()));
    }

    private static void fails(WorkerCheck worker, String check, String detail) {
        assertThat(result(worker, check).state()).as(worker.toString()).isEqualTo(State.FAILED);
        assertThat(result(worker, check).detail()).contains(detail);
        assertThat(worker.state()).isEqualTo(State.FAILED);
    }

    private static void warns(WorkerCheck worker, String check, String detail) {
        assertThat(result(worker, check).state()).as(worker.toString()).isEqualTo(State.WARNING);
        assertThat(result(worker, check).detail()).contains(detail);
        assertThat(worker.state()).isEqualTo(State.WARNING);
    }

    @Test
    void aGoodWorkerIsOkAndAsItWas() throws IOException {
        OpenSshServer server = bed.worker("w1", home);
        String before = CheckBed.listing(home);
        String agentBefore = bed.agent.list();

        CheckReport report = bed.check();

        WorkerCheck worker = report.workers().get(0);
        // the machine that runs the tests may be short of space
        assertThat(worker.checks())
                .filteredOn(check -> !check.check().equals("space"))
                .allMatch(check -> check.state() == State.OK, "is ok")
                .extracting(CheckResult::check)
                .containsExactly(
                        "reachable",
                        "hostKey",
                        "login",
                        "root",
                        "tools",
                        "runner",
                        "agentForwarding",
                        "guard",
                        "keys",
                        "relay",
                        "clock",
                        "sudo",
                        "encryption");
        assertThat(result(worker, "encryption").detail()).contains("25519", "gcm");
        assertThat(result(worker, "runner").detail()).isEqualTo("jetp 0.1.1");
        assertThat(result(worker, "guard").detail()).isEqualTo("1 key for hosts");
        assertThat(result(worker, "root").detail()).startsWith(OpenSshServer.loginUser() + ", uid");
        assertThat(result(worker, "login").detail())
                .isEqualTo("with " + bed.workerKey.fingerprint());
        assertThat(report.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(report.warnings()).isEmpty();
        assertThat(CheckBed.listing(home)).isEqualTo(before);
        assertThat(bed.agent.list()).isEqualTo(agentBefore);
        Waiting.until("nothing runs on", () -> server.connectionProcesses().isEmpty());
    }

    @Test
    void everyWorkerOfTheMapIsAskedAndTheOrderStays() throws IOException {
        bed.worker("w1", home);
        bed.strange("w2", home);
        bed.worker("w3", home).stop();
        bed.worker("w4", home);

        CheckReport report = bed.check();

        assertThat(report.workers())
                .extracting(worker -> worker.worker().name())
                .containsExactly("w1", "w2", "w3", "w4");
        assertThat(report.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(report.summary()).startsWith("4 workers: ").endsWith(", 2 failed");
        fails(report.workers().get(2), "reachable", "connection refused");
        assertThat(report.workers().get(2).text())
                .matches("failed   w3 \\(wk\\): \\(127\\.0\\.0\\.4:[0-9]+\\): connection refused");
    }

    @Test
    void aWorkerThatSaysNothingIsWaitedForAsLongAsWorkersYmlSays() throws IOException {
        bed.settings("connect_timeout: 5s");
        bed.worker("w1", home);
        // accepts by its backlog, and never says a word
        try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.9"))) {
            Files.writeString(
                    folder.resolve("inv/host_vars/w1"),
                    "jet_ssh_hostname: 127.0.0.9\njet_ssh_port: %d\njet_ssh_user: %s\n"
                            .formatted(mute.getLocalPort(), OpenSshServer.loginUser()));
            fails(bed.checkOne(), "reachable", "no SSH server answers within 5.0 s");
        }
    }

    @Test
    void anUnknownHostKeyFailsWithTheLineToAdd() throws IOException {
        OpenSshServer server = bed.strange("w1", home);
        WorkerCheck worker = bed.checkOne();
        fails(worker, "hostKey", "host key unknown");
        assertThat(worker.text()).contains(server.knownHostsLines().get(0));
        assertThat(result(worker, "reachable").state()).isEqualTo(State.OK);
    }

    @Test
    void aRefusedLoginFails() throws IOException {
        bed.worker("w1", home, "AllowUsers somebody_else");
        fails(bed.checkOne(), "login", "no key accepted");
    }

    @Test
    void aMissingRunnerFails() throws IOException {
        bed.settings("jetp: op run -- /no/where/jetp --fast");
        bed.worker("w1", home);
        fails(
                bed.checkOne(),
                "runner",
                "op, /no/where/jetp: not found on the worker, or not executable");
    }

    @Test
    void aRunnerWithPrefixAndArgumentsIsAskedForItsVersion() throws IOException {
        bed.program(home, "prefix", "echo \"$0: $*\"");
        bed.settings("jetp: \"prefix run -- ~/bin/jetp --label 'a b'\"");
        bed.worker("w1", home);
        assertThat(result(bed.checkOne(), "runner").detail())
                .isEqualTo(
                        home + "/bin/prefix: run -- " + home + "/bin/jetp --label a b --version");
    }

    @Test
    void aRunnerWithoutVersionIsAWarning() throws IOException {
        bed.program(home, "jetp", "echo 'what?' >&2; exit 3");
        bed.worker("w1", home);
        warns(bed.checkOne(), "runner", "the runner's --version failed with exit code 3: what?");
    }

    @Test
    void aServerThatForwardsNoAgentFails() throws IOException {
        bed.worker("w1", home, "AllowAgentForwarding no");
        fails(bed.checkOne(), "agentForwarding", "AllowAgentForwarding");
    }

    @Test
    void whereTheWorkerHasKeysOfItsOwnForwardingDoesNotMatter() throws IOException {
        bed.settings("agent: none");
        bed.worker("w1", home, "AllowAgentForwarding no");
        assertThat(bed.checkOne().checks())
                .extracting(CheckResult::check)
                .doesNotContain("agentForwarding", "guard", "keys", "relay");
    }

    @Test
    void whatOnlySomeRunsNeedIsNamedToo() throws IOException {
        Path programs =
                Programs.allBut(home.resolve("programs"), "perl", "python3", "flock", "mkfifo");
        Files.writeString(home.resolve(".bashrc"), "PATH=" + programs + "\n");
        bed.settings("jetp: sh");
        bed.worker("w1", home);
        WorkerCheck worker = bed.checkOne();
        warns(worker, "tools", "mkfifo is not installed: the worker refuses runs of several plays");
        assertThat(result(worker, "relay").state()).isEqualTo(State.WARNING);
        assertThat(worker.text()).contains("neither perl nor python3").doesNotContain("\n");

        bed.settings("jetp: sh\nmax_jobs: 2");
        fails(bed.checkOne(), "tools", "not installed: flock (for max_jobs)");
    }

    @Test
    void anAgentWithTheLoginKeyAloneFails() throws IOException {
        Programs.run(bed.agent.environment(), "ssh-add", "-d", bed.hostKey.file().toString());
        bed.worker("w1", home);
        fails(bed.checkOne(), "guard", "no key for hosts");
    }

    @Test
    void moreThanOneKeyIsAWarning() throws IOException {
        bed.agent.add(org.jetfanout.testkit.Keys.ed25519(folder, "another"));
        bed.worker("w1", home);
        warns(bed.checkOne(), "guard", "the guard offers 2 keys for hosts");
    }

    @Test
    void aLoginKeyThatIsShownToWorkersIsAWarning() throws IOException {
        bed.settings("agent_keys: [ worker_key ]");
        bed.worker("w1", home);
        warns(bed.checkOne(), "keys", bed.workerKey.fingerprint() + ") is offered to workers too");
    }

    @Test
    void rootIsRefusedByNameBeforeConnecting() throws IOException {
        OpenSshServer server = bed.worker("w1", home);
        bed.vars("w1", "jet_ssh_user: root");
        assertThatThrownBy(bed::check)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("its login is root");

        bed.vars("w1", "");
        Files.writeString(folder.resolve("config"), "User root\n");
        fails(bed.checkOne(), "login", "jet-fanout never logs in as root");
        assertThat(server.log()).doesNotContain("Accepted").doesNotContain("root");
    }

    @Test
    void rootByAnotherNameFails() throws IOException {
        bed.program(home, "id", "[ \"$1\" = -un ] && echo toor || echo 0");
        bed.worker("w1", home);
        fails(bed.checkOne(), "root", "the login toor is root (uid 0)");
    }

    @Test
    void aLoginThatMayBecomeRootIsAWarning() throws IOException {
        bed.program(home, "sudo", "[ \"$*\" = '-k -n true' ]");
        bed.worker("w1", home);
        warns(bed.checkOne(), "sudo", "can become root without a password");
    }

    @Test
    void aWrongClockIsAWarning() throws IOException {
        bed.program(home, "date", "echo $(($(/bin/date +%s) - 3600))");
        bed.worker("w1", home);
        CheckResult clock = result(bed.checkOne(), "clock");
        assertThat(clock.state()).isEqualTo(State.WARNING);
        // the time of the login does not count as the worker's
        assertThat(clock.detail()).matches("the worker's clock is 3(60[01]|5\\d\\d) s behind");
    }

    @Test
    void aHomeThatCannotBeWrittenFails() throws IOException {
        // also root may not write there
        bed.worker("w1", Path.of("/proc/self"), "SetEnv HOME=/proc/self PATH=/usr/bin:/bin");
        bed.settings("jetp: sh");
        fails(bed.checkOne(), "space", "cannot write to its home");
    }

    @Test
    void aLoginThatRunsNoCommandsFails() throws IOException {
        bed.worker("w1", home, "ForceCommand echo This account is not available.; exit 1");
        fails(bed.checkOne(), "answer", "This account is not available.");
    }

    @Test
    void aWorkerThatNeverStopsTalkingFails() throws IOException {
        OpenSshServer server = bed.worker("w1", home, "ForceCommand yes");
        fails(bed.checkOne(), "answer", "the answer of the worker is too long");
        Waiting.until("nothing runs on", () -> server.connectionProcesses().isEmpty());
    }

    @Test
    void whatAWorkerSaysCannotObeyATerminal() throws IOException {
        bed.program(home, "jetp", "printf 'jetp \\033]0;title\\007\\033[2J\\033[31mred\\r1'");
        bed.worker("w1", home);
        WorkerCheck worker = bed.checkOne();
        assertThat(worker.text().chars().filter(Character::isISOControl)).isEmpty();
        assertThat(result(worker, "runner").detail()).isEqualTo("jetp red 1");
    }
}
