package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.impl.ActiveMQServerImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Runs beside each other, and runs whose queue is a broker of the user's own. */
class TogetherIT {
    @RegisterExtension static final Fleet fleet = Fleet.start(70, 2);

    @TempDir private Path folder;

    @Test
    void runsAtTheSameTimeDoNotMix() throws IOException {
        List<Program> running = new ArrayList<>();
        for (int n = 0; n < 4; n++) {
            Path own = Files.createDirectory(folder.resolve("user" + n));
            Site site = new Site(fleet, own);
            site.playbook(
                    """
                    - name: one
                      groups: [ web ]
                      tasks:
                        - !echo
                          msg: "this is run number %d"
                        - !shell
                          cmd: uptime
                    """
                            .formatted(n));
            running.add(site.start());
        }
        for (int n = 0; n < running.size(); n++) {
            String number = "this is run number " + n;
            Program.Ended run = running.get(n).end();
            assertThat(run.exit()).as("%s", run).isZero();
            assertThat(run.lines()).allMatch(line -> line.startsWith(run.guid()));
            assertThat(run.lines().stream().filter(line -> line.contains("this is run number")))
                    .hasSize(12)
                    .allMatch(line -> line.endsWith(number));
            assertThat(run.outcomes()).hasSize(12).doesNotContainValue("unfinished");
            assertThat(fleet.starts(run.guid())).hasSize(2);
        }
    }

    @Test
    void oneUsersRunsAtTheSameTime() throws IOException {
        Site site = new Site(fleet, folder);
        List<Program> running = List.of(site.start(), site.start());
        for (Program program : running) {
            Program.Ended run = program.end();
            assertThat(run.exit()).as("%s", run).isZero();
            assertThat(run.outcomes()).hasSize(12);
        }
        assertThat(site.command("runs").lines()).hasSize(2);
    }

    @Test
    void aBrokerOfTheUsersOwn() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Configuration configuration = new ConfigurationImpl();
        configuration.setPersistenceEnabled(false);
        configuration.setJournalType(JournalType.NIO);
        configuration.setSecurityEnabled(false);
        configuration.setJMXManagementEnabled(false);
        String url = "tcp://127.0.0.1:" + port;
        configuration.addAcceptorConfiguration("tcp", url);
        ActiveMQServerImpl broker = new ActiveMQServerImpl(configuration);
        broker.start();
        try {
            Program.Ended run = new Site(fleet, folder).run("--broker", url);
            assertThat(run.exit()).as("%s", run).isZero();
            assertThat(run.outcomes()).hasSize(12);
            assertThat(fleet.starts(run.guid())).hasSize(2);
            assertThat(broker.getTotalMessagesAdded()).isGreaterThanOrEqualTo(2);
            assertThat(broker.getTotalMessageCount()).isZero();
            assertThat(run.record("queue")).doesNotExist();
        } finally {
            broker.stop();
        }
    }
}
