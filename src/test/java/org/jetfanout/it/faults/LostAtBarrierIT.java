package org.jetfanout.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Proxy;
import org.jetfanout.testkit.Site;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A worker is lost while another one waits for it before a play: its hosts count as failed, and
 * nobody waits for ever.
 */
class LostAtBarrierIT {
    @RegisterExtension static final Fleet fleet = Fleet.start(214, 2);

    private static final String TWO_PLAYS =
            """
            - name: first
              groups: [ db ]
              tasks:
                - !shell { name: migrate, cmd: uptime }
            - name: second
              groups: [ web ]
              tasks:
                - !shell { name: restart, cmd: uptime }
            """;

    @TempDir private Path folder;
    private ProxiedSite proxied;
    private Site site;

    @BeforeEach
    void makeSite() throws IOException {
        proxied = new ProxiedSite(fleet, folder, 2);
        site = proxied.site();
        site.setting("reconnect_timeout", "2s");
        site.playbook(TWO_PLAYS);
        // h01 and h03 belong to the first worker
        site.group("web", Site.hosts(4));
        site.behave("h01", "slow:120");
    }

    @AfterEach
    void close() throws IOException {
        proxied.close();
    }

    /** Its job goes on until somebody ends it, who looks at the batches that have ended too. */
    @Test
    void aLostWorkerHoldsTheOthersNoLonger() throws IOException {
        site.group("db", List.of("h01", "h02"));
        Program.Ended run = lost();
        assertThat(run.outcomes())
                .containsOnly(
                        Map.entry("h01", "unfinished"),
                        Map.entry("h02", "changed"),
                        Map.entry("h03", "unfinished"),
                        Map.entry("h04", "changed"));
        cancelled(run);
    }

    @Test
    void aPlayOfWhichAllHostsAreLostIsTheLast() throws IOException {
        site.group("db", List.of("h01"));
        Program.Ended run = lost();
        assertThat(run.outcomes())
                .containsOnly(
                        Map.entry("h01", "unfinished"),
                        Map.entry("h02", "not_started"),
                        Map.entry("h03", "unfinished"),
                        Map.entry("h04", "not_started"));
        assertThat(run.err()).contains("all hosts of play 'first' failed");
        cancelled(run);
    }

    /** A run that loses the first worker once the second one waits. */
    private Program.Ended lost() throws IOException {
        Program run = site.start();
        ProxiedSite.await(
                "the first worker has begun, and the second one waits",
                run,
                () -> run.out().contains("h01 => running") && waits());
        proxied.proxy(1).welcome(Proxy.Welcome.RESET);
        proxied.proxy(1).reset();
        Program.Ended ended = run.end();
        assertThat(ended.exit()).as("%s", ended).isEqualTo(4);
        assertThat(ended.err()).contains("no connection for");
        return ended;
    }

    private void cancelled(Program.Ended run) throws IOException {
        proxied.proxy(1).welcome(Proxy.Welcome.FORWARD);
        Program.Ended cancelled = site.command("cancel", run.guid());
        assertThat(cancelled.exit()).as("%s", cancelled).isEqualTo(130);
    }

    private boolean waits() {
        try {
            Path states = proxied.record().resolve("states.ndjson");
            return Files.exists(states)
                    && Files.readString(states).contains("waiting for other workers");
        } catch (IOException e) {
            return false;
        }
    }
}
