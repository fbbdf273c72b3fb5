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

/** The packaged sinks, by name. */
public final class Sinks {
    private Sinks() {}

    /**
     * Opens the Java part of a sink. Empty for the user's own sink, which is a route file only.
     *
     * @param settings of this sink
     */
    public static Optional<Sink> open(String name, SinkSettings settings) {
        return packaged(name).map(sink -> sink.opening().apply(settings.check(sink.settings())));
    }

    /** The settings that a packaged sink declares, without those that every sink has. */
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
