package org.jetfanout.cli;

import org.jetfanout.run.RunRequest;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/**
 * Carries out what was asked: {@code plan} and {@code check} take the whole command line of a run
 * behind them ({@code plan exec … -- uptime}), and only look at its request. All else runs the last
 * command of the line.
 */
final class Asked implements IExecutionStrategy {
    /** A command that takes the command line of a run behind it. */
    interface OfRun {
        /**
         * Looks at the request of a run. Returns the exit code.
         *
         * @param json whether to print one JSON document
         */
        int look(RunRequest request, boolean json) throws Exception;
    }

    @Override
    public int execute(ParseResult parsed) {
        ParseResult outer = parsed.hasSubcommand() ? parsed.subcommand() : parsed;
        if (!outer.hasSubcommand()
                || isHelp(outer)
                || isHelp(outer.subcommand())
                || !(outer.commandSpec().userObject() instanceof OfRun command)) {
            return new RunLast().execute(parsed);
        }
        ParseResult inner = outer.subcommand();
        StartsRun run = (StartsRun) inner.commandSpec().userObject();
        try {
            return command.look(run.request(), isJson(outer) || isJson(inner));
        } catch (Exception e) {
            throw new ExecutionException(inner.commandSpec().commandLine(), e.toString(), e);
        }
    }

    private static boolean isHelp(ParseResult parsed) {
        return parsed.isUsageHelpRequested() || parsed.isVersionHelpRequested();
    }

    private static boolean isJson(ParseResult parsed) {
        return parsed.hasMatchedOption("--json");
    }
}
