package org.jetfanout.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Programs;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The released Artemis as docs/many.md sets it up: a pair, TLS, and a login for each role. */
@Order(1) // takes long: begins first
class PairIT {
    private static final int WORKERS = 3;

    @RegisterExtension static final Fleet fleet = Fleet.start(146, WORKERS);

    @TempDir private Path folder;

    /** The primary is killed in the middle of a run of which two hands hold the connections. */
    @Test
    void theBackupTakesOver() throws IOException {
        try (ArtemisPair pair = ArtemisPair.start(folder.resolve("pair"));
                Instances instances =
                        new Instances(fleet, folder, Counting.held(fleet, Instances.LINES))) {
            instances.hand("one", pair.config("hand"), "--threads", "2");
            Instances.Instance two = instances.hand("two", pair.config("hand"));
            Instances.Instance owner = instances.run(pair.config("owner"), "--no-local");
            instances.held(owner);
            pair.killPrimary();
            ProxiedSite.await(
                    "the backup serves", owner.program(), () -> pair.backupSays("AMQ221010"));
            two.kill();
            instances.letGo();
            instances.wholeAndOnce(owner);
        }
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
