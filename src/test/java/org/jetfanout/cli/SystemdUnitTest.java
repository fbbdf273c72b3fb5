package org.jetfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jetfanout.runner.ShellWords;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.ParseResult;

/** The unit of a hand for systemd says what the program understands. */
class SystemdUnitTest {
    private static final Path UNIT = Path.of("dist/systemd/jet-fanout-hand.service");

    private static Map<String, String> settings() throws IOException {
        Function<String, String> name = line -> line.replaceFirst("=.*", "");
        return Files.readAllLines(UNIT).stream()
                .filter(line -> line.matches("[A-Z][A-Za-z]*=.*"))
                .collect(
                        Collectors.toMap(
                                name, line -> line.replaceFirst("[^=]*=", ""), (a, b) -> b));
    }

    @Test
    void itsCommandLineIsThatOfAHand() throws IOException {
        List<String> words = ShellWords.split(settings().get("ExecStart"));
        assertThat(words.get(0)).endsWith("/jet-fanout");
        ParseResult hand =
                Main.program(name -> true)
                        .parseArgs(words.stream().skip(1).toArray(String[]::new))
                        .subcommand();
        assertThat(hand.commandSpec().name()).isEqualTo("hand");
        Duration drain = hand.matchedOptionValue("--drain", Duration.ZERO);
        assertThat(Duration.ofSeconds(Long.parseLong(settings().get("TimeoutStopSec"))))
                .as("systemd kills a hand that still drains")
                .isGreaterThan(drain.plusSeconds(10));
    }
}
