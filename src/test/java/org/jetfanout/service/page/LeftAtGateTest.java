package org.jetfanout.service.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.jetfanout.service.views.HostState;
import org.jetfanout.service.views.HostsFilter;
import org.jetfanout.service.views.HostsView;
import org.jetfanout.service.views.RunView;
import org.jetfanout.service.views.Views;
import org.jetfanout.status.Runs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that waits for an approval without a process: nothing of it is lost. */
class LeftAtGateTest {
    @Test
    void hostsOfLaterWavesHaveNotBegunAndTheApprovalIsAllThatIsOffered(@TempDir Path folder) {
        String guid;
        try (PageRecords gate = PageRecords.atGate(folder.resolve("runs"))) {
            guid = gate.guid;
        }
        Views views =
                new Views(new Runs(folder.resolve("runs")), List::of, folder.resolve("lines"));
        RunView.Can can = views.run(guid).can();
        assertThat(can.approve()).isEqualTo(2);
        assertThat(can.approveHosts()).isEqualTo(20);
        assertThat(can.resume()).isZero();
        HostsView later =
                views.hosts(guid, new HostsFilter(EnumSet.of(HostState.WAITING), "", "", 100, ""));
        assertThat(later.matched()).isEqualTo(40);
    }
}
