package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.impl.ActiveMQServerImpl;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.FreePort;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Site;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Runs beside each other, and runs whose queue is a broker of the user's own. */
class TogetherIT {
    @RegisterExtension static final Fleet fleet = Fleet.start(70, 2);

    @TempDir private Path folder;

    /** The runner goes on when all runs have a job on its worker: so none waits for another. */
    @Test
    void twentyRunsAtTheSameTimeDoNotMix() throws Exception {
        int runs = 20;
        Path runner =
                fleet.program(
                        "together-jetp",
                        """
                        #!/bin/sh
                        : >"$HOME/here.$JET_FANOUT_GUID"
                        until set -- "$HOME"/here.* && [ $# -ge RUNS ]; do sleep 0.2; done
                        while read -r dash host; do
                        	[ "$dash" = - ] || continue
                        	host=${host#\\"} host=${host%\\"}
                        	echo "$JET_FANOUT_GUID did $host"
                        	printf '{"event":"TASK_STATUS","task":"%s","task_status":"IsExecuted","host":"%s"}\\n' \\
                        		"$JET_FANOUT_GUID" "$host" >&3
                        done <inventory/groups/web 3>>"$JET_LOG"
                        printf '{"event":"SUMMARY","guid":"%s"}\\n' "$JET_FANOUT_GUID" >>"$JET_LOG"
                        """
                                .replace("RUNS", Integer.toString(runs)));
        List<Program> running = new ArrayList<>();
        for (int n = 0; n < runs; n++) {
            Site site = new Site(fleet, Files.createDirectory(folder.resolve("user" + n)));
            running.add(site.setting("jetp", runner.toString()).start());
        }
        for (Program program : running) {
            // twenty JVMs may take their time to start
            Program.Ended run = program.end(Duration.ofMinutes(20));
            assertThat(run.exit()).as("%s", run).isZero();
            assertThat(run.outcomes()).hasSize(12);
            assertThat(run.outcomes().values()).containsOnly("changed");
            assertThat(run.lines()).allMatch(line -> line.startsWith(run.guid()));
            List<String> lines = new ArrayList<>();
            List<String> events = new ArrayList<>();
            for (JsonNode batch : run.records("batches.ndjson")) {
                String output = "output/" + batch.path("batch").asText();
                lines.addAll(Files.readAllLines(run.record(output + ".log")));
                events.addAll(Files.readAllLines(run.record(output + ".events.ndjson")));
            }
            assertThat(lines)
                    .containsExactlyInAnyOrderElementsOf(
                            Site.hosts(12).stream()
                                    .map(host -> run.guid() + " did " + host)
                                    .toList());
            // a result for each host, a summary for each batch
            assertThat(events).hasSize(14).allMatch(line -> line.contains(run.guid()));
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
        int port = FreePort.next();
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
