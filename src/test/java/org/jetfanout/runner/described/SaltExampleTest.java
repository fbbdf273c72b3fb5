package org.jetfanout.runner.described;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.jetfanout.runner.Outcome.FAILED;
import static org.jetfanout.runner.Outcome.OK;
import static org.jetfanout.runner.Outcome.UNFINISHED;
import static org.jetfanout.runner.Outcome.UNREACHABLE;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.Outcome;
import org.jetfanout.runner.Stream;
import org.jetfanout.testkit.Programs;
import org.junit.jupiter.api.Test;

/**
 * The example for salt-ssh, held to what salt-ssh 3008.4 printed for hosts of which web3 did not
 * listen.
 */
class SaltExampleTest {
    private static final Path FOLDER = Path.of("examples/runner/runners/salt-ssh");
    private static final Path RECORDINGS =
            Path.of("src/test/resources/org/jetfanout/runner/described/salt-ssh-3008.4");
    private static final HostResult WEB3 =
            new HostResult(
                    "web3",
                    UNREACHABLE,
                    "ssh: connect to host 127.0.0.9 port 2223: Connection refused");

    private final Definition definition = DefinitionReader.of("salt-ssh", FOLDER);

    private List<HostResult> results(String recording, int code) {
        DescribedReader reader =
                new DescribedReader(definition, List.of("web1", "web3"), UnaryOperator.identity());
        Programs.Result events =
                Programs.run(
                        Map.of(),
                        "sh",
                        "-c",
                        "python3 -B \"$1\" <\"$2\"",
                        "sh",
                        FOLDER.resolve("events.py").toString(),
                        RECORDINGS.resolve(recording).toString());
        assertThat(events.exit()).as(events.output()).isZero();
        reader.read(Stream.EVENTS, events.output().getBytes(UTF_8));
        return reader.results(OptionalInt.of(code), "");
    }

    private static HostResult web1(Outcome outcome, String reason) {
        return new HostResult("web1", outcome, reason);
    }

    @Test
    void eachHostHasTheResultThatSaltGaveIt() {
        assertThat(results("command", 20)).containsExactly(web1(FAILED, "e"), WEB3);
        assertThat(results("states", 20))
                .containsExactly(
                        web1(FAILED, "fails: Command \"echo boom; exit 3\" run: boom"), WEB3);
        assertThat(results("text", 20)).containsExactly(web1(OK, ""), WEB3);
        assertThat(results("no-states", 20))
                .containsExactly(
                        web1(FAILED, "No matching sls found for 'none' in env 'base'"), WEB3);
        assertThat(results("no-function", 20))
                .containsExactly(web1(FAILED, "'no.such' is not available."), WEB3);
        assertThat(results("usage", 64)).extracting(HostResult::outcome).containsOnly(UNFINISHED);
    }

    @Test
    void theRosterIsJsonWithTheAgentAsKey() {
        assertThat(definition.hosts().content(List.of("web1"), (host, name) -> Optional.of(name)))
                .asString(UTF_8)
                .isEqualTo(
                        "{\n\"web1\": {\"host\": \"address\", \"port\": \"port\", \"user\":"
                                + " \"user\", \"priv\": \"agent-forwarding\"}\n}\n");
    }
}
