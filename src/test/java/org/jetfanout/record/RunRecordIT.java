package org.jetfanout.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jetfanout.ConfigurationException;
import org.jetfanout.runner.Stream;
import org.jetfanout.status.RunState;
import org.jetfanout.status.RunStatus;
import org.jetfanout.status.Runs;
import org.jetfanout.testkit.Fixture;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The record of a process that is killed while it writes. */
class RunRecordIT {
    private static final int ENOUGH = 2_000_000;

    @TempDir Path runs;

    @Test
    void anotherProcessTakesOverWhatAKilledOneLeft() throws Exception {
        Process first =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty(
                                        "surefire.test.class.path",
                                        System.getProperty("java.class.path")),
                                RunRecordProgram.class.getName(),
                                runs.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader said = first.inputReader()) {
            assertThat(said.readLine()).isEqualTo("owned");
            RunRecord record = new Runs(runs).open("last");
            assertThat(record.isOwned()).isTrue();
            // looking does not take the lock away
            assertThat(record.isOwned()).isTrue();
            assertThat(RunStatus.of(record).state()).isEqualTo(RunState.RUNNING);
            assertThatThrownBy(record::own)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageEndingWith("is in use by process " + first.pid());
            Waiting.until(
                    "enough is stored", () -> record.storedBytes("0002", Stream.OUTPUT) >= ENOUGH);
        } finally {
            first.destroyForcibly();
        }
        first.waitFor();
        try (RunRecord record = new Runs(runs).open("last")) {
            assertThat(record.isOwned()).isFalse();
            assertThat(RunStatus.of(record).state()).isEqualTo(RunState.INTERRUPTED);
            assertThat(record.ownerPid()).contains(first.pid());
            record.own();
            assertThat(record.hasResult("0001")).isTrue();
            assertThat(record.hasResult("0002")).isFalse();
            long stored = record.storedBytes("0002", Stream.OUTPUT);
            assertThat(stored).isEqualTo(Files.size(record.outputFile("0002", Stream.OUTPUT)));
            record.append(Fixture.frame(2, stored, "more\n"));
            record.storeResult(Fixture.allOk(2, 2));
            assertThat(record.results().broken()).isZero();
            assertThat(RunStatus.of(record).state()).isEqualTo(RunState.ENDED);
        }
    }
}
