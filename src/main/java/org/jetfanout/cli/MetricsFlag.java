package org.jetfanout.cli;

import picocli.CommandLine.Option;

/** Where the figures of a run are served. */
final class MetricsFlag {
    @Option(
            names = "--metrics",
            paramLabel = "[ADDRESS:]PORT",
            description =
                    "Serve figures to Prometheus while the run goes on, on 127.0.0.1 unless an address is given.")
    private String address;

    /** Null for nowhere. */
    String address() {
        return address;
    }
}
