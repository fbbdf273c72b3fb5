package org.jetfanout.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jetfanout.ExitCode;

/**
 * A command line in one of the forms that are used most, and often by programs: {@code --version},
 * {@code runs}, {@code status GUID} and {@code logs GUID}, the last three with or without {@code
 * --json}. It is carried out without picocli, which would take longer to read the definition of the
 * command than the command takes. All other forms are picocli's, which would also read these, to
 * the same effect.
 *
 * @param command carries it out, and returns the exit code
 */
record PlainCommand(Callable<Integer> command) {
    private static final String JSON = "--json";

    /** The command of these words; empty where picocli must read them. */
    static Optional<PlainCommand> of(List<String> words) {
        if (words.isEmpty() || words.size() > 3) {
            return Optional.empty();
        }
        List<String> rest = new ArrayList<>(words.subList(1, words.size()));
        boolean json = rest.remove(JSON);
        boolean none = rest.isEmpty();
        boolean one = rest.size() == 1 && isValue(rest.get(0));
        Callable<Integer> command =
                switch (words.get(0)) {
                    case "--version", "-V" -> none && !json ? PlainCommand::version : null;
                    case "runs" -> none ? RunsCommand.of(json) : null;
                    case "status" -> one ? StatusCommand.of(rest.get(0), json) : null;
                    case "logs" -> one ? LogsCommand.of(rest.get(0), json) : null;
                    default -> null;
                };
        return Optional.ofNullable(command).map(PlainCommand::new);
    }

    /** Whether a word can be nothing but a value. */
    private static boolean isValue(String word) {
        return !word.isEmpty() && word.charAt(0) != '-';
    }

    private static int version() {
        for (String line : new Version().getVersion()) {
            System.out.println(line);
        }
        return ExitCode.OK.code();
    }

    /** Carries it out. Returns the exit code. */
    int call() throws Exception {
        return command.call();
    }
}
