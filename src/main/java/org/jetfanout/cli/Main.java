package org.jetfanout.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ExitCode;
import org.jetfanout.machine.StandardOutput;
import org.jetfanout.record.RecordException;
import org.jetfanout.text.NearestName;
import org.jetfanout.text.Quoted;
import org.jetfanout.text.Text;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** The program: arguments in, exit code out. */
public final class Main {
    /** The subcommands by name, in the order of the help. */
    private static final Map<String, Supplier<Object>> SUBCOMMANDS = new LinkedHashMap<>();

    static {
        SUBCOMMANDS.put("demo", DemoCommand::new);
        SUBCOMMANDS.put("plan", PlanCommand::new);
        SUBCOMMANDS.put("capacity", CapacityCommand::new);
        SUBCOMMANDS.put("check", CheckCommand::new);
        SUBCOMMANDS.put("routes", RoutesCommand::new);
        SUBCOMMANDS.put("status", StatusCommand::new);
        SUBCOMMANDS.put("logs", LogsCommand::new);
        SUBCOMMANDS.put("runs", RunsCommand::new);
        SUBCOMMANDS.put("rerun", RerunCommand::new);
        SUBCOMMANDS.put("resume", ResumeCommand::new);
        SUBCOMMANDS.put("cancel", CancelCommand::new);
        SUBCOMMANDS.put("clean", CleanCommand::new);
    }

    private Main() {}

    public static void main(String[] args) {
        Thread.setDefaultUncaughtExceptionHandler(new UncaughtErrors());
        StandardOutput out = StandardOutput.stream();
        out.use(StandardCharsets.UTF_8);
        Optional<String> garbled =
                UnreadableTexts.ofThisJava()
                        .problem(List.of(args), System.getenv(), System.getProperty("user.dir"));
        garbled.ifPresent(Main::say);
        int code = garbled.isPresent() ? ExitCode.USAGE.code() : execute(args);
        System.out.flush();
        Optional<String> unwritten = out.failure();
        // what ended with 1 has said why: on a full disk that is the same, and more to the point
        if (unwritten.isPresent() && code != ExitCode.INTERNAL.code()) {
            say("standard output could not be written: " + unwritten.get());
            code = code == ExitCode.OK.code() ? ExitCode.INTERNAL.code() : code;
        }
        // threads of the broker are no daemons
        System.exit(code);
    }

    /** Carries out a command line; its exit code. */
    static int execute(String... args) {
        List<String> words = List.of(args);
        if (!words.isEmpty() && !isBeginning(words.get(0))) {
            say(
                    "'%s' is not a command%s (see jet-fanout --help)"
                            .formatted(words.get(0), NearestName.hint(words.get(0), commands())));
            return ExitCode.USAGE.code();
        }
        // reading what all subcommands can do takes longer than all else of a command line
        boolean help = words.contains("-h") || words.contains("--help");
        return execute(words, help ? name -> true : words::contains, help);
    }

    /** A flag, a subcommand, or the mode of a run. */
    private static boolean isBeginning(String word) {
        return word.startsWith("-") || commands().contains(word);
    }

    private static Set<String> commands() {
        Set<String> commands = new LinkedHashSet<>(SUBCOMMANDS.keySet());
        commands.addAll(RunOptions.MODES);
        return commands;
    }

    /** jet-fanout's command line with those of its subcommands. */
    static CommandLine program(Predicate<String> subcommands) {
        CommandLine command = new CommandLine(new RunCommand());
        SUBCOMMANDS.forEach(
                (name, subcommand) -> {
                    if (subcommands.test(name)) {
                        command.addSubcommand(subcommand.get());
                    }
                });
        command.registerConverter(int.class, new WholeNumber());
        command.registerConverter(Integer.class, new WholeNumber());
        command.setCaseInsensitiveEnumValuesAllowed(true);
        command.setAbbreviatedOptionsAllowed(false);
        // a folder may be called as a command is: --routes routes
        command.setAllowSubcommandsAsOptionParameters(true);
        // '-e @file' is a file of variables, not one of more arguments
        command.setExpandAtFiles(false);
        return command;
    }

    // What picocli is given are classes, no lambdas: its interfaces are compiled for Java 5, and a
    // lambda of such a one keeps it and all that implements it out of the class-data archive.

    private static final class WholeNumber implements CommandLine.ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            try {
                return Integer.valueOf(text);
            } catch (NumberFormatException e) {
                throw new TypeConversionException("must be a whole number, not " + Quoted.of(text));
            }
        }
    }

    /** A command line that is none. */
    private record Misuse(List<String> args, boolean all)
            implements CommandLine.IParameterExceptionHandler {
        @Override
        public int handleParseException(CommandLine.ParameterException e, String[] words) {
            if (!all) {
                // a word may be nearly the name of a subcommand
                return execute(args, name -> true, true);
            }
            say(e.getMessage() + " (see jet-fanout --help)");
            return ExitCode.USAGE.code();
        }
    }

    /** What ended a command. */
    private record Failure(List<String> args) implements CommandLine.IExecutionExceptionHandler {
        @Override
        public int handleExecutionException(
                Exception e, CommandLine line, CommandLine.ParseResult parsed) {
            boolean traces = args.stream().anyMatch(word -> word.matches("-vv+"));
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
            if (e instanceof InvalidPathException name) {
                say(UnreadableTexts.ofThisJava().problem(name));
                return ExitCode.CONFIGURATION.code();
            }
            if (e instanceof RecordException) {
                // says which file, and why: the disk's trouble, not ours
                say(e.getMessage());
                return ExitCode.INTERNAL.code();
            }
            say("internal error: " + e + (traces ? "" : " (-vv shows where)"));
            return ExitCode.INTERNAL.code();
        }
    }

    /**
     * Carries out a command line with those subcommands.
     *
     * @param all whether that is all of them
     */
    private static int execute(List<String> args, Predicate<String> subcommands, boolean all) {
        CommandLine command = program(subcommands);
        command.setParameterExceptionHandler(new Misuse(args, all));
        command.setExecutionExceptionHandler(new Failure(args));
        return command.execute(args.toArray(String[]::new));
    }

    /** Says something to people: one line on stderr, nothing in it that a terminal would obey. */
    static void say(String message) {
        System.err.println("jet-fanout: " + Text.forTerminal(message, false));
    }
}
