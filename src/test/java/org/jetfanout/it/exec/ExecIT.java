package org.jetfanout.it.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.HostSite;
import org.jetfanout.testkit.Program;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Commands on hosts through workers: what each host says, and its result. */
class ExecIT {
    @RegisterExtension static final Fleet fleet = Fleet.start(228, 2);

    @TempDir private Path folder;
    private HostSite site;

    @BeforeEach
    void makeSite() throws IOException {
        site = new HostSite(fleet, folder, 6);
    }

    private static void ended(Program.Ended run, int exit) {
        assertThat(run.exit()).as("%s", run).isEqualTo(exit);
        assertThat(run.err()).as("%s", run).doesNotContain("\tat ", "Exception");
    }

    private static Map<String, String> reasons(Program.Ended run) throws IOException {
        Map<String, String> reasons = new TreeMap<>();
        run.records("results.ndjson")
                .forEach(
                        line ->
                                reasons.put(
                                        line.path("host").asText(),
                                        line.path("outcome").asText()
                                                + " "
                                                + line.path("reason").asText()));
        return reasons;
    }

    @Test
    void eachHostSaysItsLinesAndHasAResult() throws IOException {
        Program.Ended run = site.run("exec", "--", "echo $SSH_CONNECTION; echo 'two  words' >&2");
        ended(run, 0);
        assertThat(run.outcomes()).hasSize(6).containsEntry("h001", "ok");
        assertThat(run.out()).contains("h001: two  words", "h006: two  words");
    }
}
