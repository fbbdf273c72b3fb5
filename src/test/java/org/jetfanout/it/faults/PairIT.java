package org.jetfanout.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The released Artemis as docs/many.md sets it up: a pair, TLS, and a login for each role. */
@Order(1) // takes long: begins first
class PairIT {
    private static final int WORKERS = 3;
    private static final Path PAGE = Path.of("docs/many.md");
    private static final String HAND = "    jet-fanout hand --broker-config broker.yml --zones eu";

    @RegisterExtension static final Fleet fleet = Fleet.start(146, WORKERS);

    @TempDir private Path folder;

    /** The primary is killed in the middle of a run of which two hands hold the connections. */
    @Test
    void theBackupTakesOver() throws IOException {
        try (ArtemisPair pair = ArtemisPair.start(folder.resolve("pair"));
                Instances instances =
                        new Instances(fleet, folder, Counting.held(fleet, Instances.LINES))) {
            instances.site().setting("zone", "eu");
            instances.hand("one", pair.config("hand"), options(PAGE, HAND));
            Instances.Instance two =
                    instances.hand("two", pair.config("hand"), options(PAGE, HAND));
            Instances.Instance owner =
                    instances.run(pair.config("owner"), options(PAGE, "    jet-fanout -p "));
            instances.held(owner);
            pair.killPrimary();
            ProxiedSite.await(
                    "the backup serves", owner.program(), () -> pair.backupSays("AMQ221010"));
            two.kill();
            instances.letGo();
            instances.wholeAndOnce(owner);
        }
    }

    /**
     * A primary that hangs keeps its lock, so all wait; then it is killed together with the owner.
     * Another instance goes on with the run at the backup.
     */
    @Test
    void thePrimaryHangsAndDiesTogetherWithTheOwner() throws IOException {
        try (ArtemisPair pair = ArtemisPair.start(folder.resolve("pair"));
                Instances instances =
                        new Instances(fleet, folder, Counting.held(fleet, Instances.LINES))) {
            instances.site().setting("zone", "eu");
            instances.hand("one", pair.config("hand"), "--zones", "eu");
            instances.hand("heir", pair.config("owner"), "--zones", "eu", "--take-over");
            Instances.Instance owner = instances.run(pair.config("owner"), "--no-local");
            instances.held(owner);
            pair.stopPrimary();
            Instances.pause(Instances.LONG);
            assertThat(instances.heirs()).isEmpty();
            owner.kill();
            pair.killPrimary();
            Waiting.until("another has the run", () -> instances.heirs().size() == 1);
            instances.letGo();
            instances.wholeAndOnceAt(instances.heirs().get(0));
        }
    }

    /** The options of a line that a user copies, after the file of the broker. */
    private static String[] options(Path file, String line) throws IOException {
        List<String> found =
                Files.readAllLines(file).stream().filter(each -> each.startsWith(line)).toList();
        assertThat(found).as("%s: %s", file, line).hasSize(1);
        return found.get(0).replaceFirst(".* --broker-config \\S+ ", "").split(" ", -1);
    }

    /** A hand may not do what only owners need. */
    @Test
    void aHandStartsNoRun() throws IOException {
        try (ArtemisPair pair = ArtemisPair.start(folder.resolve("pair"));
                Instances instances =
                        new Instances(fleet, folder, Counting.held(fleet, Instances.LINES))) {
            Program.Ended ended = instances.run(pair.config("hand")).program().end();
            assertThat(ended.exit()).as("%s", ended).isNotZero();
            assertThat(ended.err()).contains("jet-fanout: ").doesNotContain("\tat ");
            assertThat(instances.logins()).isZero();
        }
    }

    @Test
    void theFilesOfThePair() throws IOException {
        Path files = Path.of("compose/pair").toAbsolutePath();
        Programs.ok("shellcheck", files.resolve("broker").toString());
        String compose =
                Programs.ok(
                        "docker-compose",
                        "--file",
                        files.resolve("docker-compose.yml").toString(),
                        "config");
        assertThat(compose)
                .contains("/pair/broker\n    - primary", "/pair/broker\n    - backup")
                .contains("image: " + image());
        for (String file : List.of("broker", "broker.xml")) {
            assertThat(compose).contains(files.resolve(file) + ":/pair/" + file + ":ro");
        }
    }

    /** Of docker-compose.yml, which another test holds. */
    private static String image() throws IOException {
        return Files.readAllLines(Path.of("docker-compose.yml")).stream()
                .filter(line -> line.strip().startsWith("image: apache/artemis:"))
                .map(line -> line.strip().substring("image: ".length()))
                .findFirst()
                .orElseThrow();
    }
}
