package org.jetfanout.cli;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jetfanout.ExitCode;
import org.jetfanout.machine.Daemons;
import org.jetfanout.machine.StandardOutput;
import org.jetfanout.run.RunRequest;
import org.jetfanout.run.camel.RoutesAhead;
import org.jetfanout.runner.ansible.Ansible;
import org.jetfanout.text.NearestName;
import org.jetfanout.text.Quoted;
import org.jetfanout.text.Text;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.TypeConversionException;

/** The program: arguments in, exit code out. */
public final class Main {
    /** The name of the program. */
    static final String NAME = "jet-fanout";

    /** The subcommands by name, in the order of the help. */
    private static final Map<String, Supplier<Object>> SUBCOMMANDS = new LinkedHashMap<>();

    static {
        SUBCOMMANDS.put(Ansible.NAME, AnsibleCommand::new);
        SUBCOMMANDS.put("demo", DemoCommand::new);
        SUBCOMMANDS.put("exec", ExecCommand::new);
        SUBCOMMANDS.put("script", ScriptCommand::new);
        SUBCOMMANDS.put("copy", CopyCommand::new);
        SUBCOMMANDS.put("with", WithCommand::new);
        SUBCOMMANDS.put("plan", PlanCommand::new);
        SUBCOMMANDS.put("capacity", CapacityCommand::new);
        SUBCOMMANDS.put("check", CheckCommand::new);
        SUBCOMMANDS.put("doctor", DoctorCommand::new);
        SUBCOMMANDS.put("routes", RoutesCommand::new);
        SUBCOMMANDS.put("status", StatusCommand::new);
        SUBCOMMANDS.put("logs", LogsCommand::new);
        SUBCOMMANDS.put("runs", RunsCommand::new);
        SUBCOMMANDS.put("rerun", RerunCommand::new);
        SUBCOMMANDS.put("resume", ResumeCommand::new);
        SUBCOMMANDS.put("cancel", CancelCommand::new);
        SUBCOMMANDS.put("approve", ApproveCommand::new);
        SUBCOMMANDS.put("pause", PauseCommand::new);
        SUBCOMMANDS.put("continue", ContinueCommand::new);
        SUBCOMMANDS.put("hand", HandCommand::new);
        SUBCOMMANDS.put("instances", InstancesCommand::new);
        SUBCOMMANDS.put("serve", ServeCommand::new);
        SUBCOMMANDS.put(ServerRunCommand.NAME, ServerRunCommand::new);
        SUBCOMMANDS.put("clean", CleanCommand::new);
        SUBCOMMANDS.put("token", TokenCommand::new);
        SUBCOMMANDS.put("completion", CompletionCommand::new);
        SUBCOMMANDS.put("man", ManCommand::new);
    }

    /** The subcommands whose first word is the host's, with all that follows it. */
    private static final Set<String> ON_HOSTS = Set.of("exec", "script");

    /** The subcommands that start a run of another runner than jetp. */
    private static final List<String> RUNS =
            List.of(Ansible.NAME, "exec", "script", "copy", "with");

    /** Words of command lines whose run has other routes or another process. */
    private static final Set<String> NO_RUN_HERE =
            Set.of("--routes", "--detach", "--server", "--version", "-V");

    /** How long a command without an exit may take to end. */
    private static final long PATIENCE_MILLIS = 1000;

    private Main() {}

    /** The entry point. It ends the JVM with the exit code. */
    public static void main(String[] args) {
        int code = program(args);
        List<String> words = List.of(args);
        // Since Java 21, exit asks for a logger, for which it opens every jar of the class path:
        // that takes longer than all else that these commands do.
        if (PlainCommand.of(words).isPresent()) {
            System.err.flush();
            Runtime.getRuntime().halt(code);
        } else if (code == ExitCode.OK.code() && !words.isEmpty() && words.get(0).equals("plan")) {
            // the JVM ends by itself, or else soon
            Daemons.start("end", () -> exitSoon(code));
        } else {
            // the broker's threads are no daemons, so the JVM would not end by itself
            System.exit(code);
        }
    }

    private static void exitSoon(int code) {
        try {
            Thread.sleep(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            // then at once
        }
        System.exit(code);
    }

    /** The whole program. Returns the exit code. */
    static int program(String... args) {
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
        // a command that ended with 1 has given the reason already; on a full disk that message is
        // the more precise one
        if (unwritten.isPresent() && code != ExitCode.INTERNAL.code()) {
            say("standard output could not be written: " + unwritten.get());
            code = code == ExitCode.OK.code() ? ExitCode.INTERNAL.code() : code;
        }
        return code;
    }

    /** Carries out a command line. Returns the exit code. */
    static int execute(String... args) {
        List<String> words = List.of(args);
        Optional<PlainCommand> plain = PlainCommand.of(words);
        if (plain.isPresent()) {
            try {
                return plain.get().call();
            } catch (Exception e) {
                return CommandFailure.report(e, words);
            }
        }
        if (!words.isEmpty() && !isBeginning(words.get(0))) {
            Optional<String> instead = Mode.instead(words.get(0));
            if (instead.isPresent()) {
                say(instead.get());
                return ExitCode.USAGE.code();
            }
            say(
                    "'%s' is not a command%s (see jet-fanout --help)"
                            .formatted(words.get(0), NearestName.hint(words.get(0), commands())));
            return ExitCode.USAGE.code();
        }
        // picocli takes longer to read the definitions of all subcommands than a command line
        // takes otherwise
        boolean help = words.contains("-h") || words.contains("--help");
        if (!help && isLikelyRun(words)) {
            RoutesAhead.begin();
        }
        return execute(words, help ? name -> true : name -> isIn(words, name), help);
    }

    /**
     * Whether a command line most likely starts a run by the packaged routes in this process. If
     * not, some work is done in vain.
     */
    private static boolean isLikelyRun(List<String> words) {
        return !words.isEmpty()
                && (words.get(0).startsWith("-")
                        || RUNS.contains(words.get(0))
                        || Mode.words().contains(words.get(0)))
                && words.stream().noneMatch(NO_RUN_HERE::contains)
                && words.stream().noneMatch(word -> word.startsWith("--routes="));
    }

    /** Whether a command line may have this subcommand. The word run is a mode, too. */
    private static boolean isIn(List<String> words, String name) {
        return words.contains(name)
                && (!name.equals(ServerRunCommand.NAME) || ServerRunCommand.isMeant(words));
    }

    /**
     * Whether a command line can begin with this word: a flag, a subcommand, or the mode of a run.
     */
    private static boolean isBeginning(String word) {
        return word.startsWith("-") || commands().contains(word);
    }

    private static Set<String> commands() {
        Set<String> commands = new LinkedHashSet<>(SUBCOMMANDS.keySet());
        commands.addAll(Mode.words());
        return commands;
    }

    /** The definition of jet-fanout's command line, with the given subcommands. */
    static CommandLine program(Predicate<String> subcommands) {
        return program(new CommandLine(new RunCommand()), subcommands);
    }

    /**
     * The definition of a command line.
     *
     * @param words those of a command line that this definition has to read
     */
    private static CommandLine program(List<String> words, Predicate<String> subcommands) {
        boolean ofSubcommand =
                !words.isEmpty()
                        && SUBCOMMANDS.containsKey(words.get(0))
                        && subcommands.test(words.get(0));
        // behind a subcommand, the options of jet-fanout itself do not count, and picocli takes
        // long to read the definitions of so many
        return ofSubcommand
                ? program(new CommandLine(CommandSpec.create().name(NAME)), subcommands)
                : program(subcommands);
    }

    private static CommandLine program(CommandLine command, Predicate<String> subcommands) {
        SUBCOMMANDS.forEach(
                (name, subcommand) -> {
                    if (subcommands.test(name)) {
                        command.addSubcommand(withRuns(subcommand.get(), subcommands));
                    }
                });
        command.registerConverter(int.class, new WholeNumber());
        command.registerConverter(Integer.class, new WholeNumber());
        command.setCaseInsensitiveEnumValuesAllowed(true);
        command.setAbbreviatedOptionsAllowed(false);
        // a folder may have the name of a command: --routes routes
        command.setAllowSubcommandsAsOptionParameters(true);
        // '-e @file' is a file with variables; picocli would read more arguments from it
        command.setExpandAtFiles(false);
        // what follows the command of a host belongs to it: exec df -h
        stopAtPositional(command);
        return command;
    }

    private static void stopAtPositional(CommandLine command) {
        command.getSubcommands()
                .forEach(
                        (name, subcommand) -> {
                            if (ON_HOSTS.contains(name)) {
                                subcommand.setStopAtPositional(true);
                            } else {
                                stopAtPositional(subcommand);
                            }
                        });
    }

    /** A subcommand, with the command lines of runs that it takes behind it. */
    private static CommandLine withRuns(Object subcommand, Predicate<String> names) {
        CommandLine command = new CommandLine(subcommand);
        if (subcommand instanceof Asked.OfRun) {
            RUNS.stream()
                    .filter(names)
                    .forEach(name -> command.addSubcommand(name, SUBCOMMANDS.get(name).get()));
        }
        return command;
    }

    // picocli gets classes, not lambdas. Its interfaces are compiled for Java 5, and a lambda that
    // implements one of them keeps the interface and all its implementations out of the class-data
    // archive.

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

    /** Reports a command line that picocli cannot parse. */
    private record Misuse(List<String> args, boolean all)
            implements CommandLine.IParameterExceptionHandler {
        @Override
        public int handleParseException(CommandLine.ParameterException e, String[] words) {
            if (!all) {
                // the unknown word may be a misspelt subcommand: parse again with all of them, for
                // the hint
                return execute(
                        args,
                        name -> !name.equals(ServerRunCommand.NAME) || isIn(args, name),
                        true);
            }
            say(e.getMessage() + " (see jet-fanout --help)");
            return ExitCode.USAGE.code();
        }
    }

    /** Reports an exception that ended a command. */
    private record Failure(List<String> args) implements CommandLine.IExecutionExceptionHandler {
        @Override
        public int handleExecutionException(
                Exception e, CommandLine line, CommandLine.ParseResult parsed) {
            return CommandFailure.report(e, args);
        }
    }

    /**
     * Carries out a command line with the given subcommands.
     *
     * @param all whether these are all subcommands
     */
    private static int execute(List<String> args, Predicate<String> subcommands, boolean all) {
        CommandLine command = all ? program(subcommands) : program(args, subcommands);
        command.setParameterExceptionHandler(new Misuse(args, all));
        command.setExecutionExceptionHandler(new Failure(args));
        command.setExecutionStrategy(new Asked());
        return command.execute(args.toArray(String[]::new));
    }

    /** What a command line asks for that starts a run. */
    static RunRequest request(List<String> words) {
        return request(words, parsed -> {});
    }

    /**
     * What a command line asks for that starts a run.
     *
     * @param rule looks at the words before a file is read, and throws where they are not allowed
     */
    static RunRequest request(List<String> words, Consumer<CommandLine.ParseResult> rule) {
        if (!words.isEmpty() && !isBeginning(words.get(0))) {
            throw new UsageException(Quoted.of(words.get(0)) + " is not a command");
        }
        CommandLine.ParseResult parsed =
                program(words, name -> isIn(words, name)).parseArgs(words.toArray(String[]::new));
        CommandLine.ParseResult last = parsed;
        while (last.hasSubcommand()) {
            last = last.subcommand();
        }
        if (!(last.commandSpec().userObject() instanceof StartsRun run)
                || (parsed.hasSubcommand() && parsed.subcommand() != last)
                || last.isUsageHelpRequested()
                || last.isVersionHelpRequested()) {
            throw new UsageException("this command line starts no run");
        }
        rule.accept(parsed);
        return run.request();
    }

    /**
     * Prints one line to stderr for people, or to those who look at the run, where the thread is
     * one of a run beside others. Control characters are made harmless.
     */
    static void say(String message) {
        Optional<RunThreads> run = RunThreads.current();
        if (run.isPresent()) {
            run.get().say(message);
            return;
        }
        System.err.println("jet-fanout: " + Text.forTerminal(message, false));
    }
}
