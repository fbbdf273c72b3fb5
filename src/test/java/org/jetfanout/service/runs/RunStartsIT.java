package org.jetfanout.service.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jetfanout.ConfigurationException;
import org.jetfanout.record.RunFile;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.Outcome;
import org.jetfanout.service.config.ServiceConfig;
import org.jetfanout.ssh.SshFiles;
import org.jetfanout.status.RunState;
import org.jetfanout.status.RunStatus;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.TestUser;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The starts of a service: turns, keys, templates, and what is done with their runs. */
class RunStartsIT {
    @RegisterExtension static final Fleet fleet = Fleet.start(78, 2);

    @TempDir private Path folder;
    private final List<EndedRun> ended = new CopyOnWriteArrayList<>();
    private Site site;
    private RunStarts starts;

    @BeforeEach
    void site() throws IOException {
        site = new Site(fleet, folder);
        site.writeSettings();
    }

    @AfterEach
    void close() {
        if (starts != null) {
            starts.close();
        }
    }

    private void open(String config) throws IOException {
        Path file =
                Files.writeString(folder.resolve("service.yml"), "roots: [ . ]\n" + config + "\n");
        starts =
                RunStarts.open(
                        ServiceConfig.read(file),
                        folder.resolve("runs"),
                        folder.resolve("state"),
                        settings ->
                                settings.withFiles(
                                        SshFiles.ofUser(
                                                Map.of(
                                                        "SSH_AUTH_SOCK",
                                                        fleet.agent().socket().toString()),
                                                site.file("home"))));
        starts.onEnd(ended::add);
    }

    private List<String> words(String... more) {
        List<String> words = site.words("--user", TestUser.name());
        words.addAll(List.of(more));
        return words;
    }

    private StartRequest args(Optional<String> key, String... more) {
        return StartRequest.of(words(more), "ann", key);
    }

    private StartRequest template(Concurrency concurrency) {
        return new StartRequest(
                words(), Map.of(), "bob", Optional.of("deploy"), concurrency, Optional.empty());
    }

    private EndedRun end(String guid) {
        Waiting.until(
                "the end of " + guid,
                Duration.ofMinutes(5),
                () -> ended.stream().anyMatch(run -> run.guid().equals(guid)));
        return ended.stream().filter(run -> run.guid().equals(guid)).findFirst().orElseThrow();
    }

    private RunRecord record(String guid) {
        return RunRecord.at(folder.resolve("runs").resolve(guid));
    }

    private List<String> deeds(String guid) {
        List<String> deeds = new ArrayList<>();
        record(guid)
                .people(
                        row ->
                                deeds.add(
                                        row.path("who").asText()
                                                + " "
                                                + row.path("what").asText()));
        return deeds;
    }

    @Test
    void whatWaitsHasItsTurnInOrderAlsoAfterARestart() throws Exception {
        open("runs: { at_once: 1, waiting: 2 }");
        Started first = starts.start(args(Optional.of("k1")));
        Started second = starts.start(args(Optional.empty(), "--limit-hosts", "h01"));
        assertThat(first.queued()).isTrue(); // nothing begins before begin()
        assertThat(second.queued()).isTrue();
        assertThatThrownBy(() -> starts.start(args(Optional.empty())))
                .isInstanceOf(QueueFullException.class);
        assertThat(starts.start(args(Optional.of("k1"))))
                .isEqualTo(new Started(first.guid(), true, true));
        assertThatThrownBy(() -> starts.start(args(Optional.of("k1"), "-v")))
                .isInstanceOf(KeyInUseException.class);
        starts.close();

        open("runs: { at_once: 1, waiting: 2 }");
        assertThat(starts.waiting())
                .extracting(WaitingStart::guid)
                .containsExactly(first.guid(), second.guid());
        assertThat(starts.start(args(Optional.of("k1"))).guid()).isEqualTo(first.guid());
        starts.begin();

        assertThat(end(first.guid()).exitCode()).isZero();
        assertThat(end(second.guid()).exitCode()).isZero();
        assertThat(ended).extracting(EndedRun::guid).containsExactly(first.guid(), second.guid());
        assertThat(starts.start(args(Optional.of("k1"))))
                .isEqualTo(new Started(first.guid(), false, true));
        assertThat(fleet.starts(first.guid())).hasSize(2);
        assertThat(RunStatus.of(record(second.guid())).totals().hosts()).isEqualTo(1);
        assertThat(deeds(first.guid())).containsExactly("ann started");
        JsonNode request = record(first.guid()).request().orElseThrow();
        assertThat(request.path("startedBy").asText()).isEqualTo("ann");
        assertThat(request.has("startedFrom")).isFalse();
        // words may hold secrets: they go as soon as the record has what is needed
        try (var files = Files.list(folder.resolve("state/starts"))) {
            // a file with a dot has not got its name yet
            assertThat(
                            files.filter(file -> !file.getFileName().toString().startsWith("."))
                                    .map(RunStartsIT::read))
                    .allSatisfy(text -> assertThat(text).doesNotContain("--playbook"));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aTemplateHasOneRunOrAQueue() throws Exception {
        open("runs: { at_once: 3 }");
        site.behave("h01", "slow:15");
        starts.begin();
        Started first = starts.start(template(Concurrency.ONE));
        assertThat(first.queued()).isFalse();
        assertThatThrownBy(() -> starts.start(template(Concurrency.ONE)))
                .isInstanceOfSatisfying(
                        TemplateBusyException.class,
                        busy -> assertThat(busy.guid()).isEqualTo(first.guid()));
        Started second = starts.start(template(Concurrency.QUEUE));
        Started third = starts.start(template(Concurrency.QUEUE));
        assertThat(List.of(second.queued(), third.queued())).containsOnly(true);
        Started other = starts.start(args(Optional.empty(), "--limit-hosts", "h02"));
        assertThat(other.queued()).isFalse();
        // the first one has read how its hosts are
        site.behave("h01", "ok");

        end(third.guid());
        assertThat(ended)
                .filteredOn(run -> run.template().isPresent())
                .extracting(EndedRun::guid)
                .containsExactly(first.guid(), second.guid(), third.guid());
        assertThat(ended.get(ended.size() - 1).who()).isEqualTo("bob");
        assertThat(record(first.guid()).request().orElseThrow().path("startedFrom").asText())
                .isEqualTo("deploy");
    }

    @Test
    void whatIsWrongIsSaidAtOnceOrIsARunThatHasEnded() throws Exception {
        open("runs: { at_once: 1 }");
        starts.begin();
        assertThatThrownBy(() -> starts.start(args(Optional.of("x"), "--threads", "many")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("whole number");
        assertThatThrownBy(() -> starts.start(args(Optional.of("x"), "--roles", "/etc")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("not below a folder of 'roots'");
        assertThatThrownBy(() -> starts.start(args(Optional.of("x"), "--limit-hosts", "nobody")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("nobody");
        Waiting.until("the end of what was refused", () -> starts.running() == 0);
        assertThat(folder.resolve("runs"))
                .satisfiesAnyOf(
                        runs -> assertThat(runs).doesNotExist(),
                        runs -> assertThat(runs).isEmptyDirectory());

        // the key of what was refused is free
        site.behave("h01", "slow:15");
        Started first = starts.start(args(Optional.of("x")));
        assertThat(first.again()).isFalse();
        Started later = starts.start(args(Optional.empty(), "--limit-hosts", "nobody"));
        assertThat(later.queued()).isTrue();

        assertThat(end(later.guid()).exitCode()).isEqualTo(78);
        assertThat(RunStatus.of(record(later.guid())).state()).isEqualTo(RunState.ENDED);
        assertThat(RunFile.BACKGROUND_LOG.in(folder.resolve("runs").resolve(later.guid())))
                .content()
                .contains("nobody");
        assertThat(end(first.guid()).exitCode()).isZero();
    }

    @Test
    void runsAreCancelledTakenUpAndDoneAgain() throws Exception {
        open("runs: { at_once: 1 }");
        site.behave("h01", "hang").behave("h02", "fail");
        starts.begin();
        Started first = starts.start(args(Optional.empty()));
        Started waits = starts.start(args(Optional.empty()));
        starts.cancel(waits.guid(), "cid");
        assertThat(end(waits.guid()).exitCode()).isEqualTo(130);
        assertThat(deeds(waits.guid())).containsExactly("ann started", "cid cancelled");
        assertThatThrownBy(() -> starts.resume(first.guid(), "cid"))
                .isInstanceOf(NotNowException.class);
        Waiting.until("jobs", () -> fleet.starts(first.guid()).size() == 2);
        starts.cancel(first.guid(), "cid");
        assertThat(end(first.guid()).exitCode()).isEqualTo(130);
        Waiting.untilNone("processes of jobs", fleet::processesOfWorkers);
        assertThatThrownBy(() -> starts.cancel(first.guid(), "cid"))
                .isInstanceOf(NotNowException.class)
                .hasMessageContaining("has ended already");
        assertThatThrownBy(() -> starts.cancel("nobody", "cid"))
                .isInstanceOf(ConfigurationException.class);

        site.behave("h01", "ok").behave("h02", "ok");
        Started again =
                starts.rerun(
                        first.guid(),
                        new RerunSelection(
                                Set.of(Outcome.UNFINISHED, Outcome.FAILED),
                                List.of(),
                                Optional.empty()),
                        "dan");
        assertThat(end(again.guid()).exitCode()).isZero();
        assertThat(deeds(first.guid())).contains("cid cancelled", "dan rerun as " + again.guid());
        assertThat(record(again.guid()).request().orElseThrow().path("startedBy").asText())
                .isEqualTo("dan");
        assertThatThrownBy(
                        () ->
                                starts.rerun(
                                        again.guid(),
                                        new RerunSelection(
                                                Set.of(Outcome.FAILED),
                                                List.of(),
                                                Optional.empty()),
                                        "dan"))
                .isInstanceOf(NotNowException.class);
    }

    /** One that waits for its turn may be refused, or cancelled, before it has begun. */
    @Test
    void aRerunIsNotedWhenItBegins() throws Exception {
        open("runs: { at_once: 1 }");
        site.behave("h02", "fail");
        starts.begin();
        Started first = starts.start(args(Optional.empty(), "--limit-hosts", "h02"));
        assertThat(end(first.guid()).exitCode()).isEqualTo(2);
        site.behave("h01", "hang");
        Started holds = starts.start(args(Optional.empty(), "--limit-hosts", "h01"));
        Started refused = rerun(first, "@" + folder.resolve("nowhere.yml"));
        Started cancelled = rerun(first);
        Started good = rerun(first);
        assertThat(List.of(refused.queued(), cancelled.queued(), good.queued())).containsOnly(true);
        starts.cancel(cancelled.guid(), "cid");
        Waiting.until("a job", () -> fleet.starts(holds.guid()).size() == 1);
        site.behave("h02", "ok");
        starts.cancel(holds.guid(), "cid");

        assertThat(end(refused.guid()).exitCode()).isEqualTo(78);
        assertThat(end(cancelled.guid()).exitCode()).isEqualTo(130);
        assertThat(end(good.guid()).exitCode()).isZero();
        assertThat(deeds(first.guid()))
                .containsExactly("ann started", "dan rerun as " + good.guid());
    }

    private Started rerun(Started earlier, String... extraVars) {
        return starts.rerun(
                earlier.guid(),
                new RerunSelection(Set.of(Outcome.FAILED), List.of(extraVars), Optional.empty()),
                "dan");
    }

    /** Its process ended between the last result and the final status. */
    @Test
    void aRunWithAllResultsIsTakenUpForItsFinalStatus() throws Exception {
        open("");
        starts.begin();
        Started run = starts.start(args(Optional.empty()));
        assertThat(end(run.guid()).exitCode()).isZero();
        assertThatThrownBy(() -> starts.resume(run.guid(), "cid"))
                .isInstanceOf(NotNowException.class)
                .hasMessageContaining("nothing to resume");
        Path summary = RunFile.SUMMARY.in(folder.resolve("runs").resolve(run.guid()));
        Files.delete(summary);
        starts.resume(run.guid(), "cid");
        Waiting.until("its final status", () -> Files.exists(summary));
        Waiting.until("its end", () -> starts.running() == 0);
        assertThat(deeds(run.guid())).containsExactly("ann started", "cid resumed");
    }

    @Test
    void whatIsLeftAtTheEndGoesOnInTheNextProcess() throws Exception {
        open("");
        site.behave("h01", "slow:20");
        starts.begin();
        Started run = starts.start(args(Optional.empty()));
        Waiting.until("jobs", () -> fleet.starts(run.guid()).size() == 2);

        assertThat(starts.drain(Duration.ofMillis(50))).isFalse();
        assertThat(ended).isEmpty();
        assertThat(record(run.guid()).isOwned()).isFalse();
        assertThatThrownBy(() -> starts.start(args(Optional.empty())))
                .isInstanceOf(QueueFullException.class);

        open("");
        starts.begin();
        assertThat(end(run.guid()).exitCode()).isZero();
        assertThat(fleet.starts(run.guid())).hasSize(2);
        assertThat(RunStatus.of(record(run.guid())).totals().changed()).isEqualTo(12);
        assertThat(starts.drain(Duration.ofMinutes(5))).isTrue();
    }

    @Test
    void wavesAreApprovedAndHeld() throws Exception {
        open("");
        starts.begin();
        Started run = starts.start(args(Optional.empty(), "--waves", "50%,100%", "--approve"));
        Waiting.until("the gate", () -> waits(run.guid()));
        assertThat(starts.approve(run.guid(), "eve")).isEqualTo(2);
        assertThat(end(run.guid()).exitCode()).isZero();
        assertThat(deeds(run.guid())).containsExactly("ann started", "eve approved wave 2");
        assertThatThrownBy(() -> starts.approve(run.guid(), "eve"))
                .isInstanceOf(NotNowException.class);

        Started left =
                starts.start(
                        args(
                                Optional.empty(),
                                "--waves",
                                "50%,100%",
                                "--approve",
                                "--leave-at-gate"));
        Waiting.until("the gate", () -> waits(left.guid()) && starts.running() == 0);
        assertThat(starts.approve(left.guid(), "eve")).isEqualTo(2);
        assertThat(end(left.guid()).exitCode()).isZero();
    }

    private boolean waits(String guid) {
        return Files.exists(RunFile.ROLLOUT.in(folder.resolve("runs").resolve(guid)))
                && record(guid).rollout().orElseThrow().waits().isPresent();
    }
}
