package org.jetfanout.cli;

import java.util.Arrays;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ExitCode;
import org.jetfanout.log.Text;
import picocli.CommandLine;

/** The program: arguments in, exit code out. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        int code = execute(args);
        System.out.flush();
        // threads of the broker are no daemons
        System.exit(code);
    }

    /** Carries out a command line; its exit code. */
    static int execute(String... args) {
        CommandLine command = new CommandLine(new RunCommand());
        command.setCaseInsensitiveEnumValuesAllowed(true);
        command.setAbbreviatedOptionsAllowed(false);
        // '-e @file' is a file of variables, not one of more arguments
        command.setExpandAtFiles(false);
        command.setParameterExceptionHandler(
                (e, words) -> {
                    say(e.getMessage() + " (see jet-fanout --help)");
                    return ExitCode.USAGE.code();
                });
        command.setExecutionExceptionHandler(
                (e, line, parsed) -> {
                    boolean traces = Arrays.stream(args).anyMatch(word -> word.matches("-vv+"));
                    if (traces) {
                        e.printStackTrace();
                    }
                    if (e instanceof UsageException) {
                        say(e.getMessage() + " (see jet-fanout --help)");
                        return ExitCode.USAGE.code();
                    }
                    if (e instanceof ConfigurationException) {
                        say(e.getMessage());
                        return ExitCode.CONFIGURATION.code();
                    }
                    say("internal error: " + e + (traces ? "" : " (-vv shows where)"));
                    return ExitCode.INTERNAL.code();
                });
        return command.execute(args);
    }

    /** Says something to people: one line on stderr, nothing in it that a terminal would obey. */
    static void say(String message) {
        System.err.println("jet-fanout: " + Text.forTerminal(message));
    }
}
