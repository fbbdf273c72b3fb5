package org.jetfanout.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jetfanout.status.Runs;
import org.jetfanout.testkit.Fixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever looks at a run from another process is in nobody's way. */
class OwnerIT {
    @TempDir Path runs;

    private Process look() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty(
                                "surefire.test.class.path", System.getProperty("java.class.path")),
                        OwnerLooks.class.getName(),
                        runs.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** As the system may stop a process in the middle of its look. */
    @Test
    void aLookThatTakesLongKeepsNobodyFromTheRun() throws Exception {
        RunRecord.create(runs, Fixture.GUID).close();
        Path owner = runs.resolve(Fixture.GUID).resolve("owner");
        Process look =
                new ProcessBuilder(
                                "python3",
                                "-c",
                                "import fcntl, sys, time; f = open(sys.argv[1]);"
                                        + " fcntl.lockf(f, fcntl.LOCK_SH); print('looks', flush=True);"
                                        + " time.sleep(3)",
                                owner.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader said = look.inputReader();
                RunRecord record = new Runs(runs).open("last")) {
            assertThat(said.readLine()).isEqualTo("looks");
            record.own();
        } finally {
            look.destroyForcibly();
        }
    }

    @Test
    void looksNeitherKeepTheRunNorTakeEachOtherForItsOwner() throws Exception {
        RunRecord.create(runs, Fixture.GUID).close();
        Process one = look();
        Process other = look();
        try (BufferedReader said = one.inputReader();
                BufferedReader saidOther = other.inputReader()) {
            assertThat(said.readLine()).isEqualTo("looking");
            assertThat(saidOther.readLine()).isEqualTo("looking");
            for (int time = 0; time < 200; time++) {
                try (RunRecord record = new Runs(runs).open("last")) {
                    assertThat(record.isOwned()).isFalse();
                    record.own();
                }
            }
            List<String> changes = new ArrayList<>();
            try (RunRecord record = new Runs(runs).open("last")) {
                record.own();
                // it was never taken for owned when it was not: they part as they should
                while (changes.isEmpty() || !changes.get(changes.size() - 1).equals("owned")) {
                    changes.add(said.readLine());
                }
            }
            assertThat(said.readLine()).isEqualTo("free");
        } finally {
            one.destroyForcibly();
            other.destroyForcibly();
        }
    }
}
