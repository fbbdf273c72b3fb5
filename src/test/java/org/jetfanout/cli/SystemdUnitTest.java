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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.ParseResult;

/** The units for systemd say what the program understands. */
class SystemdUnitTest {
    private static Map<String, String> settings(String command) throws IOException {
        Path unit = Path.of("dist/systemd/jet-fanout-" + command + ".service");
        Function<String, String> name = line -> line.replaceFirst("=.*", "");
        return Files.readAllLines(unit).stream()
                .filter(line -> line.matches("[A-Z][A-Za-z]*=.*"))
                .collect(
                        Collectors.toMap(
                                name, line -> line.replaceFirst("[^=]*=", ""), (a, b) -> b));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hand", "serve"})
    void itsCommandLineIsOneOfTheProgram(String command) throws IOException {
        List<String> words = ShellWords.split(settings(command).get("ExecStart"));
        assertThat(words.get(0)).endsWith("/jet-fanout");
        ParseResult parsed =
                Main.program(name -> true)
                        .parseArgs(words.stream().skip(1).toArray(String[]::new))
                        .subcommand();
        assertThat(parsed.commandSpec().name()).isEqualTo(command);
        Duration drain = parsed.matchedOptionValue("--drain", Duration.ZERO);
        assertThat(Duration.ofSeconds(Long.parseLong(settings(command).get("TimeoutStopSec"))))
                .as("systemd kills what still drains")
                .isGreaterThan(drain.plusSeconds(10));
    }
}
