package org.jetfanout.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jetfanout.run.RunRequest;
import org.jetfanout.runner.exec.CommandTask;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code exec}: runs a command on hosts, through the workers. */
@Command(
        name = "exec",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        customSynopsis = "jet-fanout exec [OPTIONS] --worker-config FILE [--] COMMAND...",
        description = {
            "Runs a command on hosts, through workers, without a playbook.",
            "Workers need nothing but sh and ssh. The words are joined by blanks, as ssh joins"
                    + " them; the shell of each host reads the line."
        })
final class ExecCommand implements Callable<Integer>, StartsRun {
    @Mixin private TaskOptions options;

    @Option(
            names = "--bare",
            description =
                    "Send the command as it is, for machines without a POSIX shell. It then goes"
                            + " on there when the run is cancelled or --timeout is over.")
    private boolean bare;

    @Parameters(arity = "1..*", paramLabel = "COMMAND", description = "The command, in any words.")
    private List<String> words = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        return options.run(request());
    }

    @Override
    public RunRequest request() {
        return options.request(task(words), bare);
    }

    private static CommandTask task(List<String> words) {
        String command = String.join(" ", words);
        if (command.isBlank()) {
            throw new UsageException("the command is empty");
        }
        return new CommandTask(command);
    }
}
