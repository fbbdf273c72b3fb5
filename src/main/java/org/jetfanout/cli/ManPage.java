package org.jetfanout.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The manual page of a command, as roff with the macros of man(7). Immutable.
 *
 * @param name with the program's: {@code jet-fanout exec}
 */
record ManPage(String name, CommandSpec command) {
    /** The page. */
    String text() {
        StringBuilder page = new StringBuilder();
        page.append(".TH ")
                .append(name.replace(' ', '-').toUpperCase(Locale.ROOT))
                .append(" 1 \"\" \"jet-fanout\"\n.SH NAME\n");
        List<String> about = lines(command.usageMessage().description());
        page.append(escaped(name.replace(' ', '-')))
                .append(" \\- ")
                .append(about.isEmpty() ? "" : escaped(about.get(0)))
                .append("\n.SH SYNOPSIS\n.nf\n");
        synopsis().lines().forEach(line -> page.append(line(line)).append('\n'));
        page.append(".fi\n.SH DESCRIPTION\n");
        about.forEach(line -> page.append(line(line)).append("\n.br\n"));
        List<PositionalParamSpec> arguments =
                command.positionalParameters().stream().filter(it -> !it.hidden()).toList();
        if (!arguments.isEmpty()) {
            page.append(".SH ARGUMENTS\n");
            arguments.forEach(it -> entry(it.paramLabel(), it, page));
        }
        page.append(".SH OPTIONS\n");
        for (OptionSpec option : command.options()) {
            if (!option.hidden()) {
                entry(names(option), option, page);
            }
        }
        commands(page);
        List<String> footer =
                lines(command.usageMessage().footer()).stream()
                        .filter(line -> !line.isBlank())
                        .toList();
        if (!footer.isEmpty()) {
            page.append(".SH NOTES\n");
            footer.forEach(line -> page.append(line(line)).append("\n.br\n"));
        }
        page.append(".SH SEE ALSO\n.BR jet-fanout (1)\n");
        return page.toString();
    }

    private void commands(StringBuilder page) {
        if (command.subcommands().isEmpty()) {
            return;
        }
        page.append(".SH COMMANDS\n");
        command.subcommands()
                .forEach(
                        (word, line) -> {
                            List<String> about =
                                    lines(line.getCommandSpec().usageMessage().description());
                            page.append(".TP\n.B ").append(escaped(word)).append('\n');
                            page.append(about.isEmpty() ? "" : line(about.get(0))).append('\n');
                        });
    }

    private String synopsis() {
        return command.commandLine()
                .getHelp()
                .synopsis(0)
                .replaceAll("^<main class>", name)
                .stripTrailing();
    }

    private static void entry(String head, ArgSpec argument, StringBuilder page) {
        page.append(".TP\n.B ").append(escaped(head)).append('\n');
        lines(argument.description())
                .forEach(line -> page.append(line(filled(line, argument))).append('\n'));
    }

    private static String filled(String line, ArgSpec argument) {
        return line.replace("${DEFAULT-VALUE}", String.valueOf(argument.defaultValue()));
    }

    private static String names(OptionSpec option) {
        String names = String.join(", ", option.names());
        return option.arity().max() == 0 ? names : names + " " + option.paramLabel();
    }

    /** Lines of picocli: with formats of its own, without colours. */
    private static List<String> lines(String[] texts) {
        return Arrays.stream(texts)
                .flatMap(
                        text ->
                                Ansi.OFF
                                        .string(text.replace("%n", "\n").replace("%%", "%"))
                                        .lines())
                .collect(Collectors.toList());
    }

    /** A line of text: one that begins with a control character of roff stays text. */
    private static String line(String text) {
        String escaped = escaped(text);
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }

    /** Text, of which no character means anything to roff. It takes other than ASCII by number. */
    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints()
                .forEach(
                        character -> {
                            switch (character) {
                                case '\\' -> escaped.append("\\e");
                                case '-' -> escaped.append("\\-");
                                case '`' -> escaped.append("\\(ga");
                                default -> {
                                    if (character < 0x80) {
                                        escaped.appendCodePoint(character);
                                    } else {
                                        escaped.append("\\[u%04X]".formatted(character));
                                    }
                                }
                            }
                        });
        return escaped.toString();
    }
}
