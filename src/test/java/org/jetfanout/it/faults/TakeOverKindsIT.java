package org.jetfanout.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.stream.Collectors;
import org.jetfanout.it.ToShip;
import org.jetfanout.it.Webhook;
import org.jetfanout.link.SharedKey;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.FreePort;
import org.jetfanout.testkit.HostSite;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.TestUser;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of each kind, whose owner is killed and that another machine finishes. */
@Order(1) // takes long: begins first
class TakeOverKindsIT {
    private static final int WORKERS = 3;
    private static final int LINES = 200;

    private static Fleet fleet;
    private static BrokerProcess broker;
    private static Path key;

    @TempDir private static Path shared;

    @TempDir private Path folder;
    private Site site;
    private Site other;
    private Heir heir;

    @BeforeAll
    static void startFleet() throws IOException {
        fleet = Fleet.start(162, WORKERS);
        broker = BrokerProcess.start(shared.resolve("broker"));
        key = shared.resolve("key");
        SharedKey.make(key);
    }

    @AfterAll
    static void stopFleet() {
        broker.close();
        fleet.close();
    }

    @BeforeEach
    void begin() throws IOException, JMSException {
        // what a test before has left there is not for this one
        LeaseHolder.withdrawAll(broker.url(), key);
        Programs.ok("chmod", "755", folder.toString());
        site = site("one");
        other = site("two");
        heir = Heir.on(other, "two");
    }

    @AfterEach
    void end() {
        heir.close();
    }

    private Site site(String name) throws IOException {
        Site made = new Site(fleet, Files.createDirectory(folder.resolve(name)));
        return Heir.join(made, broker, key);
    }

    private Counting counting() throws IOException {
        Counting counting = Counting.held(fleet, LINES);
        site.setting("jetp", counting.runner().toString());
        return counting;
    }

    private Program start(String... more) throws IOException {
        List<String> words = new ArrayList<>(List.of("--broker-config", "broker.yml"));
        words.addAll(List.of(more));
        return site.start(words.toArray(String[]::new));
    }

    /** Waits until so many jobs of a run are in their middle, as its record knows. */
    private static void held(Site of, Program run, int jobs) {
        ProxiedSite.await(
                "the middle of all jobs",
                run,
                () -> {
                    Path output = ProxiedSite.record(of).resolve("output");
                    return Counting.list(output).stream()
                                    .filter(name -> name.endsWith(".log"))
                                    .filter(
                                            name ->
                                                    Counting.linesOf(output.resolve(name)).size()
                                                            >= LINES / 2)
                                    .count()
                            == jobs;
                });
    }

    private String killed(Program run) {
        String guid = ProxiedSite.guid(site);
        ProxiedSite.kill(run);
        return guid;
    }

    private Program.Ended ended(Program next, int exit) {
        Program.Ended ended = next.end();
        assertThat(ended.exit()).as("%s", ended).isEqualTo(exit);
        return ended;
    }

    /** The line of the take-over. */
    private void says(String guid, String... missing) {
        assertThat(heir.said()).hasSize(1);
        String line = heir.said().get(0);
        assertThat(line)
                .startsWith("run " + guid + ": its owner ")
                .contains(" does not respond; this instance takes it over (term ");
        if (missing.length == 0) {
            assertThat(line).doesNotContain("Not here");
        } else {
            assertThat(line).contains(missing);
        }
    }

    /** It waits where it has waited, and somebody who wanted a pause has it. */
    @Test
    void aRunOfWavesThatWaitsForAnApproval() throws IOException {
        Program run = start("--waves", "4,8", "--approve");
        ProxiedSite.await("it waits", run, () -> run.err().contains("before wave 2, waiting for"));
        String guid = ProxiedSite.guid(site);
        assertThat(site.command("pause", guid).exit()).isZero();
        // what was asked is known elsewhere within a moment
        Path known = folder.resolve("known");
        Files.createDirectory(known);
        Waiting.until(
                "the broker knows of the pause",
                () ->
                        LeaseHolder.changes(broker.url(), key, guid, known).values().stream()
                                .anyMatch(
                                        content ->
                                                new String(content, StandardCharsets.UTF_8)
                                                        .contains("pause")));
        killed(run);
        Program next = heir.takenOver();
        ProxiedSite.await(
                "it waits here", next, () -> next.err().contains("before wave 2, waiting for"));
        assertThat(other.command("approve", guid).exit()).isZero();
        ProxiedSite.await(
                "it is paused", next, () -> next.err().contains("waiting for jet-fanout continue"));
        assertThat(fleet.starts(guid)).hasSize(WORKERS);
        assertThat(other.command("continue", guid).exit()).isZero();
        ProxiedSite.await(
                "the next gate", next, () -> next.err().contains("before wave 3, waiting for"));
        assertThat(other.command("approve", guid).exit()).isZero();
        Program.Ended ended = ended(next, 0);
        assertThat(ended.outcomes()).hasSize(12).doesNotContainValue("unfinished");
        assertThat(fleet.starts(guid)).hasSize(3 * WORKERS);
        says(guid);
    }

    private static String play(String name, String commands) {
        return """
               - name: %s
                 groups: [ web ]
                 tasks:
                   - !shell
                     name: note it
                     cmd: '%s'
               """
                .formatted(name, commands);
    }

    /** Two workers wait before the second play, the third is in the first one. */
    @Test
    void aRunWhoseWorkersWaitForEachOther() throws IOException {
        Path stamps = Files.createTempDirectory(fleet.home(1), "stamps");
        TestUser.own(stamps);
        site.setting("env", "{ STAND_IN_SHELL: \"1\" }");
        String note = "date +%s%N >>" + stamps + "/";
        String held =
                "; [ $JET_FANOUT_BATCH != 0003 ] || until [ -e "
                        + stamps
                        + "/go ]; do sleep 0.1; done";
        site.playbook(play("one", note + "one" + held) + play("two", note + "two"));
        Program run = start();
        ProxiedSite.await(
                "two wait",
                run,
                () ->
                        Counting.linesOf(ProxiedSite.record(site).resolve("states.ndjson")).stream()
                                        .filter(line -> line.contains("before play 'two'"))
                                        .count()
                                >= 2);
        String guid = killed(run);
        Program next = heir.takenOver();
        ProxiedSite.await(
                "two wait again",
                next,
                () ->
                        Counting.linesOf(heir.record(guid).resolve("states.ndjson")).stream()
                                        .filter(line -> line.contains("before play 'two'"))
                                        .count()
                                >= 2);
        Files.createFile(stamps.resolve("go"));
        Program.Ended ended = ended(next, 0);
        assertThat(ended.outcomes()).hasSize(12).doesNotContainValue("unfinished");
        assertThat(fleet.starts(guid)).hasSize(WORKERS);
        List<String> one = Files.readAllLines(stamps.resolve("one"));
        List<String> two = Files.readAllLines(stamps.resolve("two"));
        assertThat(one).hasSize(12);
        assertThat(two).hasSize(12).allMatch(time -> time.compareTo(latest(one)) > 0);
        says(guid);
    }

    private static String latest(List<String> times) {
        return times.stream().max(String::compareTo).orElseThrow();
    }

    /** Its worker was not there; who takes the run over knows which other one has it. */
    @Test
    void aRunOneOfWhoseBatchesHasAnotherWorker() throws IOException {
        Counting counting = counting();
        site.setting("reconnect_timeout", "1s")
                .hostVars(
                        "w1",
                        "jet_ssh_hostname: %s\njet_ssh_port: %d\n"
                                .formatted(fleet.worker(1), FreePort.next()));
        Program run = start();
        held(site, run, WORKERS);
        String guid = killed(run);
        Program next = heir.takenOver();
        held(other, next, WORKERS);
        counting.letGo(guid);
        ended(next, 0);
        assertThat(counting.wrong(heir.record(guid), WORKERS)).isEmpty();
        says(guid);
    }

    private String[] withSinks(Webhook hook) throws IOException {
        site.write(
                "routes/sinks/hook.camel.yaml",
                new String(Fleet.resource("/sinks/hook.camel.yaml"), StandardCharsets.UTF_8));
        // the records of each machine in a folder of its own
        site.write(
                "sinks.properties",
                "hook.url = " + hook.url() + "\nfile.path = records/{guid}.ndjson\n");
        return new String[] {
            "--routes",
            "routes",
            "--sink-config",
            "sinks.properties",
            "--sink",
            "hook",
            "--sink",
            "file"
        };
    }

    /** A sink in the network, by a route of the user's own, and one that writes to a file. */
    @Test
    void aRunWithSinks() throws IOException {
        Counting counting = counting();
        try (Webhook hook = Webhook.start()) {
            Program run = start(withSinks(hook));
            held(site, run, WORKERS);
            ProxiedSite.await("records arrive", run, () -> hook.records().size() > LINES);
            String guid = killed(run);
            Set<String> before = hook.times().keySet();
            Program next = heir.takenOver();
            counting.letGo(guid);
            Program.Ended ended = ended(next, 0);
            assertThat(counting.wrong(heir.record(guid), WORKERS)).isEmpty();
            Set<String> all = ToShip.ids(heir.record(guid).getParent(), guid);
            assertThat(hook.times().keySet()).as("%s", ended).containsAll(all);
            // what the first owner had delivered of the workers' output has the same ids
            assertThat(before.stream().filter(id -> id.contains(":output:")))
                    .isNotEmpty()
                    .isSubsetOf(all);
            // what only the first owner knows is not taken for what the next one says
            assertThat(before.stream().filter(id -> id.contains(":states:")))
                    .isNotEmpty()
                    .noneMatch(all::contains);
            Map<String, Long> written =
                    Files.readAllLines(other.file("records/" + guid + ".ndjson")).stream()
                            .collect(
                                    Collectors.groupingBy(
                                            line ->
                                                    line.replaceFirst(
                                                            ".*\"event\":\\{\"id\":\"([^\"]*)\".*",
                                                            "$1"),
                                            Collectors.counting()));
            assertThat(written.keySet()).isEqualTo(all);
            assertThat(written.values()).containsOnly(1L);
            says(guid, ". Not here: ", "what its sink file has written there");
        }
    }

    /** What a route of the user's needs of the other machine cannot travel. */
    @Test
    void aRunWhoseRoutesNeedWhatIsNotHere() throws IOException {
        Counting counting = counting();
        try (Webhook hook = Webhook.start()) {
            String[] words = withSinks(hook);
            Path route = site.file("routes/sinks/hook.camel.yaml");
            Files.writeString(
                    route, Files.readString(route).replace("{{hook.url}}", "{{env:JET_HOOK}}"));
            site.environment("JET_HOOK", hook.url());
            Program run = start(words);
            held(site, run, WORKERS);
            String guid = killed(run);
            Program next = heir.takenOver();
            counting.letGo(guid);
            ended(next, 0);
            assertThat(counting.wrong(heir.record(guid), WORKERS)).isEmpty();
            says(guid, "what its sink file has written there");
            assertThat(next.err()).contains("JET_HOOK", "; nothing is shipped");
        }
    }

    /** Variables with secrets are in the bundles, and nowhere else. */
    @Test
    void aRunWithVariablesThatWereGivenAsJson() throws IOException {
        Counting counting = counting();
        Program run = start("-e", "{\"password\": \"s3cret\"}", "--threads", "2");
        held(site, run, 2);
        String guid = killed(run);
        Program next = heir.takenOver();
        counting.letGo(guid);
        ended(next, 0);
        assertThat(counting.wrong(heir.record(guid), WORKERS)).isEmpty();
        assertThat(
                        Programs.run(
                                        Map.of(),
                                        "grep",
                                        "-rl",
                                        "s3cret",
                                        heir.record(guid).toString())
                                .output())
                .isEmpty();
        says(guid);
    }

    /** The heir dies too, and the first machine has the run again. */
    @Test
    void aRunThatComesBack() throws IOException {
        Counting counting = counting();
        site.setting("max_jobs", null);
        Program run = start("--threads", "2");
        held(site, run, 2);
        String guid = killed(run);
        Program next = heir.takenOver();
        held(other, next, 2);
        try (Heir first = Heir.on(site, "one")) {
            // it dies with its candidate, or the same machine might have the run again
            heir.close();
            Program last = first.takenOver();
            counting.letGo(guid);
            ended(last, 0);
            assertThat(counting.wrong(first.record(guid), WORKERS)).isEmpty();
        }
    }

    private void remove(String... queues) throws Exception {
        for (String queue : queues) {
            try (QueueClient client = QueueClient.of(broker.url(), queue)) {
                client.manage("removeAllMessages");
            }
        }
    }

    /** Somebody removes messages: first while the owner lives, then when it is dead. */
    @Test
    void aRunWhoseMessagesAreRemoved() throws Exception {
        Counting counting = counting();
        Program run = start("--threads", "2");
        held(site, run, 2);
        String guid = ProxiedSite.guid(site);
        remove(
                "jet-fanout.estate." + guid,
                "jet-fanout.runs",
                "jet-fanout." + guid,
                "jet-fanout.zone.2.default");
        Waiting.until(
                "the owner has put all of it there again",
                () -> {
                    try {
                        LeaseHolder.changes(broker.url(), key, guid, folder);
                        return true;
                    } catch (IOException | NoSuchElementException e) {
                        return false;
                    }
                });
        heir.close();
        killed(run);
        remove("jet-fanout.run." + guid);
        try (Heir late = Heir.on(other, "late")) {
            Program next = late.takenOver();
            counting.letGo(guid);
            ended(next, 0);
            assertThat(counting.wrong(late.record(guid), WORKERS)).isEmpty();
        }
    }

    /** Nobody but its own machine has what is needed. */
    @Test
    void aRunWhoseEstateIsRemovedWhenItsOwnerIsDead() throws Exception {
        Counting counting = counting();
        heir.close();
        Program run = start("--threads", "2");
        held(site, run, 2);
        String guid = killed(run);
        remove("jet-fanout.estate." + guid);
        try (Heir late = Heir.on(other, "late")) {
            Waiting.until("it says why", () -> !late.said().isEmpty());
            assertThat(late.said())
                    .singleElement()
                    .asString()
                    .startsWith("run " + guid + ": its owner ")
                    .contains(
                            "and this instance cannot take it over: the broker has only 0 of the ");
        }
        counting.letGo(guid);
        ended(site.startCommand("resume", guid), 0);
        assertThat(counting.wrong(ProxiedSite.record(site), WORKERS)).isEmpty();
    }

    /** Commands on hosts, without a playbook. */
    @Test
    void aRunOfACommandOnHosts() throws IOException {
        heir.close();
        HostSite hosts =
                new HostSite(fleet, Files.createDirectory(folder.resolve("three")), WORKERS);
        HostSite next = new HostSite(fleet, Files.createDirectory(folder.resolve("four")), WORKERS);
        site = Heir.join(hosts.site().workers(2), broker, key);
        other = Heir.join(next.site(), broker, key);
        heir = Heir.on(other, "four");
        Path marks = Files.createTempDirectory(fleet.home(1), "marks");
        TestUser.own(marks);
        Program run =
                hosts.start(
                        "exec",
                        "--broker-config",
                        "broker.yml",
                        "--",
                        "set -- $SSH_CONNECTION; echo $3 >>%s/ran; until [ -e %s/go ]; do sleep 0.1; done; echo done"
                                .formatted(marks, marks));
        ProxiedSite.await(
                "it runs on each host",
                run,
                () -> Counting.linesOf(marks.resolve("ran")).size() == WORKERS);
        String guid = killed(run);
        Program resumed = heir.takenOver();
        Files.createFile(marks.resolve("go"));
        Program.Ended ended = ended(resumed, 0);
        assertThat(ended.outcomes()).hasSize(WORKERS).doesNotContainValue("unfinished");
        assertThat(Counting.linesOf(marks.resolve("ran"))).doesNotHaveDuplicates().hasSize(WORKERS);
        assertThat(
                        other.command("logs", guid)
                                .out()
                                .lines()
                                .filter(line -> line.endsWith(": done")))
                .hasSize(WORKERS);
        says(guid);
    }
}
