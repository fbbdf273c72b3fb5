package org.jetfanout.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jetfanout.record.BatchState;
import org.jetfanout.runner.Outcome;
import org.jetfanout.testkit.Programs;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Schemathesis asks the API all that its OpenAPI document allows, and much that it does not: no
 * answer is another one than the document says, none is a failure of the service, and nothing wrong
 * is accepted. {@code ./test} fetches it from PyPI; where it cannot, it says that this was not run.
 */
@Tag("schemathesis")
class ApiFuzzIT {
    private static final Path SETTINGS = Path.of("src/test/servers/schemathesis.toml");
    private static final String SEED = System.getProperty("fuzz.seed", "13");

    @TempDir private Path folder;

    @Test
    void answersAsItsDocumentSays() throws Exception {
        String program = System.getenv("JET_TEST_SCHEMATHESIS");
        assertThat(program)
                .as("./test fetches schemathesis, and sets JET_TEST_SCHEMATHESIS")
                .isNotNull();
        String templates =
                """
                templates:
                  deploy:
                    command: [exec, --inventory, /srv/no-inventory, --, "deploy {version}"]
                    variables: {version: {pattern: "[0-9.]+", default: "1.0"}}
                    limit: true
                """;
        try (ServedRuns served = new ServedRuns(folder, 10, templates);
                RecordedRun done =
                        new RecordedRun(served.runs(), "aaaaaaaa-0000-4000-8000-000000000001");
                RecordedRun goes =
                        new RecordedRun(served.runs(), "bbbbbbbb-0000-4000-8000-000000000002")) {
            done.request(Map.of("startedBy", "anna", "startedFrom", "deploy")).plan(2, 3);
            done.says(1, "first\nsecond\n").says(2, "third\n");
            done.ends(
                    1,
                    BatchState.ENDED,
                    RecordedRun.result("host1-00002", Outcome.FAILED, "rc 2: no"));
            done.ends(2, BatchState.ENDED, Map.of());
            done.end();
            goes.request(Map.of()).plan(1, 2);
            goes.state(1, BatchState.RUNNING).says(1, "it goes on\n");
            Path document = Files.writeString(folder.resolve("openapi.json"), document(served));
            Programs.Result fuzzed =
                    Programs.run(
                            Duration.ofMinutes(8),
                            Map.of(),
                            // it leaves a cache where it stands
                            "env",
                            "-C",
                            folder.toString(),
                            program,
                            "--config-file",
                            SETTINGS.toAbsolutePath().toString(),
                            "run",
                            document.toString(),
                            "--url",
                            "http://127.0.0.1:" + served.port() + "/fanout",
                            "--header",
                            "Authorization: Bearer " + served.token(),
                            "--seed",
                            SEED,
                            "--no-color");
            assertThat(fuzzed.exit()).as(fuzzed.output()).isZero();
            assertThat(fuzzed.output()).contains("Tested: 21");
        }
    }

    private static String document(ServedRuns served) throws Exception {
        return served.client()
                .send(
                        HttpRequest.newBuilder(served.uri("/openapi.json"))
                                .header("Authorization", "Bearer " + served.token())
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
