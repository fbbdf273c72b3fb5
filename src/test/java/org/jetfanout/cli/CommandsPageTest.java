package org.jetfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.ExitCode;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/**
 * docs/commands.md shows each command as it says itself. To write the page anew: {@code mvn test
 * -Dtest=CommandsPageTest -Djet.docs.write=true}.
 */
class CommandsPageTest {
    private static final Path PAGE = Path.of("docs/commands.md");
    private static final Pattern USAGE =
            Pattern.compile("(?ms)^## `(jet-fanout[^`]*)`\\n\\n```text\\n(.*?)```\\n\\n?");

    private static Map<String, String> usages() {
        CommandLine program = Main.program(name -> true);
        Map<String, String> usages = new LinkedHashMap<>();
        usages.put("jet-fanout", program.getUsageMessage(Ansi.OFF));
        program.getSubcommands()
                .forEach(
                        (name, command) -> {
                            usages.put("jet-fanout " + name, command.getUsageMessage(Ansi.OFF));
                            if (!(command.getCommand() instanceof Asked.OfRun)) {
                                usages.putAll(below(name, command));
                            }
                        });
        return usages;
    }

    /** The commands below a command, as {@code token add}. */
    private static Map<String, String> below(String parent, CommandLine command) {
        Map<String, String> usages = new LinkedHashMap<>();
        command.getSubcommands()
                .forEach(
                        (name, nested) ->
                                usages.put(
                                        "jet-fanout " + parent + " " + name,
                                        nested.getUsageMessage(Ansi.OFF)));
        return usages;
    }

    @Test
    void everyCommandIsThereAsItIs() throws IOException {
        if (Boolean.getBoolean("jet.docs.write")) {
            write();
        }
        Map<String, String> shown = new LinkedHashMap<>();
        Matcher usage = USAGE.matcher(Files.readString(PAGE));
        while (usage.find()) {
            shown.put(usage.group(1), usage.group(2));
        }
        assertThat(shown)
                .as("write %s anew: mvn test -Dtest=CommandsPageTest -Djet.docs.write=true", PAGE)
                .isEqualTo(usages());
    }

    private static void write() throws IOException {
        StringBuilder text =
                new StringBuilder(
                        USAGE.matcher(Files.readString(PAGE)).replaceAll("").stripTrailing());
        text.append('\n');
        usages().forEach(
                        (name, usage) ->
                                text.append("\n## `")
                                        .append(name)
                                        .append("`\n\n```text\n")
                                        .append(usage)
                                        .append("```\n"));
        Files.writeString(PAGE, text);
    }

    @Test
    void everyExitCodeIsThere() throws IOException {
        String page = Files.readString(PAGE);
        for (ExitCode code : ExitCode.values()) {
            assertThat(page).contains("\n| " + code.code() + " | ");
        }
    }
}
