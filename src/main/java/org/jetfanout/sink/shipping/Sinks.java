package org.jetfanout.sink.shipping;

import java.util.Optional;
import org.jetfanout.sink.Sink;
import org.jetfanout.sink.SinkSettings;
import org.jetfanout.sink.elasticsearch.ElasticsearchSink;
import org.jetfanout.sink.file.FileSink;
import org.jetfanout.sink.logstash.LogstashSink;
import org.jetfanout.sink.splunk.SplunkSink;
import org.jetfanout.sink.stdout.StdoutSink;
import org.jetfanout.sink.syslog.SyslogSink;

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
