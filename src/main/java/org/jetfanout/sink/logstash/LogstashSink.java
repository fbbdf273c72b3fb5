package org.jetfanout.sink.logstash;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jetfanout.sink.ConfirmedStream;
import org.jetfanout.sink.Sink;
import org.jetfanout.sink.SinkSettings;
import org.jetfanout.sink.SinkStoppedException;
import org.jetfanout.sink.Tls;

/**
 * The Logstash sink: sends documents as lines of JSON over TCP or TLS, for Logstash's input {@code
 * tcp} with the codec {@code json_lines} and for other receivers of such lines. The protocol has no
 * acknowledgement, so the sink uses a {@link ConfirmedStream}. Thread-safe.
 */
public final class LogstashSink implements Sink {
    private final String url;
    private final ConfirmedStream stream;

    /** A sink with these settings. It connects when it sends the first delivery. */
    public LogstashSink(SinkSettings settings) {
        url = settings.get(LogstashSettings.URL);
        URI uri = URI.create(url);
        if (uri.getPort() < 0) {
            throw settings.wrong(
                    LogstashSettings.URL, "has no port: write tcp://name:port or tls://name:port");
        }
        stream =
                ConfirmedStream.of(
                        settings,
                        uri.getHost().replaceAll("[\\[\\]]", ""),
                        uri.getPort(),
                        uri.getScheme().equals("tls"));
    }

    @Override
    public Map<String, Object> beans() {
        return Map.of("logstash.send", (Processor) this::send);
    }

    @Override
    public void close() {
        stream.close();
    }

    void send(Exchange exchange) throws IOException, SinkStoppedException {
        try {
            stream.send(exchange.getMessage().getBody(byte[].class));
        } catch (IOException e) {
            Tls.requireTrusted("logstash", url, e);
            throw e;
        }
    }
}
