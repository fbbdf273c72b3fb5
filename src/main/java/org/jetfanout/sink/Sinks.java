package org.jetfanout.sink;

import java.util.Optional;

/** The packaged sinks by name. */
public final class Sinks {
    private Sinks() {}

    /**
     * Opens the Java half of a sink; empty for a sink of the user's own, which is a route file
     * alone.
     *
     * @param settings those of this sink
     */
    public static Optional<Sink> open(String name, SinkSettings settings) {
        return switch (name) {
            case "elasticsearch", "opensearch" -> Optional.of(new ElasticsearchSink(settings));
            case "logstash" -> Optional.of(new LogstashSink(settings));
            case "syslog" -> Optional.of(new SyslogSink(settings));
            case "file" -> Optional.of(new FileSink(settings));
            case "splunk" -> Optional.of(new SplunkSink(settings));
            case "stdout" -> Optional.of(new StdoutSink(settings));
            default -> Optional.empty();
        };
    }
}
