package org.jetfanout.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of docs/many.md, as they stand there, on an owner and two hands, with broker.yml and
 * workers.yml of the page; the shared key is replaced while runs go on. {@link PairIT} runs those
 * for the broker, ThirdTierIT those for a gateway.
 */
@Order(1) // takes long: begins first
class ManyPageIT {
    private static final Path PAGE = Path.of("docs/many.md");
    private static final int WORKERS = 2;
    private static final int LINES = 200;

    /** What a test adds to the page: it need not wait as long as people should. */
    private static final String SHORT_DRAIN = "1s";

    private static final String EU = "hand --broker-config broker.yml --zones eu";
    private static final String US = "hand --broker-config broker.yml --zones us --take-over=eu,us";
    private static final String RUN =
            "-p site.yml -i inventory --worker-config workers.yml --broker-config broker.yml"
                    + " --no-local";
    private static final String INSTANCES = "instances --broker-config broker.yml";

    @RegisterExtension static final Fleet fleet = Fleet.start(198, WORKERS);

    @TempDir private Path folder;
    private Counting counting;
    private Site site;
    private final Map<String, Program> hands = new HashMap<>();

    @Test
    void eachCommandWorksAndTheKeyIsReplaced() throws Exception {
        Programs.ok("chmod", "755", folder.toString());
        counting = Counting.held(fleet, LINES);
        site = site();
        try (BrokerProcess broker = BrokerProcess.start(folder.resolve("broker"))) {
            makeKey("shared.key", "hand --make-key shared.key");
            for (String name : List.of("owner", "eu", "us")) {
                brokerYml(name, broker.url());
            }
            hand("eu", EU);
            hand("us", US);

            Program before = begin();
            makeKey("new.key", "hand --make-key new.key");
            everywhere("cat new.key >>shared.key");
            List<String> both = keys();
            assertThat(both).hasSize(2).doesNotHaveDuplicates();
            restartHands();
            end(before);

            Program between = begin();
            everywhere("sed -i '1h;1d;$G' shared.key");
            assertThat(keys()).containsExactly(both.get(1), both.get(0));
            restartHands();
            end(between);

            Program after = begin();
            everywhere("cat new.key >shared.key && rm new.key");
            assertThat(keys()).containsExactly(both.get(1));
            restartHands();
            // it listens for some seconds
            Waiting.until(
                    "all are listed",
                    () -> {
                        Program.Ended listed = program("owner", words(INSTANCES)).end();
                        return listed.lines().stream().anyMatch(line -> line.startsWith("eu "))
                                && listed.lines().stream().anyMatch(line -> line.startsWith("us "))
                                && listed.out().contains(guid(after));
                    });
            ProxiedSite.kill(after);
            endElsewhere(guid(after));
        } finally {
            hands.values().forEach(hand -> hand.handle().destroyForcibly());
        }
    }

    /** Nothing on the page that is run nowhere. */
    @Test
    void thePageHasTheseCommands() throws IOException {
        assertThat(
                        Files.readAllLines(PAGE).stream()
                                .filter(line -> line.matches(" {4,7}(jet-fanout|cat|sed) [^ ].*"))
                                .map(String::strip))
                .containsExactly(
                        "cat key.pem ca.pem >tls.pem", // PairIT runs it
                        "jet-fanout hand --make-key shared.key",
                        "jet-fanout hand --make-key new.key",
                        "cat new.key >>shared.key",
                        "sed -i '1h;1d;$G' shared.key",
                        "cat new.key >shared.key && rm new.key",
                        "jet-fanout " + EU,
                        "jet-fanout " + INSTANCES,
                        "jet-fanout " + RUN,
                        "jet-fanout " + US);
    }

    /** A worker in each of the two zones, by the worker map of the page. */
    private Site site() throws IOException {
        Site made = new Site(fleet, Files.createDirectories(directory("owner")));
        made.group("europe", List.of("h01", "h02", "h03"));
        made.group("america", List.of("h04", "h05"));
        made.group("eu_workers", List.of("w1"));
        made.group("us_workers", List.of("w2"));
        made.playbook(Files.readString(made.file("pb/site.yml")).replace("web", "europe, america"));
        made.setting("jetp", counting.runner().toString());
        made.setting("map", "[]");
        made.writeSettings();
        String settings = Files.readString(made.file("workers.yml"));
        made.write(
                "workers.yml",
                block("    workers:") + settings.replaceAll("(?m)^(workers:|  map:.*)\n", ""));
        Files.createSymbolicLink(made.file("site.yml"), made.file("pb/site.yml"));
        Files.createSymbolicLink(made.file("inventory"), made.file("inv"));
        for (String name : List.of("eu", "us")) {
            Path ssh = Files.createDirectories(home(name, made).resolve(".ssh"));
            copy(made.file("home/.ssh/known_hosts"), ssh.resolve("known_hosts"));
        }
        return made;
    }

    /** The first block of the page that begins with this line. */
    private static String block(String first) throws IOException {
        List<String> lines = Files.readAllLines(PAGE);
        return String.join(
                        "\n",
                        lines.subList(lines.indexOf(first), lines.size()).stream()
                                .takeWhile(line -> line.startsWith("    "))
                                .map(line -> line.substring(4))
                                .toList())
                + "\n";
    }

    /** The file of the page, without the pair's address, TLS and login: PairIT has them. */
    private void brokerYml(String name, String url) throws IOException {
        String page =
                block("    broker:")
                        .replace("(tcp://queue-1:61616,tcp://queue-2:61616)", url)
                        .replaceAll("(?m)^  (user|password|ca): .*\n", "");
        assertThat(page).contains("shared_key: shared.key", url);
        Path file = Files.writeString(directory(name).resolve("broker.yml"), page);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    /** Makes a key on one machine, and copies it to every instance. */
    private void makeKey(String file, String command) throws IOException {
        Program.Ended made = program("owner", words(command)).end();
        assertThat(made.exit()).as("%s", made).isZero();
        for (String name : List.of("eu", "us")) {
            copy(site.file(file), directory(name).resolve(file));
        }
    }

    private List<String> keys() throws IOException {
        return Files.readAllLines(site.file("shared.key"));
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
    }

    private Path directory(String name) {
        return folder.resolve(name);
    }

    private Path home(String name, Site of) {
        return name.equals("owner") ? of.file("home") : directory(name).resolve("home");
    }

    /** The words of a command of the page. */
    private static List<String> words(String command) throws IOException {
        assertThat(Files.readString(PAGE)).contains("\n    jet-fanout " + command + "\n");
        return List.of(command.split(" ", -1));
    }

    private Program program(String name, List<String> words) throws IOException {
        return Program.start(home(name, site), directory(name), fleet.agent().environment(), words);
    }

    private void hand(String name, String command) throws IOException {
        List<String> words = new ArrayList<>(words(command));
        words.addAll(List.of("--name", name, "--drain", SHORT_DRAIN));
        Program hand = program(name, words);
        hands.put(name, hand);
        ProxiedSite.await(name + " is ready", hand, () -> hand.out().contains("is ready"));
    }

    /** One after the other. */
    private void restartHands() throws IOException {
        for (Map.Entry<String, String> hand : Map.of("eu", EU, "us", US).entrySet()) {
            Program running = hands.get(hand.getKey());
            running.signal("TERM");
            Program.Ended ended = running.end();
            assertThat(ended.exit()).as("%s", ended).isZero();
            hand(hand.getKey(), hand.getValue());
        }
    }

    private void everywhere(String command) throws IOException {
        assertThat(Files.readString(PAGE)).contains("\n       " + command + "\n");
        for (String name : List.of("owner", "eu", "us")) {
            Programs.ok("sh", "-ec", "cd '" + directory(name) + "'; " + command);
        }
    }

    /** Starts a run, and waits until all of its jobs are in their middle. */
    private Program begin() throws IOException {
        Program run = program("owner", words(RUN));
        ProxiedSite.await("the run begins", run, () -> run.out().contains("\n"));
        Path output = runs("owner").resolve(guid(run)).resolve("output");
        ProxiedSite.await("the middle of all jobs", run, () -> inTheMiddle(output) == WORKERS);
        return run;
    }

    private static long inTheMiddle(Path output) {
        return Counting.list(output).stream()
                .filter(name -> name.endsWith(".log"))
                .filter(name -> Counting.linesOf(output.resolve(name)).size() >= LINES / 2)
                .count();
    }

    private Path runs(String name) {
        return home(name, site).resolve("state/jet-fanout/runs");
    }

    private static String guid(Program run) {
        return run.out().lines().findFirst().orElseThrow();
    }

    private void end(Program run) throws IOException {
        counting.letGo(guid(run));
        Program.Ended ended = run.end();
        assertThat(ended.exit()).as("%s", ended).isZero();
        assertThat(counting.wrong(runs("owner").resolve(ended.guid()), WORKERS)).isEmpty();
    }

    /** The owner has died: the hand that takes runs over goes on with it. */
    private void endElsewhere(String guid) throws IOException {
        Path record = runs("us").resolve(guid);
        ProxiedSite.await(
                "another has the run",
                hands.get("us"),
                () -> Files.exists(record.resolve("plan.json")));
        counting.letGo(guid);
        Waiting.until("it has ended", () -> Files.exists(record.resolve("summary.json")));
        Waiting.until(
                "its process has ended",
                () -> !Programs.ok("ps", "-eo", "args=").contains("resume " + guid));
        assertThat(counting.wrong(record, WORKERS)).isEmpty();
    }
}
