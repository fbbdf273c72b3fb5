package org.jetfanout.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jetfanout.ConfigurationException;
import org.jetfanout.run.RunRequest;
import org.jetfanout.runner.exec.CopyTask;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code copy}: puts a file of this machine on hosts, through the workers. */
@Command(
        name = "copy",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        customSynopsis = "jet-fanout copy [OPTIONS] --worker-config FILE [--] FILE TARGET",
        description = {
            "Puts a file of this machine on hosts, through workers.",
            "It is sent once to each worker, and from there to the hosts. If a connection breaks, it"
                    + " goes on from there. A host that has the file already is ok, and gets"
                    + " nothing."
        })
final class CopyCommand implements Callable<Integer>, StartsRun {
    @Mixin private TaskOptions options;

    @Option(
            names = "--mode",
            paramLabel = "OCTAL",
            description =
                    "Mode of the file on the hosts, such as 0640 (default: a new file gets that of"
                            + " FILE, an old one keeps its own).")
    private String mode = "";

    @Option(
            names = "--owner",
            paramLabel = "NAME",
            description =
                    "Owner of the file on the hosts (default: the account that copies; an old file"
                            + " keeps its owner).")
    private String owner = "";

    @Option(names = "--group", paramLabel = "NAME", description = "Group of the file on the hosts.")
    private String group = "";

    @Parameters(index = "0", paramLabel = "FILE", description = "The file.")
    private Path file;

    @Parameters(
            index = "1",
            paramLabel = "TARGET",
            description =
                    "Its path on the hosts. With / at the end a folder, in which it keeps its name.")
    private String target;

    @Override
    public Integer call() throws IOException {
        return options.run(request());
    }

    @Override
    public RunRequest request() {
        return options.request(task(), false);
    }

    private CopyTask task() {
        try {
            return new CopyTask(file, target, mode, owner, group);
        } catch (ConfigurationException e) {
            // the message concerns the command line only, so it is reported as a usage error
            throw new UsageException(e.getMessage());
        }
    }
}
