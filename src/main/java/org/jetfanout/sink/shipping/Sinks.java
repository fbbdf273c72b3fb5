package org.jetfanout.sink.shipping;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jetfanout.sink.Setting;
import org.jetfanout.sink.Sink;
import org.jetfanout.sink.SinkSettings;
import org.jetfanout.sink.elasticsearch.ElasticsearchSettings;
import org.jetfanout.sink.elasticsearch.ElasticsearchSink;
import org.jetfanout.sink.file.FileSettings;
import org.jetfanout.sink.file.FileSink;
import org.jetfanout.sink.logstash.LogstashSettings;
import org.jetfanout.sink.logstash.LogstashSink;
import org.jetfanout.sink.splunk.SplunkSettings;
import org.jetfanout.sink.splunk.SplunkSink;
import org.jetfanout.sink.stdout.StdoutSink;
import org.jetfanout.sink.syslog.SyslogSettings;
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
        return packaged(name).map(sink -> sink.opening().apply(settings.check(sink.settings())));
    }

    /** The settings that a packaged sink declares, beside those of every sink. */
    public static Optional<List<Setting<?>>> settings(String name) {
        return packaged(name).map(PackagedSink::settings);
    }

    private record PackagedSink(
            List<Setting<?>> settings, Function<SinkSettings, ? extends Sink> opening) {}

    private static Optional<PackagedSink> packaged(String name) {
        return Optional.ofNullable(
                switch (name) {
                    case "elasticsearch", "opensearch" ->
                            new PackagedSink(ElasticsearchSettings.ALL, ElasticsearchSink::new);
                    case "logstash" -> new PackagedSink(LogstashSettings.ALL, LogstashSink::new);
                    case "syslog" -> new PackagedSink(SyslogSettings.ALL, SyslogSink::new);
                    case "file" -> new PackagedSink(FileSettings.ALL, FileSink::new);
                    case "splunk" -> new PackagedSink(SplunkSettings.ALL, SplunkSink::new);
                    case "stdout" -> new PackagedSink(List.of(), any -> new StdoutSink());
                    default -> null;
                });
    }
}
