package org.jetfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.LoggerContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jetfanout.ConfigurationException;
import org.jetfanout.record.RunFile;
import org.jetfanout.record.RunRecord;
import org.jetfanout.ssh.PassphrasePrompt;
import org.jetfanout.ssh.SshFiles;
import org.jetfanout.ssh.SshSettings;
import org.jetfanout.status.RunStatus;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.TestUser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Several runs in one process. */
class RunBesideIT {
    private static final int PATIENCE = 120;

    @RegisterExtension static final Fleet fleet = Fleet.start(76, 3);

    @TempDir private Path folder;
    private Site site;
    private SshSettings ssh;

    @BeforeEach
    void prepare() throws IOException {
        site = new Site(fleet, folder);
        site.writeSettings();
        ssh =
                SshSettings.of(
                        SshFiles.ofUser(
                                Map.of("SSH_AUTH_SOCK", fleet.agent().socket().toString()),
                                site.file("home")),
                        PassphrasePrompt.none());
        Logging.toFileWithoutEnd(folder.resolve("serve.log"), "serve");
    }

    @AfterEach
    void noLog() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.getLogger(Logger.ROOT_LOGGER_NAME).detachAndStopAllAppenders();
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(ch.qos.logback.classic.Level.OFF);
    }

    private List<String> words(String... more) {
        List<String> words = site.words("--user", TestUser.name());
        words.addAll(List.of(more));
        return words;
    }

    private RunBeside beside() {
        return new RunBeside(
                UUID.randomUUID().toString(),
                folder.resolve("runs"),
                ssh,
                Map.of("startedBy", "ann"));
    }

    @Test
    void threeAtATimeEachWithItsOwnLogAndNoneIsHarmedByOneThatIsRefused() throws Exception {
        List<RunBeside> runs = List.of(beside(), beside(), beside());
        runs.forEach(run -> run.run(words(), Optional.empty()));
        RunBeside refused = beside();
        refused.run(words("--limit-hosts", "nobody"), Optional.empty());

        for (RunBeside run : runs) {
            assertThat(run.ended().get(PATIENCE, TimeUnit.SECONDS)).isZero();
        }
        assertThatThrownBy(() -> refused.accepted().get(PATIENCE, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("nobody");
        List<String> guids = new ArrayList<>();
        for (RunBeside run : runs) {
            String guid = run.guid();
            guids.add(guid);
            assertThat(fleet.starts(guid)).hasSize(3);
            try (RunRecord record = RunRecord.at(folder.resolve("runs").resolve(guid))) {
                assertThat(RunStatus.of(record).totals().changed()).isEqualTo(12);
                assertThat(record.request().orElseThrow().path("startedBy").asText())
                        .isEqualTo("ann");
                assertThat(Files.readAllLines(record.file(RunFile.LOG)))
                        .isNotEmpty()
                        .allSatisfy(line -> assertThat(line).contains(" " + guid + " "));
                assertThat(Files.readString(record.file(RunFile.LOG)))
                        .contains("Apache Camel", "o.a.a.a.core.server");
            }
        }
        String own = Files.readString(folder.resolve("serve.log"));
        guids.forEach(guid -> assertThat(own).doesNotContain(guid));
    }

    @Test
    void anErrorThatNobodyCatchesEndsItsRunOnly() throws Exception {
        Path go = fleet.home(1).resolve("go-" + folder.getFileName());
        site.setting("jetp", fleet.held("true", go).toString()).writeSettings();
        RunBeside broken = beside();
        broken.run(words(), Optional.empty());
        broken.accepted().get(PATIENCE, TimeUnit.SECONDS);
        RunBeside other = beside();
        other.run(words(), Optional.empty());

        broken.inThread(
                () -> {
                    throw new OutOfMemoryError("not really");
                });

        assertThat(broken.ended().get(PATIENCE, TimeUnit.SECONDS)).isEqualTo(1);
        Files.createFile(go);
        assertThat(other.ended().get(PATIENCE, TimeUnit.SECONDS)).isZero();
        assertThat(RunFile.BACKGROUND_LOG.in(folder.resolve("runs").resolve(broken.guid())))
                .content()
                .contains("OutOfMemoryError: not really");

        RunBeside again = new RunBeside(broken.guid(), folder.resolve("runs"), ssh, Map.of());
        again.resume();
        assertThat(again.ended().get(PATIENCE, TimeUnit.SECONDS)).isZero();
        assertThat(fleet.starts(broken.guid())).hasSizeLessThanOrEqualTo(3);
    }

    /** The run still reads its files; then it begins and ends with that error. */
    @Test
    void anErrorBeforeARunBegins() throws Exception {
        RunBeside broken = beside();
        broken.inThread(
                        () -> {
                            throw new OutOfMemoryError("not really");
                        })
                .join();
        broken.run(words(), Optional.empty());

        assertThat(broken.ended().get(PATIENCE, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(RunFile.BACKGROUND_LOG.in(folder.resolve("runs").resolve(broken.guid())))
                .content()
                .contains("OutOfMemoryError: not really")
                .doesNotContain("java.io.IOException");
    }
}
