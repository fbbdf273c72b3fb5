package org.jetfanout.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.jetfanout.JetHeaders;
import org.jetfanout.run.CheckedRequest;
import org.jetfanout.run.camel.RouteBed;
import org.jetfanout.runner.jetp.Jetp;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.ssh.LocalCommand;
import org.jetfanout.ssh.SshSettings;
import org.jetfanout.testkit.PreparedSite;
import org.jetfanout.testkit.TestUser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The packaged check route; in place of SSH the question is put to a shell of this machine. */
class CheckRouteTest {
    private Path folder;

    @BeforeEach
    void makeFolder() throws Exception {
        // where the test user may look
        folder = Files.createTempDirectory(Path.of("/tmp"), "jfcheck");
        TestUser.own(folder);
    }

    @AfterEach
    void removeFolder() throws Exception {
        new ProcessBuilder("rm", "-rf", folder.toString()).start().waitFor();
    }

    @Test
    void eachWorkerHasAnAnswerInOrder() throws Exception {
        CheckedRequest prepared = PreparedSite.write(folder, "/bin/sh");
        List<Worker> workers = prepared.workerGroups().workers("wk");
        try (CheckSteps steps =
                        new CheckSteps(
                                new Jetp(),
                                prepared.workers(),
                                prepared.requireAgent(SshSettings.ofUser()),
                                2);
                RouteBed routes = new RouteBed(steps.beans(), Map.of(), List.of("check"))) {
            routes.replace("check", "ssh:worker*", this::answer).start();
            List<?> checks = routes.send("direct:check", workers).getMessage().getBody(List.class);
            assertThat(checks).hasSize(2);
            WorkerCheck here = (WorkerCheck) checks.get(0);
            WorkerCheck away = (WorkerCheck) checks.get(1);
            assertThat(here.worker().name()).isEqualTo("w1");
            assertThat(here.text()).doesNotContain("unreachable", "no answer");
            assertThat(away.worker().name()).isEqualTo("w2");
            assertThat(away.text()).contains("nobody there");
        }
    }

    private void answer(Exchange exchange) throws Exception {
        if (exchange.getMessage().getHeader(JetHeaders.WORKER).equals("w2")) {
            throw new IOException("nobody there");
        }
        exchange.getMessage()
                .setBody(
                        LocalCommand.start(
                                TestUser.atLogin(
                                        exchange.getMessage().getBody(String.class), folder),
                                Optional.empty(),
                                Optional.empty()));
    }
}
