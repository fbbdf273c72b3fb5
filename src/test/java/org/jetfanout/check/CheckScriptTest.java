package org.jetfanout.check;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.jetfanout.job.Nonce;
import org.jetfanout.testkit.WorkerShell;
import org.junit.jupiter.api.Test;

/** The script in a real shell. */
class CheckScriptTest {
    /** A runner's own: what it prints is missing there. */
    private static final String TRIAL = "[ -e ~/there ] || echo \"it's missing\"\necho second >&2";

    private static CheckReply check(WorkerShell worker, String path, String... jetp) {
        List<String> version = new ArrayList<>(List.of(jetp));
        version.add("--version");
        Nonce nonce = new Nonce("n1", 3, 4);
        CheckReply reply = new CheckReply(nonce);
        reply.read(
                false,
                worker.call(CheckScript.command(nonce, path, version, TRIAL, List.of()))
                        .getBytes(UTF_8));
        return reply;
    }

    @Test
    void saysWhatIsThere() {
        try (WorkerShell worker = new WorkerShell()) {
            worker.program("jetp", "#!/bin/sh\necho \"jetp 0.1 $*\"\n");
            CheckReply reply = check(worker, "", "jetp");
            assertThat(reply.complete()).isTrue();
            assertThat(reply.number("uid").orElseThrow()).isPositive();
            assertThat(reply.value("version")).hasValue("jetp 0.1 --version");
            assertThat(reply.value("version-exit")).hasValue("0");
            assertThat(reply.value("home")).hasValue("yes");
            assertThat(reply.value("jobs")).isEmpty();
            assertThat(reply.number("free")).isPresent();
            assertThat(reply.value("agent")).isEmpty();
            assertThat(reply.values("no-tool")).isEmpty();
            assertThat(reply.value("no-relay")).isEmpty();
            assertThat(worker.home.resolve(".jet-fanout")).doesNotExist();
        }
    }

    @Test
    void theRunnersOwnTrialSaysWhatIsMissing() throws IOException {
        try (WorkerShell worker = new WorkerShell()) {
            worker.program("jetp", "#!/bin/sh\necho jetp\n");
            assertThat(check(worker, "", "jetp").values("unfit")).containsExactly("it's missing");
            Files.createFile(worker.home.resolve("there"));
            assertThat(check(worker, "", "jetp").values("unfit")).isEmpty();
        }
    }

    @Test
    void wordsAreWordsWhateverIsInThem() {
        try (WorkerShell worker = new WorkerShell()) {
            worker.program("jetp", "#!/bin/sh\nprintf '<%s>' \"$@\"\necho\n");
            CheckReply reply = check(worker, "", "~/bin/jetp", "a 'b' $(id) \"c\"", "*", "");
            assertThat(reply.value("version")).hasValue("<a 'b' $(id) \"c\"><*><><--version>");
        }
    }

    @Test
    void thePathOfTheJobCounts() {
        try (WorkerShell worker = new WorkerShell()) {
            worker.program("jetp", "#!/bin/sh\necho jetp\n");
            assertThat(check(worker, "/usr/bin:/bin", "jetp").values("no-program"))
                    .containsExactly("jetp");
        }
    }

    @Test
    void whatAJobWouldMissIsNamed() {
        try (WorkerShell worker = new WorkerShell()) {
            worker.without("cksum", "flock", "find", "perl", "python3");
            CheckReply reply = check(worker, "", "sh");
            assertThat(reply.values("no-tool")).containsExactly("cksum", "flock", "find");
            assertThat(reply.value("no-relay")).isPresent();
            assertThat(reply.complete()).isTrue();
        }
    }

    /** One that is there and does not work is none. */
    @Test
    void oneLanguageIsEnoughForTheRelay() {
        try (WorkerShell worker = new WorkerShell()) {
            worker.program("perl", "#!/bin/sh\necho 'no Socket.pm' >&2\nexit 2\n");
            assertThat(check(worker, "", "sh").value("no-relay")).isEmpty();
            worker.program("python3", "#!/bin/sh\nexit 127\n");
            assertThat(check(worker, "", "sh").value("no-relay")).isPresent();
        }
    }

    @Test
    void missingProgramsAreNamed() {
        try (WorkerShell worker = new WorkerShell()) {
            CheckReply reply = check(worker, "", "no-op", "run", "--", "~/jetp");
            assertThat(reply.values("no-program")).containsExactly("no-op", worker.home + "/jetp");
            assertThat(reply.value("version")).isEmpty();
            assertThat(reply.complete()).isTrue();
        }
    }
}
