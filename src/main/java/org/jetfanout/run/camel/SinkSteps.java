package org.jetfanout.run.camel;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jetfanout.logs.LogDocument;

/** The steps that the route of every sink may use. Thread-safe. */
public final class SinkSteps {
    private SinkSteps() {}

    /** The beans for the names in the routes. */
    public static Map<String, Processor> beans() {
        return Map.of("sink.failures", SinkSteps::failures, "sink.ndjson", SinkSteps::ndjson);
    }

    /**
     * Removes all documents except those that report a failure. Where none is left, the route ends.
     */
    static void failures(Exchange exchange) throws InvalidPayloadException {
        List<LogDocument> failures =
                documents(exchange.getMessage()).stream().filter(LogDocument::isFailure).toList();
        exchange.getMessage().setBody(failures);
        exchange.setRouteStop(failures.isEmpty());
    }

    /** Makes one text of the documents, one JSON object a line. */
    static void ndjson(Exchange exchange) throws InvalidPayloadException {
        Message message = exchange.getMessage();
        ByteArrayOutputStream lines = new ByteArrayOutputStream(1 << 16);
        for (LogDocument document : documents(message)) {
            lines.writeBytes(document.json());
            lines.write('\n');
        }
        message.setBody(lines.toByteArray());
        message.setHeader(Exchange.CONTENT_TYPE, "application/x-ndjson");
    }

    @SuppressWarnings("unchecked") // the contract of the sinks' routes
    private static List<LogDocument> documents(Message message) throws InvalidPayloadException {
        return message.getMandatoryBody(List.class);
    }
}
