package org.jetfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The forms that are carried out without picocli mean what picocli makes of them. */
final class PlainCommandTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "runs",
                "runs --json",
                "status last",
                "status --json last",
                "status last --json",
                "status runs",
                "logs last",
                "logs --json 0f",
                "logs 0f --json",
                "logs a=b"
            })
    void isTheCommandThatPicocliReads(String line) {
        List<String> words = List.of(line.split(" ", -1));
        CommandLine.ParseResult parsed =
                Main.program(name -> name.equals(words.get(0)))
                        .parseArgs(words.toArray(String[]::new));
        assertThat(PlainCommand.of(words).orElseThrow().command())
                .usingRecursiveComparison()
                .ignoringFieldsMatchingRegexes(".*threads.*")
                .isEqualTo(parsed.subcommand().commandSpec().userObject());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "-V"})
    void saysTheVersion(String line) {
        assertThat(PlainCommand.of(List.of(line))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--version --json",
                "-V x",
                "runs prune",
                "runs last",
                "runs --json --json",
                "runs --broker-config=x",
                "status",
                "status --json",
                "status --watch last",
                "status -- last",
                "status --help",
                "status one two",
                "status --json --json",
                "logs -f last",
                "logs --json",
                "plan",
                "exec status last"
            })
    void leavesAllElseToPicocli(String line) {
        assertThat(PlainCommand.of(List.of(line.split(" ", -1)))).isEmpty();
    }

    @Test
    void leavesEmptyWordsToPicocli() {
        assertThat(PlainCommand.of(List.of())).isEmpty();
        assertThat(PlainCommand.of(List.of("status", ""))).isEmpty();
        assertThat(PlainCommand.of(List.of(""))).isEmpty();
    }
}
