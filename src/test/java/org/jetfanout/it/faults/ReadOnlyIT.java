package org.jetfanout.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.OpenSshServer;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Site;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** File systems that turn read-only in the middle of a run. */
@Tag("long")
@Tag("mounts")
class ReadOnlyIT {
    private static final int LINES = 1500;

    @RegisterExtension static final Fleet fleet = Fleet.start(178, 1);
    private static Counting counting;

    @TempDir private Path folder;

    @BeforeAll
    static void makeRunner() throws IOException {
        counting = Counting.held(fleet, LINES);
    }

    @AfterEach
    void removeMountPoint() {
        fleet.forgetJobs();
    }

    private Site site() throws IOException {
        return new Site(fleet, folder).setting("jetp", counting.runner().toString());
    }

    @Test
    void thatOfTheControlMachine() throws IOException {
        Site site = site();
        Path image = folder.resolve("disk");
        try (FailingDisk disk = FailingDisk.mount(image, site.file("home/state"))) {
            Program run = site.start();
            ProxiedSite.hasOutput(site, run);
            disk.sync();
            disk.fail();
            counting.letGo(ProxiedSite.guid(site));
            Program.Ended ended = run.end();
            assertThat(ended.exit()).as("%s", ended).isEqualTo(1);
            assertThat(ended.complaints()).as("%s", ended).hasSize(1);
            assertThat(ended.complaints().get(0))
                    .contains("Read-only file system", "jet-fanout resume " + ended.guid());
            assertThat(ended.err()).doesNotContain("\tat ", "internal error");

            disk.repair();
            Program.Ended resumed = site.command("resume", ended.guid());
            assertThat(resumed.exit()).as("%s", resumed).isZero();
            assertThat(resumed.outcomes()).hasSize(12);
            assertThat(counting.wrong(ended.record(""), 1)).isEmpty();
        }
    }

    @Test
    void thatOfTheWorker() throws IOException {
        Site site = site();
        Path jobs = fleet.home(1).resolve(".jet-fanout");
        try (FailingDisk disk = FailingDisk.mount(folder.resolve("disk"), jobs)) {
            Programs.ok("chown", OpenSshServer.loginUser(), jobs.toString());
            Program run = site.start();
            ProxiedSite.hasOutput(site, run);
            disk.fail();
            counting.letGo(ProxiedSite.guid(site));
            Program.Ended ended = run.end();
            assertThat(ended.exit()).as("%s", ended).isEqualTo(4);
            assertThat(ended.err())
                    .contains("the worker's disk became read-only")
                    .doesNotContain("\tat ");
            assertThat(ended.outcomes()).hasSize(12);
            assertThat(ended.outcomes().values()).containsOnly("unfinished");
            assertThat(counting.starts(ended.guid()).values()).containsExactly(List.of(1));
            String batch = ended.records("results.ndjson").get(0).path("batch").asText();
            Path job = fleet.job(1, ended.guid(), batch);
            assertThat(ended.record("output/" + batch + ".log"))
                    .hasSameBinaryContentAs(job.resolve("output.log"));
            assertThat(ended.record("output/" + batch + ".events.ndjson"))
                    .hasSameBinaryContentAs(job.resolve("events.log"));

            // the next run is refused
            Program.Ended next = site.run();
            assertThat(next.exit()).as("%s", next).isEqualTo(4);
            assertThat(next.err()).contains("cannot create");
        }
        // what is left is the folder that was mounted upon
        fleet.forgetJobs();
        Program.Ended again = site.setting("jetp", fleet.jetp().toString()).run();
        assertThat(again.exit()).as("%s", again).isZero();
    }
}
