package org.jetfanout.cli;

import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The completion of a command line for the shell fish, in the words of its {@code complete}:
 * https://fishshell.com/docs/current/completions.html.
 */
final class FishCompletion {
    /** A condition of fish: no command was given yet. */
    private static final String NO_COMMAND = "__fish_use_subcommand";

    /** The longest description, in characters. */
    private static final int LONGEST = 100;

    private FishCompletion() {}

    /** The script for a program with its commands. */
    static String of(CommandLine program) {
        StringBuilder script = new StringBuilder("complete -c jet-fanout -e\n");
        program.getSubcommands()
                .forEach(
                        (name, command) ->
                                script.append("complete -c jet-fanout -f -n ")
                                        .append(NO_COMMAND)
                                        .append(" -a ")
                                        .append(name)
                                        .append(" -d ")
                                        .append(quoted(summary(command.getCommandSpec())))
                                        .append('\n'));
        options(program.getCommandSpec(), NO_COMMAND, script);
        program.getSubcommands()
                .forEach(
                        (name, command) ->
                                options(
                                        command.getCommandSpec(),
                                        "'__fish_seen_subcommand_from " + name + "'",
                                        script));
        return script.toString();
    }

    private static void options(CommandSpec command, String when, StringBuilder script) {
        for (OptionSpec option : command.options()) {
            if (option.hidden()) {
                continue;
            }
            script.append("complete -c jet-fanout -n ").append(when);
            for (String name : option.names()) {
                script.append(
                        name.startsWith("--")
                                ? " -l " + name.substring(2)
                                : (name.length() == 2 ? " -s " : " -o ") + name.substring(1));
            }
            if (option.arity().max() > 0) {
                script.append(isFile(option) ? " -r -F" : " -x");
            }
            script.append(" -d ").append(quoted(first(option.description()))).append('\n');
        }
    }

    private static boolean isFile(OptionSpec option) {
        String label = option.paramLabel().toUpperCase(Locale.ROOT);
        return label.contains("FILE") || label.contains("DIR") || label.contains("PATH");
    }

    private static String summary(CommandSpec command) {
        return first(command.usageMessage().description());
    }

    /** The first sentence, without what only the help needs. */
    private static String first(String[] description) {
        String text = description.length == 0 ? "" : String.join(" ", description);
        int end = text.indexOf(". ");
        String sentence =
                (end < 0 ? text : text.substring(0, end)).replaceFirst("\\.$", "").strip();
        return sentence.length() <= LONGEST ? sentence : sentence.substring(0, LONGEST) + "…";
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
