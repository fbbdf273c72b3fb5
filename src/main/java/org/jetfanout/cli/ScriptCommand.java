package org.jetfanout.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jetfanout.run.RunRequest;
import org.jetfanout.runner.exec.ScriptTask;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code script}: runs a script of this machine on hosts, through the workers. */
@Command(
        name = "script",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        customSynopsis = "jet-fanout script [OPTIONS] --worker-config FILE [--] FILE [ARGUMENT...]",
        description = {
            "Runs a script of this machine on hosts, through workers.",
            "It is sent once to each worker. On each host, the interpreter of its first line (#!)"
                    + " reads it from a pipe: nothing is stored there."
        })
final class ScriptCommand implements Callable<Integer>, StartsRun {
    @Mixin private TaskOptions options;

    @Parameters(index = "0", paramLabel = "FILE", description = "The script.")
    private Path file;

    @Parameters(
            index = "1..*",
            paramLabel = "ARGUMENT",
            description = "Its arguments, passed on as they are.")
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        return options.run(request());
    }

    @Override
    public RunRequest request() {
        Path script = options.pipes().file(file);
        return options.request(new ScriptTask(script, arguments), false);
    }
}
