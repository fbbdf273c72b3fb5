package org.jetfanout.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Site;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Forty workers behind one sshd that takes no more logins at a time than sshd does by default,
 * while others have begun logins there and do not go on.
 */
class BurstIT {
    private static final int WORKERS = 40;

    /** Of which sshd drops some at once; with what is left it drops every other login. */
    private static final int OTHERS = 50;

    @RegisterExtension
    static final Fleet fleet = Fleet.start(134, WORKERS, List.of("MaxStartups 10:30:100"));

    @Test
    void loginsThatSshdDropsAreTriedAgain(@TempDir Path folder) throws IOException {
        Counting counting = new Counting(fleet, 1);
        Site site =
                new Site(fleet, folder)
                        .group("web", Site.hosts(2 * WORKERS))
                        .setting("jetp", counting.runner().toString());
        List<Socket> others = new ArrayList<>();
        for (int n = 0; n < OTHERS; n++) {
            others.add(new Socket(fleet.worker(1), fleet.port()));
        }
        Program.Ended ended = site.run("--threads", Integer.toString(WORKERS));
        for (Socket other : others) {
            other.close();
        }
        assertThat(ended.exit()).as("%s", ended).isZero();
        assertThat(ended.outcomes()).hasSize(2 * WORKERS);
        assertThat(counting.wrong(ended.record(""), WORKERS)).isEmpty();
        assertThat(fleet.server().log()).contains("past MaxStartups");
    }
}
