package org.jetfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jetfanout.testkit.Programs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The manual pages, as groff, which man calls, sees them. */
class ManPageTest {
    @TempDir Path folder;

    private final CommandLine program = Main.program(name -> true);

    @Test
    void groffHasNothingToSay() throws IOException {
        for (Map.Entry<String, CommandLine> command : program.getSubcommands().entrySet()) {
            String page =
                    new ManPage(
                                    "jet-fanout " + command.getKey(),
                                    command.getValue().getCommandSpec())
                            .text();
            Path file = Files.writeString(folder.resolve(command.getKey() + ".1"), page);
            assertThat(Programs.ok("groff", "-man", "-ww", "-Z", "-Tutf8", file.toString()))
                    .as(command.getKey())
                    .doesNotContain("warning:", "error:")
                    .startsWith("x T utf8");
        }
    }

    @Test
    void theReaderSeesWhatTheHelpSays() throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("logs.1"),
                        new ManPage(
                                        "jet-fanout logs",
                                        program.getSubcommands().get("logs").getCommandSpec())
                                .text());
        String text = Programs.ok("groff", "-man", "-Tascii", "-P-cbou", file.toString());
        assertThat(text.replaceAll("\\s+", " "))
                .contains("NAME jet-fanout-logs - Prints the output lines of a run")
                .contains("-f, --follow Follow the output until the run ends.")
                .contains("--grep REGEX Print only lines that match");
    }

    @Test
    void theProgramListsItsCommands() {
        String text = new ManPage("jet-fanout", program.getCommandSpec()).text();
        program.getSubcommands()
                .keySet()
                .forEach(
                        name ->
                                assertThat(text)
                                        .contains("\n.TP\n.B " + name.replace("-", "\\-") + "\n"));
    }
}
