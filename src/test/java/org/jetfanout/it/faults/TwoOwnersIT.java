package org.jetfanout.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jetfanout.it.faults.ProxiedSite.await;
import static org.jetfanout.it.faults.ProxiedSite.guid;
import static org.jetfanout.it.faults.ProxiedSite.hasOutput;
import static org.jetfanout.it.faults.ProxiedSite.kill;
import static org.jetfanout.it.faults.ProxiedSite.record;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Site;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Two processes resume copies of one record, as two machines would. */
class TwoOwnersIT {
    private static final int LINES = 2000;

    @RegisterExtension static final Fleet fleet = Fleet.start(244, 2);

    @Test
    void theLaterOneHasTheRunAndTheEarlierOneSaysSo(@TempDir Path folder) throws IOException {
        Counting counting = Counting.held(fleet, LINES);
        try (ProxiedSite proxied = new ProxiedSite(fleet, folder, 2)) {
            Site site = proxied.site().setting("jetp", counting.runner().toString());
            Program run = site.start();
            hasOutput(site, run);
            await("both started", run, () -> counting.starts(guid(site)).size() == 2);
            kill(run);
            String guid = guid(site);
            Path copy = folder.resolve("copy/jet-fanout/runs").resolve(guid);
            Files.createDirectories(copy.getParent());
            Programs.ok("cp", "-a", record(site).toString(), copy.toString());

            int before = accepted(proxied);
            Program first = site.startCommand("resume", guid);
            await("the first one follows", first, () -> accepted(proxied) == before + 2);
            site.environment("XDG_STATE_HOME", folder.resolve("copy").toString());
            Program second = site.startCommand("resume", guid);
            Program.Ended replaced = first.end();
            assertThat(replaced.exit()).as("%s", replaced).isEqualTo(75);
            assertThat(replaced.complaints())
                    .singleElement()
                    .asString()
                    .matches(
                            ".*run "
                                    + guid
                                    + " was taken over by another instance \\(term \\d+\\); follow"
                                    + " it there with: jet-fanout status "
                                    + guid);
            assertThat(record(site).resolve("taken-over")).exists();
            assertThat(record(site).resolve("summary.json")).doesNotExist();

            site.environment("XDG_STATE_HOME", folder.resolve("home/state").toString());
            for (String command : new String[] {"resume", "cancel"}) {
                Program.Ended refused = site.command(command, guid);
                assertThat(refused.exit()).as("%s", refused).isEqualTo(75);
                assertThat(refused.err()).contains("was taken over by another instance");
            }
            counting.letGo(guid);
            Program.Ended ended = second.end();
            assertThat(ended.exit()).as("%s", ended).isZero();
            assertThat(counting.wrong(copy, 2)).isEmpty();
            // each owner connected to each worker, and the first one once more
            assertThat(accepted(proxied) - before).isLessThanOrEqualTo(2 + 2 + 2);

            Program.Ended back = site.command("resume", "--take-over", guid);
            assertThat(back.exit()).as("%s", back).isZero();
            assertThat(counting.wrong(record(site), 2)).isEmpty();
        }
    }

    private static int accepted(ProxiedSite proxied) {
        return proxied.proxy(1).accepted() + proxied.proxy(2).accepted();
    }
}
