package org.jetfanout.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jetfanout.ConfigurationException;
import org.jetfanout.run.RunRequest;
import org.jetfanout.run.SinkRequest;
import org.jetfanout.runner.WorkRequest;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The options that jet-fanout adds to the command line of a runner other than jetp. They have no
 * short names, because those are the runner's.
 */
final class FanOutOptions {
    @Option(
            names = "--worker-config",
            paramLabel = "FILE",
            description = "workers.yml: the worker map and its settings.")
    private Path workerConfig;

    @Mixin private RoutesOption routes;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Number of workers that run at once (default: 20).")
    private List<Integer> threads = new ArrayList<>();

    @Mixin private OrderOption order;

    @Mixin private RolloutOptions rollout;

    @Mixin private BrokerOptions broker;

    private final Pipes pipes = new Pipes();

    /** The reader for files that are named as a pipe. */
    Pipes pipes() {
        return pipes;
    }

    /** The file workers.yml, which must be given. */
    Path workerConfig() {
        if (workerConfig == null) {
            throw new UsageException(
                    "--worker-config is missing: give the workers.yml that maps hosts to workers");
        }
        Path file = pipes.file(workerConfig);
        if (!Files.isRegularFile(file)) {
            throw ConfigurationException.at(file, "no such file");
        }
        return file;
    }

    private int threads() {
        Integer last = SiteOptions.last(threads);
        if (last != null && last < 1) {
            throw new UsageException("--threads must be at least 1");
        }
        return last == null ? RunRequest.DEFAULT_THREADS : last;
    }

    /** The request for this work. It is checked as far as the command line alone allows. */
    RunRequest request(WorkRequest work) {
        return new RunRequest(
                work,
                workerConfig(),
                threads(),
                order.said(),
                rollout.rules(),
                routes.folder(),
                broker.request(),
                SinkRequest.NONE);
    }
}
