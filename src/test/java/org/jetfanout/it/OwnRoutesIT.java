package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A user's own steps among those of the plan; it names the packaged ones as 0.1 did. */
class OwnRoutesIT {
    private static final String PLAN =
            """
            - route:
                id: plan
                from:
                  uri: direct:plan
                  steps:
                    - split:
                        simple: "${body}"
                        streaming: true
                        aggregationStrategy: batches
                        steps:
                          - process: { ref: workerMap }
                          - choice:
                              when:
                                - simple: "${header.JetHost} == 'h12'"
                                  steps:
                                    - stop: {}
                                - simple: "${header.JetHost} starts with 'h0'"
                                  steps:
                                    - setHeader: { name: JetWorker, constant: w1 }
                          - process: { ref: deal }
                    - process: { ref: plan }
            """;

    @RegisterExtension static final Fleet fleet = Fleet.start(90, 2);

    @TempDir private Path folder;
    private Site site;

    @BeforeEach
    void makeSite() throws IOException {
        site = new Site(fleet, folder);
    }

    @Test
    void hostsGoToAFixedWorkerOrStayOut() throws IOException {
        site.write("routes/plan.camel.yaml", PLAN);
        Program.Ended run = site.run("--routes", site.file("routes").toString());
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(run.outcomes()).hasSize(11).doesNotContainKey("h12");
        JsonNode plan = new ObjectMapper().readTree(run.record("plan.json").toFile());
        assertThat(texts(plan.path("unmatched"))).containsExactly("h12");
        for (JsonNode batch : plan.path("batches")) {
            if (batch.path("worker").asText().equals("w1")) {
                assertThat(texts(batch.path("hosts"))).containsAll(Site.hosts(9));
            }
        }
    }

    private static String packaged(String name) throws IOException {
        return Files.readString(Path.of("routes/" + name + ".camel.yaml"));
    }

    @Test
    void aRouteThatIsBroken() throws IOException {
        site.write(
                "routes/plan.camel.yaml",
                "- route:\n    id: plan\n    from:\n      uri: direct:plan\n      stops: []\n");
        Program.Ended run = site.run("--routes", site.file("routes").toString());
        assertThat(run.exit()).as("%s", run).isEqualTo(78);
        assertThat(run.complaints()).hasSize(1);
        assertThat(run.err()).contains("stops").doesNotContain("\tat ");
    }

    @Test
    void aWorkerThatIsNotInTheGroup() throws IOException {
        site.write("routes/plan.camel.yaml", PLAN.replace("constant: w1", "constant: w9"));
        Program.Ended run = site.run("--routes", site.file("routes").toString());
        assertThat(run.exit()).as("%s", run).isEqualTo(78);
        assertThat(run.complaints()).hasSize(1);
        assertThat(run.err()).contains("w9").doesNotContain("\tat ");
    }

    /** A packaged file with something else in it. */
    private Program.Ended runWith(String file, String... replaced) throws IOException {
        String text = packaged(file);
        for (int i = 0; i < replaced.length; i += 2) {
            assertThat(text).contains(replaced[i]);
            text = text.replace(replaced[i], replaced[i + 1]);
        }
        site.write("routes/" + file + ".camel.yaml", text);
        return site.run("--routes", site.file("routes").toString());
    }

    private static String step(String bean, int indent) {
        return "- process:\n" + " ".repeat(indent + 4) + "ref: " + bean + "\n";
    }

    private static final String FAILS =
            "- throwException: { exceptionType: java.lang.IllegalStateException, message: \"the"
                    + " CMDB is away\" }\n";

    /** Something fails in a step of the user's own, before anything is sent. */
    @ParameterizedTest
    @CsvSource({"plan, plan.deal, 14", "pack, pack.batch, 14", "queue, queue.message, 14"})
    void aStepThatFailsBeforeAnythingIsSent(String file, String bean, int indent)
            throws IOException {
        Program.Ended run =
                runWith(file, step(bean, indent), FAILS + " ".repeat(indent) + step(bean, indent));
        assertThat(run.exit()).as("%s", run).isEqualTo(78);
        assertThat(run.complaints()).hasSize(1);
        assertThat(run.complaints().get(0))
                .contains(file + ".camel.yaml:", "the CMDB is away", "step");
        assertThat(run.err()).doesNotContain("\tat ");
        assertThat(fleet.starts(run.guid())).isEmpty();
    }

    /** What is stored stays stored, the run goes on, one line says it, the exit code shows it. */
    @ParameterizedTest
    @CsvSource({"record.append, 8", "record.result, 8"})
    void aStepThatFailsAfterSomethingWasStored(String bean, int indent) throws IOException {
        Program.Ended run =
                runWith(
                        "record",
                        step(bean, indent),
                        step(bean, indent) + " ".repeat(indent) + FAILS);
        assertThat(run.exit()).as("%s", run).isEqualTo(78);
        assertThat(run.complaints()).as("%s", run).hasSize(1);
        assertThat(run.complaints().get(0))
                .contains("record.camel.yaml:", "the CMDB is away", "route re");
        assertThat(run.err()).doesNotContain("\tat ");
        assertThat(run.record("jet-fanout.log")).content().doesNotContain("\tat ");
        assertThat(run.outcomes()).hasSize(12).doesNotContainValue("unfinished");
        assertThat(site.status(run).path("exitCode").asInt()).isEqualTo(78);
        assertThat(fleet.starts(run.guid())).hasSize(2);
    }

    /** The batch ends with what is known of it; the others go on. */
    @ParameterizedTest
    @CsvSource({
        "record, record.append, 8",
        "record, record.result, 8",
        "dispatch, dispatch.command, 20",
        "dispatch, dispatch.frames, 26"
    })
    void aStepThatFailsBeforeSomethingIsStored(String file, String bean, int indent)
            throws IOException {
        Program.Ended run =
                runWith(file, step(bean, indent), FAILS + " ".repeat(indent) + step(bean, indent));
        assertThat(run.exit()).as("%s", run).isEqualTo(78);
        assertThat(run.err())
                .contains("jet-fanout: ", file + ".camel.yaml:", "the CMDB is away")
                .doesNotContain("\tat ");
        assertThat(run.outcomes()).hasSize(12);
        if (bean.equals("record.result")) {
            assertThat(run.outcomes()).doesNotContainValue("unfinished");
        }
        assertThat(run.record("jet-fanout.log")).content().doesNotContain("\tat ");
    }

    /** Every batch that was taken up ends with a result, or with a line that says why not. */
    @ParameterizedTest
    @CsvSource({
        "record, record.result, 8",
        "dispatch, dispatch.command, 20",
        "dispatch, dispatch.takeUp, 8",
        "queue, queue.message, 14"
    })
    void aRouteThatSwallowsABatch(String file, String bean, int indent) throws IOException {
        Program.Ended run =
                runWith(
                        file,
                        step(bean, indent),
                        "- stop: {}\n" + " ".repeat(indent) + step(bean, indent));
        assertThat(run.exit()).as("%s", run).isEqualTo(78);
        assertThat(run.complaints()).as("%s", run).isNotEmpty();
        assertThat(run.err()).doesNotContain("\tat ");
        if (bean.equals("record.result")) {
            assertThat(run.outcomes()).hasSize(12).doesNotContainValue("unfinished");
        }
    }

    /** Whatever steps before takeUp make of a message, it is about the batch that it came for. */
    @Test
    void aStepThatChangesTheMessage() throws IOException {
        Program.Ended run =
                runWith(
                        "dispatch",
                        step("dispatch.takeUp", 8),
                        "- setBody: { constant: mine }\n        " + step("dispatch.takeUp", 8));
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(run.outcomes()).hasSize(12).doesNotContainValue("unfinished");
    }

    /** Nobody saw why it was refused: its status tells, and no other command misleads. */
    @Test
    void aDetachedRunThatIsRefused() throws IOException {
        site.write("routes/plan.camel.yaml", PLAN.replace("constant: w1", "constant: w9"));
        Program.Ended run = site.run("--detach", "--routes", site.file("routes").toString());
        assertThat(run.exit()).as("%s", run).isZero();
        // the process in the background may take long to start, and status waits 10 s for it
        Waiting.until("it is refused", () -> Files.exists(run.record("summary.json")));
        Program.Ended status = site.command("status", run.guid(), "--watch");
        assertThat(status.out()).as("%s", status).contains("exit code 78", "jet-fanout: ", "w9");
        for (String command : List.of("resume", "rerun")) {
            Program.Ended ended = site.command(command, run.guid());
            assertThat(ended.exit()).as("%s", ended).isEqualTo(78);
            assertThat(ended.complaints()).as("%s", ended).hasSize(1);
            assertThat(ended.err()).contains("sent nothing to its workers", "start it again");
        }
        assertThat(site.command("clean", run.guid()).exit()).isZero();
        assertThat(site.command("cancel", run.guid()).exit()).isZero();
    }

    /** What is sent to a route that is not started would wait for it. */
    @ParameterizedTest
    @CsvSource({
        "plan, 'description: Deals', 'autoStartup: false\n    description: Deals'",
        "record, 'description: Stores a', 'autoStartup: false\n    description: Stores a'"
    })
    void routesThatCannotBegin(String file, String part, String other) throws IOException {
        Program.Ended run = runWith(file, part, other.replace("\\n", "\n"));
        assertThat(run.exit()).as("%s", run).isEqualTo(78);
        assertThat(run.complaints()).as("%s", run).hasSize(1);
        assertThat(run.err()).contains("route").doesNotContain("internal error");
        assertThat(fleet.starts(run.guid())).isEmpty();
    }

    @Test
    void aStopAmongTheLinesEndsNothingElse() throws IOException {
        Program.Ended run =
                runWith(
                        "record",
                        step("record.show", 8),
                        "- stop: {}\n        " + step("record.show", 8));
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(run.outcomes()).hasSize(12).doesNotContainValue("unfinished");
        assertThat(run.out()).doesNotContain("first task");
    }

    /** Lines that a filter keeps from the record are not lost, and the run is not whole. */
    @ParameterizedTest
    @ValueSource(strings = {"${body} == null", "${body.stream} == 'EVENTS'", "${body.offset} > 0"})
    void aRouteThatSwallowsLines(String condition) throws IOException {
        // so that there are frames behind the first one, and not all comes in one
        String slow = condition.contains("offset") ? "slow:15" : "slow:4";
        site.behave("h01", slow).behave("h02", slow);
        // as it was in version 0.1: it is in force here, and when the run is resumed
        site.write(
                "routes/queue.camel.yaml",
                (packaged("pack") + packaged("queue"))
                        .replace("pack.batch", "bundle")
                        .replace("queue.message", "message"));
        Program.Ended run =
                runWith(
                        "record",
                        step("record.append", 8),
                        "- filter:\n            simple: \"%s\"\n            steps: [ stop: {} ]\n        %s"
                                .formatted(
                                        condition.replace("== null", "!= null"),
                                        step("record.append", 8)));
        assertThat(run.exit()).as("%s", run).isEqualTo(78);
        assertThat(run.err()).contains("jet-fanout: ", "append").doesNotContain("\tat ");
        assertThat(run.err()).contains("incomplete");

        site.write("routes/record.camel.yaml", packaged("record"));
        Program.Ended resumed = site.command("resume", run.guid());
        assertThat(resumed.exit()).as("%s", resumed).isZero();
        assertThat(fleet.starts(run.guid())).hasSize(2);
        for (int n = 1; n <= 2; n++) {
            assertThat(run.record("output/000" + n + ".log"))
                    .hasSameBinaryContentAs(
                            fleet.job(n, run.guid(), "000" + n).resolve("output.log"));
        }
    }

    /** A loop that never ends, one that is never entered, and one that has lost its job. */
    @ParameterizedTest
    @CsvSource({
        "'simple: \"${exchangeProperty.JetJob.open}\"', 'simple: \"${exchangeProperty.JetJob} != null\"', continues although",
        "'simple: \"${exchangeProperty.JetJob.open}\"', 'simple: \"${header.JetWorker} == ''w1''\"', ''",
        "'- loop:', '- removeProperty: { name: JetJob }\n              - loop:', before its job had ended"
    })
    void aLoopThatDoesNotGoByTheJob(String part, String other, String says) throws IOException {
        Program.Ended run = runWith("dispatch", part, other.replace("\\n", "\n"));
        assertThat(run.exit()).as("%s", run).isEqualTo(78);
        assertThat(run.complaints()).as("%s", run).isNotEmpty();
        assertThat(run.err()).contains(says).doesNotContain("internal error");
    }

    /** Something else in the place of the worker's output is said, and the worker is not blamed. */
    @Test
    void aStepThatChangesWhatTheWorkerSays() throws IOException {
        String frames = step("dispatch.frames", 26);
        Program.Ended run =
                runWith(
                        "dispatch",
                        frames,
                        "- setBody: { constant: mine }\n" + " ".repeat(26) + frames);
        assertThat(run.exit()).as("%s", run).isEqualTo(78);
        assertThat(run.complaints()).as("%s", run).hasSize(1);
        assertThat(run.complaints().get(0))
                .contains(
                        "route dispatch", "dispatch.camel.yaml:", "needs a CommandStream as body");
    }

    /** Then the endpoint's name is all that there is of a worker. */
    @Test
    void aRouteThatConnectsWithoutACommand() throws IOException {
        String command = step("dispatch.command", 20);
        Program.Ended run =
                runWith(
                        "dispatch",
                        command,
                        "- filter: { simple: \"${body} == 'never'\", steps: [ process: { ref:"
                                + " dispatch.command } ] }\n");
        assertThat(run.exit()).as("%s", run).isEqualTo(78);
        assertThat(run.complaints()).as("%s", run).hasSize(1);
        assertThat(run.complaints().get(0))
                .contains("dispatch.camel.yaml:", "'ref: dispatch.command' must come before");
    }

    /** A connection that nobody says is broken would be tried again for ever. */
    @Test
    void aRouteThatKeepsSilentOfABrokenConnection() throws IOException {
        site.hostVars("w1", "jet_ssh_hostname: %s\njet_ssh_port: 1\n".formatted(fleet.worker(1)));
        Program.Ended run = runWith("dispatch", step("dispatch.broken", 30), "- log: oh\n");
        assertThat(run.exit()).as("%s", run).isEqualTo(78);
        assertThat(run.complaints()).as("%s", run).hasSize(1);
        assertThat(run.err()).contains("ref: dispatch.broken");
    }

    /** The batch of a worker that is down goes to another one, although the routes forget it. */
    @Test
    void aBatchThatIsNotQueuedAgainIsQueuedAllTheSame() throws IOException {
        site.setting("reconnect_timeout", "1s");
        site.hostVars("w1", "jet_ssh_hostname: %s\njet_ssh_port: 1\n".formatted(fleet.worker(1)));
        Program.Ended run =
                runWith(
                        "record",
                        "${header.JetReassigned} == true || ${header.JetPutBack} == true",
                        "${header.JetReassigned} == 'never'");
        assertThat(run.exit()).as("%s", run).isEqualTo(78);
        assertThat(run.complaints()).hasSize(1);
        assertThat(run.err()).contains("did not put a batch back on the queue");
        assertThat(run.outcomes()).hasSize(12).doesNotContainValue("unfinished");
    }

    /** Hosts in = hosts in batches and unmatched. */
    @ParameterizedTest
    @CsvSource({
        "'            aggregationStrategy: plan.batches\n', ''",
        "'            simple: \"${body}\"', '            simple: \"${body.subList(0,5)}\"'",
        "'              - process:\n                  ref: plan.deal', '              - log: none'"
    })
    void hostsThatVanish(String part, String other) throws IOException {
        String text = Files.readString(Path.of("routes/plan.camel.yaml"));
        part = part.replace("\\n", "\n");
        other = other.replace("\\n", "\n");
        assertThat(text).contains(part);
        site.write("routes/plan.camel.yaml", text.replace(part, other));
        Program.Ended run = site.run("--routes", site.file("routes").toString());
        assertThat(run.exit()).as("%s", run).isEqualTo(78);
        assertThat(run.complaints()).hasSize(1);
        assertThat(run.err()).contains("plan");
        assertThat(fleet.starts(run.guid())).isEmpty();
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
