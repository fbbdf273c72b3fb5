package org.jetfanout.sink.syslog;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Processor;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.sink.ConfirmedStream;
import org.jetfanout.sink.Sink;
import org.jetfanout.sink.SinkDelivery;
import org.jetfanout.sink.SinkSettings;
import org.jetfanout.sink.SinkStoppedException;
import org.jetfanout.sink.Tls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The syslog sink: sends documents as RFC 5424 messages over TCP, TLS or UDP, with the run, the
 * batch and the host as structured data. Syslog has no acknowledgement, so for TCP and TLS the sink
 * uses a {@link ConfirmedStream}. Thread-safe.
 */
public final class SyslogSink implements Sink {
    private static final Logger LOG = LoggerFactory.getLogger(SyslogSink.class);

    /** Schemes, each with its registered port. */
    private static final Map<String, Integer> PORTS = Map.of("tcp", 601, "tls", 6514, "udp", 514);

    /**
     * The default sizes of a message: over TCP and TLS what rsyslog accepts by default (RFC 5425
     * section 4.3.1 demands 8192), over UDP what fits into one packet.
     */
    private static final int STREAM_SIZE = 8096;

    private static final int DATAGRAM_SIZE = 1400;

    private static final int LARGEST_DATAGRAM = 65_507;

    private final String url;
    private final SyslogForm form;
    private final SyslogWire wire;
    private final AtomicLong cut = new AtomicLong();

    /** A sink with these settings. It connects when it sends the first delivery. */
    public SyslogSink(SinkSettings settings) {
        url = settings.get(SyslogSettings.URL);
        URI uri = URI.create(url);
        boolean datagrams = uri.getScheme().equals("udp");
        int size =
                settings.find(SyslogSettings.SIZE).orElse(datagrams ? DATAGRAM_SIZE : STREAM_SIZE);
        if (datagrams && size > LARGEST_DATAGRAM) {
            throw settings.wrong(
                    SyslogSettings.SIZE,
                    "must be a number from %d to %d for UDP"
                            .formatted(SyslogSettings.LEAST_SIZE, LARGEST_DATAGRAM));
        }
        form =
                new SyslogForm(
                        SyslogForm.FACILITIES.indexOf(settings.get(SyslogSettings.FACILITY)),
                        "jetfanout@" + settings.get(SyslogSettings.ENTERPRISE),
                        controlMachine(),
                        size,
                        settings.get(SyslogSettings.MARK));
        String host = uri.getHost().replaceAll("[\\[\\]]", "");
        int port = uri.getPort() < 0 ? PORTS.get(uri.getScheme()) : uri.getPort();
        wire =
                datagrams
                        ? new SyslogDatagrams(host, port, settings.get(SyslogSettings.RATE))
                        : new SyslogStream(
                                ConfirmedStream.of(
                                        settings, host, port, uri.getScheme().equals("tls")),
                                settings.get(SyslogSettings.FRAMING).equals("counted"));
    }

    private static String controlMachine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "";
        }
    }

    @Override
    public Map<String, Object> beans() {
        return Map.of(
                "syslog.messages",
                (Processor) this::messages,
                "syslog.send",
                (Processor) this::send);
    }

    /** How many messages were cut to fit. */
    long cut() {
        return cut.get();
    }

    @Override
    public void close() {
        if (cut.get() > 0) {
            LOG.warn(
                    "sink syslog: {} messages were cut to {} bytes (syslog.size) and marked",
                    cut,
                    form.size());
        }
        wire.close();
    }

    @SuppressWarnings("unchecked") // the contract of the sinks' routes
    void messages(Exchange exchange) throws InvalidPayloadException {
        List<LogDocument> documents = exchange.getMessage().getMandatoryBody(List.class);
        SinkDelivery delivery = exchange.getProperty(SinkDelivery.PROPERTY, SinkDelivery.class);
        List<SyslogForm.Message> messages = new ArrayList<>(documents.size());
        for (LogDocument document : documents) {
            Optional<SyslogForm.Message> message = form.of(document);
            if (message.isEmpty()) {
                delivery.refuse(
                        document,
                        "the names in the message are longer than " + form.size() + " bytes");
            } else {
                messages.add(message.get());
            }
        }
        exchange.getMessage().setBody(messages);
    }

    @SuppressWarnings("unchecked") // from the step before
    void send(Exchange exchange) throws IOException, InvalidPayloadException, SinkStoppedException {
        List<SyslogForm.Message> messages = exchange.getMessage().getMandatoryBody(List.class);
        try {
            wire.send(messages.stream().map(SyslogForm.Message::bytes).toList());
            cut.addAndGet(messages.stream().filter(SyslogForm.Message::cut).count());
        } catch (IOException e) {
            Tls.requireTrusted("syslog", url, e);
            throw e;
        }
    }
}
