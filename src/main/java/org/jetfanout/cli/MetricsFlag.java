package org.jetfanout.cli;

import picocli.CommandLine.Option;

/** Where the figures of a run are served. */
final class MetricsFlag {
    @Option(
            names = "--metrics",
            paramLabel = "[ADDRESS:]PORT",
            description =
                    "Serve Prometheus metrics during the run. The default address is 127.0.0.1.")
    private String address;

    /** Null for nowhere. */
    String address() {
        return address;
    }
}
