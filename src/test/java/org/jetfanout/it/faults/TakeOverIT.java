package org.jetfanout.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jetfanout.instance.TakeOver;
import org.jetfanout.link.SharedKey;
import org.jetfanout.run.BrokerRequest;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A run whose owner dies is finished by another machine that knows nothing of it. */
@Order(1) // takes long: begins first
class TakeOverIT {
    private static final int WORKERS = 3;
    private static final int LINES = 600;

    @RegisterExtension static final Fleet fleet = Fleet.start(192, WORKERS);

    @TempDir private Path folder;
    private Counting counting;
    private BrokerProcess broker;
    private Site site;
    private Site other;
    private TakeOver candidate;
    private final List<String> said = new CopyOnWriteArrayList<>();
    private final AtomicReference<Program> resumed = new AtomicReference<>();

    @BeforeEach
    void begin() throws IOException {
        counting = Counting.held(fleet, LINES);
        broker = BrokerProcess.start(folder.resolve("broker"));
        site = site("one").setting("jetp", counting.runner().toString());
        other = site("two");
        SharedKey.make(site.file("key"));
        Files.copy(site.file("key"), other.file("key"), StandardCopyOption.COPY_ATTRIBUTES);
        BrokerRequest request =
                new BrokerRequest(
                        "",
                        Optional.of(other.file("broker.yml")),
                        BrokerRequest.USUAL_PATIENCE,
                        true);
        candidate =
                new TakeOver(
                        LeaseHolder.broker(broker.url(), other.file("key")),
                        request,
                        "two",
                        Set.of(),
                        runs(other),
                        TakeOver.Ends.UNKNOWN,
                        run -> {
                            Program next =
                                    other.startCommand("resume", run.getFileName().toString());
                            resumed.set(next);
                            return next.handle().onExit().thenApply(ended -> 0);
                        },
                        said::add);
        candidate.begin();
    }

    private Site site(String name) throws IOException {
        Site made = new Site(fleet, Files.createDirectory(folder.resolve(name)));
        Programs.ok("chmod", "755", folder.toString());
        made.write("broker.yml", "broker:\n  url: %s\n  shared_key: key\n".formatted(broker.url()));
        Programs.ok("chmod", "600", made.file("broker.yml").toString());
        return made;
    }

    @AfterEach
    void end() {
        candidate.close();
        broker.close();
    }

    private static Path runs(Site site) {
        return site.file("home/state/jet-fanout/runs");
    }

    private Program start(String... more) throws IOException {
        List<String> words = new ArrayList<>(List.of("--broker-config", "broker.yml"));
        words.addAll(List.of(more));
        return site.start(words.toArray(String[]::new));
    }

    private Program takenOver() {
        Waiting.until("another takes the run over", () -> resumed.get() != null);
        return resumed.get();
    }

    private void wholeAndOnce(Program.Ended ended, String guid) throws IOException {
        assertThat(ended.exit()).as("%s", ended).isZero();
        assertThat(counting.wrong(runs(other).resolve(guid), WORKERS)).isEmpty();
        assertThat(said).singleElement().asString().contains("run " + guid + ": its owner ");
    }

    @Test
    void anOwnerThatIsKilled() throws Exception {
        Program run = start("--threads", "2");
        ProxiedSite.hasOutput(site, run);
        String guid = ProxiedSite.guid(site);
        ProxiedSite.kill(run);
        Program next = takenOver();
        counting.letGo(guid);
        wholeAndOnce(next.end(), guid);
        // nothing of it is left in the broker
        try (var leases = LeaseHolder.broker(broker.url(), other.file("key"));
                var session = leases.open()) {
            assertThat(session.announced()).isEmpty();
        }
    }

    /** It is silent for longer than the broker waits for it. */
    @Test
    void anOwnerThatIsStopped() throws Exception {
        Program run = start("--threads", "2");
        ProxiedSite.hasOutput(site, run);
        String guid = ProxiedSite.guid(site);
        Programs.ok("kill", "-STOP", Long.toString(run.handle().pid()));
        Program next = takenOver();
        ProxiedSite.await(
                "the next one has output", next, () -> ProxiedSite.outputBytes(other) > 0);
        Programs.ok("kill", "-CONT", Long.toString(run.handle().pid()));
        Program.Ended replaced = run.end();
        assertThat(replaced.exit()).as("%s", replaced).isEqualTo(75);
        assertThat(replaced.complaints())
                .as("%s", replaced)
                .singleElement()
                .asString()
                .contains("run " + guid + " was taken over by another instance (term ");
        theOldMachineSaysSo(guid);
        counting.letGo(guid);
        wholeAndOnce(next.end(), guid);
        assertThat(site.command("resume", guid).exit()).isEqualTo(75);
        Program.Ended status = other.command("status", guid);
        assertThat(status.out()).as("%s", status).contains("12 hosts").doesNotContain("taken");
    }

    /** What commands on the machine of the first record say while another one has the run. */
    private void theOldMachineSaysSo(String guid) throws IOException {
        String back = "To take it back: jet-fanout resume --take-over " + guid;
        Program.Ended old = site.command("status", guid);
        assertThat(old.exit()).as("%s", old).isZero();
        assertThat(old.lines())
                .as("%s", old)
                .noneMatch(line -> line.startsWith("to continue: "))
                .last()
                .asString()
                .startsWith("another instance has taken the run over (term ")
                .endsWith(
                        "). To see it there: jet-fanout status %s --broker-config %s. %s"
                                .formatted(guid, site.file("broker.yml"), back));
        assertThat(site.command("status", guid, "--json").out())
                .containsPattern("\"takenOver\":[1-9]");
        for (String command : List.of("approve", "pause", "continue", "cancel")) {
            Program.Ended refused = site.command(command, guid);
            assertThat(refused.exit()).as("%s", refused).isEqualTo(75);
            assertThat(refused.complaints())
                    .as("%s", refused)
                    .singleElement()
                    .asString()
                    .contains("run " + guid + " was taken over by another instance (term ");
        }
        // the new owner answers, here as there
        Program.Ended there = site.command("status", guid, "--broker-config", "broker.yml");
        assertThat(there.exit()).as("%s", there).isZero();
        assertThat(there.err()).contains("run " + guid + " is at instance ");
        assertThat(there.lines()).noneMatch(line -> line.contains("taken the run over"));
        assertThat(there.lines().get(0)).isEqualTo(other.command("status", guid).lines().get(0));
    }
}
