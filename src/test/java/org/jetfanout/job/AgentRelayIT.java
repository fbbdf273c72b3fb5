package org.jetfanout.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jetfanout.job.JobEnd.State;
import org.jetfanout.runner.ShellWords;
import org.jetfanout.testkit.SshAgent;
import org.jetfanout.testkit.TestJob;
import org.jetfanout.testkit.Waiting;
import org.jetfanout.testkit.WorkerShell;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The agent relay between real ssh-agents and runners that ask them all the time. */
@Timeout(300)
class AgentRelayIT {
    /** Two signatures by one connection, again and again. */
    private static final String ASKS =
            "i=0; while [ $i -lt 40 ]; do i=$((i+1)); ssh-add -T ~/key.pub ~/key.pub || echo failed $i;"
                    + " echo asked $i; sleep 0.02; done";

    private final WorkerShell worker = new WorkerShell();
    private final String guid = UUID.randomUUID().toString();
    private final List<Process> agents = new ArrayList<>();

    /** What a worker may have to run the relay with. */
    private enum Language {
        PERL("relay.pl", "perl", "-e"),
        PYTHON("relay.py", "python3", "-I -S -c");

        private final String file;
        private final String program;
        private final String options;

        Language(String file, String program, String options) {
            this.file = file;
            this.program = program;
            this.options = options;
        }

        /** Takes the other ones away from a worker. */
        void only(WorkerShell worker) {
            for (Language other : values()) {
                if (other != this) {
                    without(worker, other);
                }
            }
        }

        static void without(WorkerShell worker, Language language) {
            worker.program(language.program, "#!/bin/sh\nexit 127\n");
        }

        /** The command that starts the relay in the worker's home, for a bundle in ~/sent. */
        String start(int patience, String wrapper) {
            return "%s %s %s ~ %d %s %s \"${follower-}\" sent &"
                    .formatted(
                            program,
                            options,
                            ShellWords.quote(JobScript.program(file)),
                            patience,
                            wrapper,
                            ShellWords.quote(JobScript.program("relay-serve.pl")));
        }
    }

    @BeforeEach
    void startAgents() {
        worker.call("ssh-keygen -q -t ed25519 -N '' -f ~/key");
        agents.add(agent("one"));
        agents.add(agent("two"));
        worker.environment.put("SSH_AUTH_SOCK", worker.home.resolve("one").toString());
    }

    /** An agent of the worker's user, with a key. */
    private Process agent(String name) {
        Process agent = worker.exec("exec ssh-agent -D -a ~/" + name);
        SshAgent.awaitListening(worker.home.resolve(name));
        worker.call("SSH_AUTH_SOCK=~/" + name + " ssh-add -q ~/key 2>&1");
        return agent;
    }

    @AfterEach
    void close() {
        worker.close();
    }

    private JobSpec spec(String script) {
        return TestJob.script(script).guid(guid).spec();
    }

    /** Runs a job that loses its agent when it has asked some times, and gets another one. */
    private Drive loses(Runnable loss) {
        Drive drive = Drive.of(worker, spec(ASKS));
        drive.breaks = d -> d.connections == 1 && d.output.toString(UTF_8).lines().count() >= 10;
        drive.connect();
        loss.run();
        // it asks on meanwhile
        WorkerShell.pause(500);
        worker.environment.put("SSH_AUTH_SOCK", worker.home.resolve("two").toString());
        assertThat(drive.run().state()).isEqualTo(State.ENDED);
        return drive;
    }

    private static String asked(int times) {
        StringBuilder lines = new StringBuilder();
        for (int n = 1; n <= times; n++) {
            lines.append("asked ").append(n).append('\n');
        }
        return lines.toString();
    }

    @ParameterizedTest
    @EnumSource
    void waitsForTheNextAgent(Language language) {
        language.only(worker);
        Drive drive = loses(() -> agents.get(0).destroyForcibly());
        assertThat(drive.output.toString(UTF_8)).isEqualTo(asked(40));
        assertThat(drive.job.absences()).isEmpty();
        nothingRuns();
    }

    @ParameterizedTest
    @EnumSource
    void leavesAnAgentThatHangs(Language language) {
        language.only(worker);
        Drive drive = loses(() -> signal(agents.get(0), "STOP"));
        assertThat(drive.output.toString(UTF_8)).isEqualTo(asked(40));
        nothingRuns();
    }

    @ParameterizedTest
    @EnumSource
    void givesUpWhereNoneComes(Language language) {
        agents.get(0).destroyForcibly();
        assertThat(
                        worker.call(
                                ("exec 2>&1; ln -s ~/one agent; relay=$(%s); export SSH_AUTH_SOCK=~/relay;"
                                                + " ssh-add -l; echo $?; cat late;"
                                                + " ln -sf ~/two agent; ssh-add -l >/dev/null;"
                                                + " echo $?; ls late; kill ${relay%%%% *}")
                                        .formatted(language.start(2, "$$"))))
                .startsWith("error fetching identities: agent refused operation\n1\n")
                .contains(worker.home + "/one\n0\n")
                .contains("'late'");
    }

    /**
     * OpenSSH asks for one at each login. The guard refuses all, so there is nothing to wait for.
     */
    @ParameterizedTest
    @EnumSource
    void refusesExtensionsThoughThereIsNoAgent(Language language) {
        assertThat(
                        worker.call(
                                ("exec 2>&1; ln -s ~/none agent; relay=$(%s); python3 -c 'import socket;"
                                                + " s = socket.socket(socket.AF_UNIX); s.connect(\"relay\");"
                                                + " s.settimeout(20); s.sendall(bytes([0, 0, 0, 1, 27]));"
                                                + " print(*s.recv(99))'; kill ${relay%%%% *}")
                                        .formatted(language.start(60, "$$"))))
                .isEqualTo("0 0 0 1 5\n");
    }

    @ParameterizedTest
    @EnumSource
    void endsWithItsJob(Language language) {
        language.only(worker);
        Drive drive =
                Drive.of(
                        worker,
                        spec(
                                "until [ -s ~/.jet-fanout/*/*/pid ]; do sleep 0.02; done;"
                                        + " kill -9 $PPID; ssh-add -l | wc -l; sleep 4; echo on"));
        assertThat(drive.run().state()).isEqualTo(State.LOST);
        assertThat(drive.output.toString(UTF_8)).isEqualTo("1\non\n");
        nothingRuns();
    }

    /** As in a container whose first process reaps nobody: both still answer to a signal. */
    @ParameterizedTest
    @EnumSource
    void endsThoughNobodyReapsItsJob(Language language) {
        worker.exec("sh -c 'sleep 0.5 & echo $! >~/dead; exec sleep 1000'");
        Waiting.until(
                "the dead",
                () -> worker.call("cat ~/dead; ps -o stat= $(cat ~/dead)").contains("Z"));
        worker.call("echo \"1 1 $(cat ~/dead)\" >~/pid; " + language.start(2, "$(cat ~/dead)"));
        Waiting.until(
                "end of the relay",
                () -> processes().stream().noneMatch(line -> line.contains(language.program)));
    }

    /** Whatever becomes of the relay: where it cannot do its part, the wrapper does it. */
    @ParameterizedTest
    @CsvSource({
        "dash, lives",
        "bash, lives",
        "busybox sh, lives",
        "dash, KILL",
        "bash, KILL",
        "busybox sh, KILL",
        "dash, STOP"
    })
    void theEndOfAJob(String shell, String relay) {
        Language.PERL.only(worker);
        worker.program("sh", "#!/bin/sh\nexec " + shell + " \"$@\"\n");
        String script =
                "echo one; until [ -e ~/go ]; do sleep 0.05; done; echo event >>$JET_LOG;"
                        + " cd ~/.jet-fanout/*/*/bundle.*; mkdir -p a/b; touch a/b/c; ln -s ~ a/home";
        if (!relay.equals("lives")) {
            script += "; kill -s " + relay + " $(pgrep -g $PPID -x perl)";
        }
        JobSpec spec = spec(script);
        Drive drive = Drive.of(worker, spec);
        drive.breaks =
                d -> {
                    if (d.output.size() > 0) {
                        worker.call("touch ~/go");
                    }
                    return false;
                };
        assertThat(drive.run().state()).isEqualTo(State.ENDED);
        assertThat(drive.connections).isEqualTo(1);
        assertThat(drive.output.toString(UTF_8)).isEqualTo("one\n");
        assertThat(drive.events.toString(UTF_8)).isEqualTo("event\n");
        assertThat(worker.names(spec)).noneMatch(name -> name.startsWith("bundle."));
        assertThat(worker.home.resolve("key.pub")).exists();
        nothingRuns();
    }

    /** The relay computes what cksum does, but only of short logs. */
    @Test
    void theRelayKnowsTheChecksumsOfShortLogs() {
        String call =
                "exec 2>&1; for n in 0 1 255 256 1000 1001; do mkdir -p sent/a/b; touch sent/a/b/c;"
                        + " [ $n != 1 ] || chmod 500 sent/a/b;"
                        + " head -c $n /usr/bin/perl >output.log; head -c 7 /usr/bin/perl >events.log;"
                        + " set -- $(%s); exec 6<>/proc/$1/fd/$2 7</proc/$1/fd/$3; echo >&6;"
                        + " read -r word sums <&7; ls -d sent; chmod -R u+w sent; rm -rf sent;"
                        + " [ \"$sums\" != \"$(echo $(cksum output.log events.log))\" ] || word=\"$word right\";"
                        + " echo $word; done 2>/dev/null";
        assertThat(worker.call(call.formatted(Language.PERL.start(60, "$$"))))
                .isEqualTo(
                        "cleared right\nsent\n- right\ncleared right\ncleared right\ncleared right\ncleared\n");
    }

    /** By a signal, which who follows waits for. */
    @Test
    void theRelaySaysWhenToLook() {
        assertThat(
                        worker.call(
                                "trap 'echo told; kill ${relay%% *}; exit' URG; follower=$$; relay=$("
                                        + Language.PERL.start(60, "$$")
                                        + "); while :; do sleep 0.05; done"))
                .isEqualTo("told\n");
    }

    /** Each job must be found again, by whatever was there when it was asked for. */
    @Test
    void theRelayReadsWhatTheShellReads() {
        Language.PERL.only(worker);
        List<String> read = new ArrayList<>();
        for (String batch : List.of("0001", "0002")) {
            JobSpec spec =
                    TestJob.script("cut -d ' ' -f 22 /proc/$PPID/stat")
                            .guid(guid)
                            .batch(batch)
                            .spec();
            Drive drive = Drive.of(worker, spec);
            assertThat(drive.run().state()).isEqualTo(State.ENDED);
            String[] words = new String(worker.file(spec, "pid"), UTF_8).strip().split(" ");
            assertThat(words).hasSize(5);
            assertThat(words[1] + "\n").isEqualTo(drive.output.toString(UTF_8));
            read.add(words[3] + " " + words[4]);
            Language.without(worker, Language.PERL);
        }
        assertThat(read.get(0)).isEqualTo(read.get(1));
    }

    /** Where the numbers of sockets may be others than Linux's. */
    @Test
    void perlOfAnotherSystem() {
        Language.PERL.only(worker);
        worker.program("perl", "#!/bin/sh\nexec /usr/bin/perl -e 'BEGIN { $^O = q(os) }' \"$@\"\n");
        asksByTheRelay();
    }

    /** The modules are loaded late; that they are there must be known at the start. */
    @Test
    void perlWithoutItsModulesLeavesItToPython() {
        worker.program(
                "perl",
                "#!/bin/sh\nexec /usr/bin/perl -e 'BEGIN { require strict; @INC = () }' \"$@\"\n");
        asksByTheRelay();
    }

    private void asksByTheRelay() {
        Drive drive =
                Drive.of(
                        worker,
                        spec("echo ${SSH_AUTH_SOCK##*/}; ssh-add -l | wc -l; ssh-add -l | wc -l"));
        assertThat(drive.run().state()).isEqualTo(State.ENDED);
        assertThat(drive.output.toString(UTF_8)).isEqualTo("relay\n1\n1\n");
        nothingRuns();
    }

    /** Then what failed meanwhile is known, and only that. */
    @Test
    void aWorkerWithoutEitherSaysWhenTheAgentWasAway() {
        Language.without(worker, Language.PERL);
        Language.without(worker, Language.PYTHON);
        Drive drive =
                Drive.of(
                        worker,
                        spec(
                                "cd ~/.jet-fanout/*/*; echo before >>$JET_LOG; echo up;"
                                        + " until [ -e ~/cut ]; do sleep 0.02; done;"
                                        + " ssh-add -l || echo while >>$JET_LOG; touch ~/tried;"
                                        + " until [ $(readlink agent) = ~/two ]; do sleep 0.02; done;"
                                        + " until [ -e ~/on ]; do sleep 0.02; done;"
                                        + " ssh-add -l >/dev/null && echo after >>$JET_LOG"));
        drive.breaks =
                d -> {
                    if (d.connections == 1) {
                        return d.output.size() > 0 && d.events.size() > 0;
                    }
                    // how much it had written by then is counted before it says that we follow
                    if (d.job.following() && !Files.exists(worker.home.resolve("on"))) {
                        worker.call("touch ~/on");
                    }
                    return false;
                };
        drive.connect();
        agents.get(0).destroyForcibly();
        worker.call("touch ~/cut");
        Waiting.until("a try", () -> Files.exists(worker.home.resolve("tried")));
        worker.environment.put("SSH_AUTH_SOCK", worker.home.resolve("two").toString());
        assertThat(drive.run().state()).isEqualTo(State.ENDED);
        assertThat(drive.events.toString(UTF_8)).isEqualTo("before\nwhile\nafter\n");
        assertThat(drive.job.absences()).containsExactly(new AgentOutage(7, 13));
        assertThat(drive.job.absences().get(0).covers(7)).isFalse();
        assertThat(drive.job.absences().get(0).covers(13)).isTrue();
        assertThat(drive.job.absences().get(0).covers(19)).isFalse();
    }

    @Test
    void noRelayWithoutAnAgent() {
        worker.environment.remove("SSH_AUTH_SOCK");
        Drive drive = Drive.of(worker, spec("ls ~/.jet-fanout/*/*; echo $SSH_AUTH_SOCK"));
        assertThat(drive.run().state()).isEqualTo(State.ENDED);
        assertThat(drive.output.toString(UTF_8)).contains("output.log").doesNotContain("relay");
    }

    private static void signal(Process process, String name) {
        WorkerShell.run("kill", "-s", name, Long.toString(process.pid()));
    }

    /** But for the agents, which are the test's. */
    private void nothingRuns() {
        Waiting.until("end of all processes", () -> processes().isEmpty());
    }

    private List<String> processes() {
        return worker.processes().stream().filter(line -> !line.contains("ssh-agent")).toList();
    }
}
