package org.jetfanout.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jetfanout.link.Link;
import org.jetfanout.link.OtherVersion;
import org.jetfanout.link.SharedKey;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * People look after runs from a machine that has no record of them: a run, a hand beside its
 * record, and the one who asks are programs of their own.
 */
class ElsewhereIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LINES = 400;

    @RegisterExtension static final Fleet fleet = Fleet.start(184, 2);

    @TempDir private static Path folder;
    private static BrokerProcess broker;
    private static Counting counting;

    private Site site;
    private static final List<Program> STARTED = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        Programs.ok("chmod", "755", folder.toString());
        broker = BrokerProcess.start(folder.resolve("broker"));
        counting = Counting.held(fleet, LINES);
        SharedKey.make(folder.resolve("shared.key"));
        Files.createDirectories(folder.resolve("elsewhere"));
        config(folder);
    }

    @BeforeEach
    void makeSite() throws IOException {
        site = site(Files.createTempDirectory(folder, "site"));
    }

    /** No hand of one test is there in the next one. */
    @AfterEach
    void killHands() {
        STARTED.forEach(program -> program.handle().destroyForcibly());
        STARTED.clear();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static Site site(Path home) throws IOException {
        Programs.ok("chmod", "755", home.toString());
        Site site = new Site(fleet, home).setting("keepalive", "2s");
        site.environment("TZ", "Asia/Tokyo");
        Files.copy(
                folder.resolve("shared.key"),
                home.resolve("shared.key"),
                StandardCopyOption.COPY_ATTRIBUTES);
        config(home);
        return site;
    }

    private static void config(Path home) throws IOException {
        Path file = home.resolve("broker.yml");
        Files.writeString(
                file,
                // longer than a busy machine keeps an instance from saying that it is there
                "broker:\n  url: %s\n  shared_key: shared.key\n  instance_timeout: 12s\n"
                        .formatted(broker.url()));
        Programs.ok("chmod", "600", file.toString());
    }

    private Program run(String... more) throws IOException {
        List<String> words = new ArrayList<>(List.of("--broker-config", "broker.yml"));
        words.addAll(List.of(more));
        return site.start(words.toArray(String[]::new));
    }

    /** A run that has said something, whose jobs wait in their middle until they are let go. */
    private Program heldRun() throws IOException {
        site.setting("jetp", counting.runner().toString());
        Program run = run();
        ProxiedSite.hasOutput(site, run);
        return run;
    }

    /** Somebody who follows a run from elsewhere, and has seen something of it. */
    private static Program follow(String guid) throws IOException {
        Program follow = start("logs", guid, "--follow");
        ProxiedSite.await("lines come", follow, () -> !follow.out().isEmpty());
        return follow;
    }

    /** A hand in the home of a site, so that it answers for all records there. */
    private static Program hand(Site site, String name, String... more) throws IOException {
        List<String> words = new ArrayList<>(List.of("hand", "--broker-config", "broker.yml"));
        words.addAll(List.of("--name", name, "--zones", "nowhere"));
        words.addAll(List.of(more));
        Program hand = site.startCommand(words.toArray(String[]::new));
        STARTED.add(hand);
        ProxiedSite.await(name + " is ready", hand, () -> hand.out().contains("is ready"));
        return hand;
    }

    private static Program start(String... words) throws IOException {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--broker-config", "broker.yml"));
        return Program.start(folder.resolve("elsewhere"), folder, Map.of("TZ", "Asia/Tokyo"), all);
    }

    /** Asks again where nobody was heard in time: then nothing has been done. */
    private static Program.Ended ask(String... words) throws IOException {
        Program.Ended ended = start(words).end();
        for (int tries = 1; tries < 5 && nobodyWasHeard(ended); tries++) {
            ended = start(words).end();
        }
        return ended;
    }

    private static boolean nobodyWasHeard(Program.Ended ended) {
        return ended.complaints().stream()
                .anyMatch(line -> line.contains("no other instance is at the broker"));
    }

    /** What a command says, without the line that names the instance. */
    private static List<String> said(Program.Ended ended) {
        return ended.complaints().stream()
                .filter(line -> !line.contains(" is at instance "))
                .toList();
    }

    private void same(String... words) throws IOException {
        Program.Ended there = ask(words);
        Program.Ended here = site.command(words);
        assertThat(there.out()).as("%s: %s", List.of(words), there).isEqualTo(here.out());
        assertThat(said(there)).as("%s: %s", List.of(words), there).isEqualTo(here.complaints());
        assertThat(there.exit()).as("%s: %s", List.of(words), there).isEqualTo(here.exit());
    }

    private static JsonNode state(String json) throws IOException {
        JsonNode status = JSON.readTree(json);
        return status.path("totals");
    }

    /** From gate to gate, and afterwards, when only a hand answers for the record. */
    @Test
    void aRunWithWavesIsLookedAfter() throws Exception {
        site.behave("h12", "fail");
        Program run = run("--waves", "4,8", "--approve", "--no-local");
        Program hand = hand(site, "keeper", "--zones", "default");
        ProxiedSite.await("the gate", run, () -> run.err().contains("waiting for jet-fanout app"));
        String guid = ProxiedSite.guid(site);
        String pid = Long.toString(run.handle().pid());

        Program.Ended status = ask("status", guid);
        assertThat(status.exit()).as("%s", status).isZero();
        assertThat(status.out()).contains("waiting for jet-fanout approve " + guid);
        assertThat(state(ask("status", guid, "--json").out()))
                .isEqualTo(state(site.command("status", guid, "--json").out()));
        assertThat(ask("runs").out()).contains(guid).contains("running").contains(" at ");
        Program.Ended paused = ask("pause", guid);
        assertThat(paused.exit()).as("%s", paused).isZero();
        assertThat(said(paused)).singleElement().asString().contains("will wait before wave 2");
        same("pause", guid);
        Program.Ended approved = ask("approve", guid);
        assertThat(approved.exit()).as("%s", approved).isZero();
        assertThat(said(approved))
                .containsExactly(
                        "jet-fanout: approved wave 2 of run %s; process %s continues it"
                                .formatted(guid, pid));
        Program.Ended continued = ask("continue", guid);
        assertThat(continued.exit()).as("%s", continued).isZero();
        assertThat(said(continued)).singleElement().asString().contains("does not pause");
        ProxiedSite.await(
                "the next gate",
                run,
                () -> run.err().contains("before wave 3, waiting for jet-fanout approve"));
        assertThat(ask("approve", guid.substring(0, 8)).exit()).isZero();
        Program.Ended ended = run.end();
        assertThat(ended.exit()).as("%s", ended).isEqualTo(2);

        same("status", guid);
        same("status", guid, "--json");
        same("logs", guid);
        same("logs", guid, "--json");
        same("logs", guid, "--host", "h01");
        same("logs", guid, "--failed", "--follow");
        same("logs", guid, "--worker", "w2", "--grep", "=> [a-z]");
        same("logs", guid, "--worker", "w9");
        for (String command : List.of("pause", "continue", "approve", "cancel")) {
            same(command, guid);
        }
        // goes on in the background, if at all
        Program.Ended resumed = ask("resume", guid, "--sink", "stdout");
        assertThat(resumed.exit()).as("%s", resumed).isEqualTo(64);
        assertThat(resumed.complaints())
                .singleElement()
                .asString()
                .contains("leave out --sink", "run the command there");
        Program.Ended shipped = ask("logs", guid, "--ship");
        assertThat(shipped.exit()).as("%s", shipped).isEqualTo(64);
        hand.signal("TERM");
        assertThat(hand.end().exit()).isZero();
    }

    /** Somebody else resumes it; who follows it sees no line twice, and none is missing. */
    @Test
    void aRunThatWasLeftIsResumed() throws Exception {
        Program run = heldRun();
        String guid = ProxiedSite.guid(site);
        Program hand = hand(site, "beside");
        Program follow = follow(guid);
        String pid = Long.toString(follow.handle().pid());
        // it waits 30 s for the next owner, who may take longer to start
        Programs.ok("kill", "-STOP", pid);
        ProxiedSite.kill(run);
        Program.Ended resumed = ask("resume", guid);
        assertThat(resumed.exit()).as("%s", resumed).isZero();
        Path owner = ProxiedSite.record(site).resolve("owner");
        String before = Long.toString(run.handle().pid());
        Waiting.until("the next owner", () -> !Counting.linesOf(owner).contains(before));
        Programs.ok("kill", "-CONT", pid);
        assertThat(said(resumed))
                .containsExactly(
                        "jet-fanout: the run continues in the background. To see its status:"
                                + " jet-fanout status "
                                + guid);
        counting.letGo(guid);
        Program.Ended followed = follow.end();
        assertThat(followed.exit()).as("%s", followed).isZero();
        assertThat(followed.out()).isEqualTo(site.command("logs", guid).out());
        assertThat(counting.wrong(ProxiedSite.record(site), 2)).isEmpty();
        hand.signal("TERM");
        hand.end();
    }

    /** The next owner is done before anybody has looked for it. */
    @Test
    void aRunIsResumedAndEndsUnseen() throws Exception {
        Program run = heldRun();
        String guid = ProxiedSite.guid(site);
        hand(site, "beside");
        Program follow = follow(guid);
        String pid = Long.toString(follow.handle().pid());
        Programs.ok("kill", "-STOP", pid);
        ProxiedSite.kill(run);
        counting.letGo(guid);
        Program.Ended resumed = site.command("resume", guid);
        assertThat(resumed.exit()).as("%s", resumed).isZero();
        Programs.ok("kill", "-CONT", pid);
        Program.Ended followed = follow.end();
        assertThat(followed.exit()).as("%s", followed).isZero();
        assertThat(followed.out()).isEqualTo(site.command("logs", guid).out());
    }

    /** Another machine takes it over: lines and status come from there. */
    @Test
    void whoFollowsGoesOnAfterATakeOver() throws Exception {
        Program run = heldRun();
        String guid = ProxiedSite.guid(site);
        Site other = site(Files.createTempDirectory(folder, "other"));
        Program heir = hand(other, "heir", "--take-over=default");
        Program follow = start("logs", guid, "--follow");
        Program json = start("logs", guid, "--follow", "--json", "--worker", "w1");
        Program watch = start("status", guid, "--watch", "--json");
        Program local = site.startCommand("logs", guid, "-f", "--broker-config", "broker.yml");
        for (Program one : List.of(follow, json, watch, local)) {
            ProxiedSite.await("something comes", one, () -> !one.out().isEmpty());
        }
        ProxiedSite.kill(run);
        Waiting.until("it is taken over", () -> heir.err().contains("takes it over (term "));
        Waiting.until("its record", () -> ProxiedSite.outputBytes(other) > 0);
        same(other, guid);
        counting.letGo(guid);
        // it was followed elsewhere, and on the machine of the first record
        for (Program one : List.of(follow, local)) {
            Program.Ended ended = one.end();
            assertThat(ended.exit()).as("%s", ended).isZero();
            assertThat(texts(ended)).isEqualTo(texts(other.command("logs", guid)));
            assertThat(ended.err()).containsPattern("run " + guid + " (goes on|is) at instance ");
        }
        assertThat(json.end().lines())
                .hasSameSizeAs(other.command("logs", guid, "--json", "--worker", "w1").lines());
        Program.Ended watched = watch.end();
        assertThat(watched.exit()).as("%s", watched).isZero();
        assertThat(state(watched.lines().get(watched.lines().size() - 1)))
                .isEqualTo(state(other.command("status", guid, "--json").out()));
        heir.signal("TERM");
        heir.end();
    }

    private void same(Site other, String guid) throws IOException {
        Program.Ended used = ask("resume", guid, "--take-over");
        assertThat(used.exit()).as("%s", used).isEqualTo(78);
        assertThat(said(used))
                .singleElement()
                .asString()
                .contains("run " + guid + " is in use by process ");
        assertThat(said(site.command("resume", guid, "--broker-config", "broker.yml")))
                .isEqualTo(said(used));
        assertThat(other.command("status", guid).exit()).isZero();
    }

    /** The lines without the times at which they came, in the order of each worker. */
    private static List<String> texts(Program.Ended logs) {
        return logs.lines().stream()
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .sorted(
                        java.util.Comparator.comparing(
                                line -> line.substring(0, line.indexOf(':'))))
                .toList();
    }

    /** An instance of another version is named; nobody waits for it. */
    @Test
    void anInstanceOfAnotherVersionIsNamed() throws Exception {
        try (Link later =
                OtherVersion.hand(
                        broker.url(), folder.resolve("shared.key"), "later", Set.of("eu"))) {
            assertThat(later.presence()).isNotNull();
            String words =
                    "instance later cannot be asked: it speaks version %d of the protocol, this one %d"
                            .formatted(Link.VERSION + 1, Link.VERSION);
            for (String command : List.of("status", "logs", "cancel", "approve", "resume")) {
                Program.Ended ended = ask(command, "0000");
                assertThat(ended.exit()).as("%s", ended).isEqualTo(4);
                assertThat(ended.complaints())
                        .containsExactly(
                                "jet-fanout: no instance that answers has run '0000', and "
                                        + words);
            }
            Program.Ended listed = ask("runs");
            assertThat(listed.exit()).as("%s", listed).isEqualTo(4);
            assertThat(listed.complaints()).containsExactly("jet-fanout: " + words);
            assertThat(ask("instances").out()).contains("later ");
        }
    }
}
