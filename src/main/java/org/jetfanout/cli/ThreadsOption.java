package org.jetfanout.cli;

import picocli.CommandLine.Option;

/** The option that says how many workers are asked at once. */
final class ThreadsOption {
    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            defaultValue = "20",
            description = "Number of workers to ask at once (default: ${DEFAULT-VALUE}).")
    private int threads;

    int count() {
        if (threads < 1) {
            throw new UsageException("--threads must be at least 1");
        }
        return threads;
    }
}
