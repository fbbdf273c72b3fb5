package org.jetfanout.cli;

import picocli.CommandLine.Option;

/** The flag that says where the metrics of a run are served. */
final class MetricsFlag {
    @Option(
            names = "--metrics",
            paramLabel = "[ADDRESS:]PORT",
            description =
                    "Serve Prometheus metrics during the run. The default address is 127.0.0.1.")
    private String address;

    /** The address; null where metrics are not served. */
    String address() {
        return address;
    }
}
