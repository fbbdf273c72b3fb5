package org.jetfanout.sink.splunk;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.io.CloseMode;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.sink.Sink;
import org.jetfanout.sink.SinkDelivery;
import org.jetfanout.sink.SinkHttp;
import org.jetfanout.sink.SinkSettings;
import org.jetfanout.sink.SinkStoppedException;
import org.jetfanout.sink.Tls;
import org.jetfanout.sink.UndeliveredException;
import org.jetfanout.text.Durations;

/**
 * The Splunk sink: sends events to the HTTP Event Collector. It asks for the indexer's
 * acknowledgement where the token has that. Thread-safe.
 */
public final class SplunkSink implements Sink {
    private static final int LONGEST_ANSWER = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private enum Acknowledge {
        AUTO,
        TRUE,
        FALSE
    }

    private final String url;
    private final Acknowledge acknowledge;
    private final Duration acknowledgeTimeout;
    private final HecEvents events;
    private final CloseableHttpClient http;

    // Mutable state: what is known about the collector
    private volatile long requestBytes;
    private volatile boolean acknowledges;

    /** A sink with these settings. */
    public SplunkSink(SinkSettings settings) {
        url = settings.get(SplunkSettings.URL);
        acknowledge =
                Acknowledge.valueOf(
                        settings.get(SplunkSettings.ACKNOWLEDGE).toUpperCase(Locale.ROOT));
        acknowledges = acknowledge == Acknowledge.TRUE;
        acknowledgeTimeout = settings.get(SplunkSettings.ACKNOWLEDGE_TIMEOUT);
        events = new HecEvents(settings.find(SplunkSettings.INDEX));
        requestBytes = settings.get(SplunkSettings.REQUEST_BYTES);
        http =
                SinkHttp.open(
                        settings,
                        Map.of(
                                "Authorization",
                                "Splunk " + settings.get(SplunkSettings.TOKEN),
                                "X-Splunk-Request-Channel",
                                settings.find(SplunkSettings.CHANNEL)
                                        .orElseGet(UUID::randomUUID)
                                        .toString()));
    }

    @Override
    public Map<String, Object> beans() {
        Map<String, Object> beans = new HashMap<>();
        beans.put("splunkHttp", http);
        beans.put("splunk.delivery", (Processor) this::delivery);
        beans.put("splunk.events", (Processor) this::events);
        beans.put("splunk.answer", (Processor) this::answer);
        beans.put("splunk.broken", (Processor) this::broken);
        beans.put("splunk.ask", (Processor) this::ask);
        beans.put("splunk.acknowledged", (Processor) this::acknowledged);
        beans.put("splunk.unacknowledged", (Processor) this::unacknowledged);
        beans.put("splunk.done", (Processor) this::done);
        return beans;
    }

    @Override
    public Map<String, String> properties() {
        return Map.of("splunk.url", url);
    }

    @Override
    public void abort() {
        http.close(CloseMode.IMMEDIATE);
    }

    @Override
    public void close() {
        http.close(CloseMode.GRACEFUL);
    }

    @SuppressWarnings("unchecked") // the contract of the sinks' routes
    void delivery(Exchange exchange) throws InvalidPayloadException {
        List<LogDocument> documents = exchange.getMessage().getMandatoryBody(List.class);
        exchange.setProperty(HecDelivery.PROPERTY, new HecDelivery(documents));
    }

    private static HecDelivery of(Exchange exchange) {
        return exchange.getProperty(HecDelivery.PROPERTY, HecDelivery.class);
    }

    /** Makes the next request: as many events as it may hold, at least one. */
    void events(Exchange exchange) {
        HecDelivery delivery = of(exchange);
        ByteArrayOutputStream body = new ByteArrayOutputStream(1 << 20);
        int count = 0;
        for (LogDocument document : delivery.ahead()) {
            byte[] event = events.event(document);
            if (count > 0 && body.size() + event.length > requestBytes) {
                break;
            }
            body.writeBytes(event);
            count++;
        }
        delivery.take(count);
        request(exchange, SinkHttp.gzipped(body.toByteArray()));
        exchange.getMessage().setHeader(Exchange.CONTENT_ENCODING, "gzip");
        // the body is compressed already; Camel would do it again
        exchange.setProperty(Exchange.SKIP_GZIP_ENCODING, true);
    }

    private static void request(Exchange exchange, byte[] body) {
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setBody(body);
        message.setHeader(Exchange.CONTENT_TYPE, "application/json");
    }

    private static HecAnswer read(Message message) throws IOException {
        return HecAnswer.read(
                message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class),
                message.getHeader("Retry-After", String.class),
                body(message));
    }

    private static byte[] body(Message message) throws IOException {
        try (InputStream in = message.getBody(InputStream.class)) {
            return in == null ? new byte[0] : in.readNBytes(LONGEST_ANSWER);
        }
    }

    void answer(Exchange exchange) throws IOException, SinkStoppedException {
        HecDelivery delivery = of(exchange);
        HecAnswer answer = read(exchange.getMessage());
        int size = delivery.request().size();
        switch (answer.meaning()) {
            case ACCEPTED -> accepted(delivery, answer);
            case LATER ->
                    delivery.endEarly(before(delivery, answer), answer.after(), answer.reason());
            case INVALID -> invalid(exchange, delivery, answer);
            case TOO_LARGE -> {
                if (size == 1) {
                    refuse(exchange, delivery, 0, answer);
                } else {
                    requestBytes = Math.max(1, requestBytes / 2);
                    delivery.halved();
                }
            }
            case STOP -> throw new SinkStoppedException(answer.reason());
        }
    }

    private void accepted(HecDelivery delivery, HecAnswer answer) throws SinkStoppedException {
        OptionalLong ackId = answer.ackId();
        if (acknowledge == Acknowledge.TRUE && ackId.isEmpty()) {
            throw new SinkStoppedException(
                    "Splunk does not acknowledge records: the token has no indexer"
                            + " acknowledgement. Set splunk.acknowledge to auto or false");
        }
        acknowledges = ackId.isPresent() && acknowledge != Acknowledge.FALSE;
        delivery.accepted(delivery.request().size(), acknowledges ? ackId : OptionalLong.empty());
    }

    /**
     * How many events before the invalid one the collector has accepted. It reads a request from
     * its beginning and accepts each event, up to the invalid one that it names (seen in moby/moby
     * issue 35862). It does not acknowledge these events, so where acknowledgement is wanted they
     * are sent again.
     */
    private int before(HecDelivery delivery, HecAnswer answer) {
        int number = answer.invalidEvent().orElse(0);
        return acknowledges || number < 0 || number >= delivery.request().size() ? 0 : number;
    }

    private void invalid(Exchange exchange, HecDelivery delivery, HecAnswer answer) {
        int size = delivery.request().size();
        int number = answer.invalidEvent().orElse(-1);
        if (number >= 0 && number < size) {
            refuse(exchange, delivery, number, answer);
        } else if (size == 1) {
            refuse(exchange, delivery, 0, answer);
        } else {
            delivery.halved();
        }
    }

    private void refuse(Exchange exchange, HecDelivery delivery, int number, HecAnswer answer) {
        exchange.getProperty(SinkDelivery.PROPERTY, SinkDelivery.class)
                .refuse(delivery.request().get(number), answer.reason());
        delivery.refused(number, !acknowledges);
    }

    /**
     * The collector was not reached or did not answer. It is unknown whether it has accepted
     * anything.
     */
    void broken(Exchange exchange) throws SinkStoppedException {
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        Tls.requireTrusted("splunk", url, failure);
        of(exchange).endEarly(0, Optional.empty(), "Splunk: " + failure.getMessage());
    }

    void ask(Exchange exchange) throws IOException {
        request(
                exchange,
                JSON.writeValueAsBytes(
                        Map.of("acks", of(exchange).ask(Instant.now(), acknowledgeTimeout))));
    }

    void acknowledged(Exchange exchange) throws IOException, SinkStoppedException {
        HecDelivery delivery = of(exchange);
        HecAnswer answer = read(exchange.getMessage());
        answer.acknowledged().forEach(delivery::acknowledged);
        if (answer.isAckDisabled() && acknowledge == Acknowledge.AUTO) {
            delivery.acknowledgedNever();
        } else if (!answer.isAboutAcks() && answer.meaning() == HecAnswer.Meaning.STOP) {
            throw new SinkStoppedException(answer.reason());
        }
        unacknowledged(exchange);
    }

    void unacknowledged(Exchange exchange) {
        of(exchange)
                .giveUp(
                        Instant.now(),
                        "Splunk has not acknowledged within " + Durations.text(acknowledgeTimeout));
    }

    void done(Exchange exchange) throws UndeliveredException {
        of(exchange).end();
    }
}
