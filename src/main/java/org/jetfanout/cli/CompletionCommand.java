package org.jetfanout.cli;

import java.util.concurrent.Callable;
import org.jetfanout.ExitCode;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code completion}: prints a script that completes jet-fanout's command line in a shell. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = {
            "Prints a script for a shell, which completes commands and options.",
            "bash: source <(jet-fanout completion bash). fish: jet-fanout completion fish | source."
        })
final class CompletionCommand implements Callable<Integer> {
    /** A shell that jet-fanout has a script for. */
    enum Shell {
        BASH,
        ZSH,
        FISH
    }

    @Parameters(paramLabel = "bash|zsh|fish", description = "The shell.")
    private Shell shell;

    @Override
    public Integer call() {
        CommandLine program = Main.program(name -> true);
        System.out.print(
                switch (shell) {
                    case BASH -> AutoComplete.bash(Main.NAME, program);
                    case ZSH ->
                            "#compdef jet-fanout\n# zsh takes the completion of bash\n"
                                    + "autoload -U +X bashcompinit && bashcompinit\n"
                                    + AutoComplete.bash(Main.NAME, program);
                    case FISH -> FishCompletion.of(program);
                });
        return ExitCode.OK.code();
    }
}
