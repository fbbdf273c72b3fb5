package org.jetfanout.service.api;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jetfanout.ConfigurationException;
import org.jetfanout.service.access.Access;
import org.jetfanout.service.access.Caller;
import org.jetfanout.service.http.RefusedException;
import org.jetfanout.service.runs.KeyInUseException;
import org.jetfanout.service.runs.NotNowException;
import org.jetfanout.service.runs.QueueFullException;
import org.jetfanout.service.runs.TemplateBusyException;

/**
 * One operation of the API, as the routes use it: the request is read by its description, and the
 * answer written. Thread-safe.
 */
final class Operation implements Processor {
    /** The path of the API. */
    static final String BASE = "/api/v1";

    private static final String JSON = "application/json";
    private static final int LONGEST_TYPE = 200;

    private final String id;
    private final Function<ApiRequest, Answer> work;

    // Mutable state: it is the same whoever reads it first
    private volatile OperationSpec spec;

    Operation(String id, Function<ApiRequest, Answer> work) {
        this.id = id;
        this.work = work;
    }

    @Override
    public void process(Exchange exchange) {
        ApiRequest asked = asked(exchange);
        Answer answer = answer(asked);
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        answer.headers().forEach(message::setHeader);
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, answer.status());
        message.setHeader(Exchange.CONTENT_TYPE, answer.type());
        message.setBody(answer.body());
    }

    /** Does the work. What it refuses becomes a problem with the words for the caller. */
    private Answer answer(ApiRequest asked) {
        try {
            return work.apply(asked);
        } catch (ConfigurationException e) {
            throw new RefusedException(422, oneLine(e.getMessage()));
        } catch (NotNowException | TemplateBusyException e) {
            throw new RefusedException(409, e.getMessage());
        } catch (KeyInUseException e) {
            throw new RefusedException(422, e.getMessage());
        } catch (QueueFullException e) {
            throw new RefusedException(503, e.getMessage());
        }
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s*[\\r\\n]+\\s*", " ");
    }

    private ApiRequest asked(Exchange exchange) {
        OperationSpec known = spec(exchange);
        Message message = exchange.getMessage();
        String query = message.getHeader(Exchange.HTTP_RAW_QUERY, String.class);
        if (query == null) {
            query = message.getHeader(Exchange.HTTP_QUERY, "", String.class);
        }
        String path = message.getHeader(Exchange.HTTP_URI, "", String.class);
        int question = path.indexOf('?');
        Caller caller = Access.of(exchange);
        return new ApiRequest(
                caller,
                known.pathValues(question < 0 ? path : path.substring(0, question)),
                Map.copyOf(known.queryValues(query)),
                body(known, message),
                // two callers may have thought of the same one
                key(known, message).map(key -> caller.name() + " " + key));
    }

    private static Optional<String> key(OperationSpec spec, Message message) {
        boolean takes =
                spec.parameters().stream()
                        .anyMatch(parameter -> parameter.getName().equals("Idempotency-Key"));
        return takes ? OperationSpec.key(message.getHeader("Idempotency-Key")) : Optional.empty();
    }

    private static byte[] body(OperationSpec spec, Message message) {
        byte[] body = message.getBody(byte[].class);
        if (body == null || body.length == 0 || spec.verb().getType() == null) {
            return new byte[0];
        }
        String type = message.getHeader(Exchange.CONTENT_TYPE, "", String.class);
        int semicolon = type.indexOf(';');
        String plain = (semicolon < 0 ? type : type.substring(0, semicolon)).strip();
        if (type.length() > LONGEST_TYPE || !plain.equalsIgnoreCase(JSON)) {
            throw new RefusedException(415, "the body must be " + JSON);
        }
        return body;
    }

    private OperationSpec spec(Exchange exchange) {
        if (spec == null) {
            spec = OperationSpec.of(exchange.getContext(), BASE, id);
        }
        return spec;
    }
}
