package org.jetfanout.sink.splunk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jetfanout.sink.RetryAfter;
import org.jetfanout.text.Text;

/**
 * An answer of Splunk's HTTP Event Collector, according to its table of codes
 * (https://help.splunk.com/en/splunk-enterprise/get-data-in/collect-http-event-data/troubleshoot-http-event-collector).
 * An answer without a code does not come from the collector but from a server before it, so the
 * HTTP status gives its meaning.
 *
 * @param status of HTTP
 * @param code of the table; empty where there is none
 * @param text of the answer, one line
 * @param invalidEvent number of the invalid event in the request, from 0: the collector stopped
 *     there
 * @param ackId the id with which to ask for the acknowledgement of the request
 * @param acks for each id that was asked for, whether it is acknowledged; empty in an answer to
 *     events
 * @param after how long it asks to wait
 */
record HecAnswer(
        int status,
        OptionalInt code,
        String text,
        OptionalInt invalidEvent,
        OptionalLong ackId,
        Optional<Map<Long, Boolean>> acks,
        Optional<Duration> after) {
    /** What to do after an answer. */
    enum Meaning {
        /** The events are accepted. */
        ACCEPTED,
        /** The collector cannot accept them now. */
        LATER,
        /** One event is invalid. */
        INVALID,
        /** The request is too large. */
        TOO_LARGE,
        /**
         * The token, the index, the channel or the URL is wrong: the collector will accept nothing.
         */
        STOP
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_TEXT = 200;

    /**
     * Codes for a wrong token: disabled, required, invalid; query string not allowed; the same for
     * ingest tokens.
     */
    private static final Set<Integer> TOKEN = Set.of(1, 2, 3, 4, 16, 21, 22);

    /**
     * Codes for a bad event: no data, invalid format, event required, event blank, wrong indexed
     * fields.
     */
    private static final Set<Integer> BAD_EVENT = Set.of(5, 6, 12, 13, 15);

    private static final int INCORRECT_INDEX = 7;
    private static final Set<Integer> CHANNEL = Set.of(10, 11);
    private static final int ACK_DISABLED = 14;

    /**
     * Reads an answer.
     *
     * @param retryAfter the header of that name; null for none
     */
    static HecAnswer read(int status, String retryAfter, byte[] body) {
        JsonNode json = json(body);
        String text = json.path("text").asText(new String(body, StandardCharsets.UTF_8));
        text = Text.plain(text.lines().findFirst().orElse("")).strip();
        return new HecAnswer(
                status,
                json.path("code").isInt()
                        ? OptionalInt.of(json.path("code").intValue())
                        : OptionalInt.empty(),
                text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + "…" : text,
                json.path("invalid-event-number").isInt()
                        ? OptionalInt.of(json.path("invalid-event-number").intValue())
                        : OptionalInt.empty(),
                json.path("ackId").isIntegralNumber()
                        ? OptionalLong.of(json.path("ackId").longValue())
                        : OptionalLong.empty(),
                acks(json.path("acks")),
                RetryAfter.of(retryAfter, Instant.now()));
    }

    private static Optional<Map<Long, Boolean>> acks(JsonNode json) {
        if (!json.isObject()) {
            return Optional.empty();
        }
        Map<Long, Boolean> acks = new HashMap<>();
        json.properties().stream()
                .filter(ack -> ack.getKey().matches("\\d{1,18}"))
                .forEach(ack -> acks.put(Long.valueOf(ack.getKey()), ack.getValue().asBoolean()));
        return Optional.of(acks);
    }

    private static JsonNode json(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (IOException e) {
            return JSON.missingNode();
        }
    }

    Meaning meaning() {
        if (code.isPresent()) {
            int known = code.getAsInt();
            if (known == 0) {
                return Meaning.ACCEPTED;
            }
            if (BAD_EVENT.contains(known)) {
                return Meaning.INVALID;
            }
            if (TOKEN.contains(known)
                    || CHANNEL.contains(known)
                    || known == INCORRECT_INDEX
                    || known == ACK_DISABLED) {
                return Meaning.STOP;
            }
        }
        if (status == 413) {
            return Meaning.TOO_LARGE;
        }
        // a success without a code does not come from the collector, but is a page of a server
        // before it
        return status < 300 || status == 408 || status == 429 || status >= 500
                ? Meaning.LATER
                : Meaning.STOP;
    }

    /** Whether it answers the question for acknowledgements. */
    boolean isAboutAcks() {
        return acks.isPresent();
    }

    /** Ids that are acknowledged. */
    Set<Long> acknowledged() {
        return acks.orElse(Map.of()).entrySet().stream()
                .filter(Map.Entry::getValue)
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether the token has no indexer acknowledgement. */
    boolean isAckDisabled() {
        return code.isPresent() && code.getAsInt() == ACK_DISABLED;
    }

    /** The answer in words, and what to do where someone must act. */
    String reason() {
        String said =
                "Splunk answers "
                        + status
                        + (text.isEmpty() ? "" : ": " + text)
                        + (code.isPresent() ? " (code " + code.getAsInt() + ")" : "");
        return meaning() == Meaning.STOP ? said + "; " + advice() : said;
    }

    private String advice() {
        int known = code.orElse(-1);
        if (TOKEN.contains(known) || status == 401 || status == 403) {
            return "check splunk.token (JET_FANOUT_SPLUNK_TOKEN), and whether the token is"
                    + " enabled in Splunk";
        }
        if (known == INCORRECT_INDEX) {
            return "splunk.index must be an index that the token may write to";
        }
        if (CHANNEL.contains(known)) {
            return "splunk.channel must be a GUID that the collector accepts";
        }
        if (known == ACK_DISABLED) {
            return "the token has no indexer acknowledgement: set splunk.acknowledge to auto or"
                    + " false";
        }
        return "splunk.url must be the address of an HTTP Event Collector, such as"
                + " https://splunk.example.com:8088";
    }
}
