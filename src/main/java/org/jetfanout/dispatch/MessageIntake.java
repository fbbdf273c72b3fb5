package org.jetfanout.dispatch;

import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.ObjectMessage;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.component.sjms.SjmsMessage;
import org.jetfanout.JetHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out which batch a message of the queue is about. Everybody who can log in to an external
 * broker can write to the queue. A message that is not a short text with the GUID of this run is
 * dropped without being read; the log has a line for each of the first few. Thread-safe.
 */
public final class MessageIntake {
    private static final Logger LOG = LoggerFactory.getLogger(MessageIntake.class);

    /** Exchange property: the message as it arrived, whatever steps before takeUp do to it. */
    public static final String CAME = "JetCame";

    private static final int LONGEST = 100;
    private static final int MOST_LINES = 10;

    private final String guid;

    // Mutable state
    private final AtomicInteger foreign = new AtomicInteger();

    MessageIntake(String guid) {
        this.guid = guid;
    }

    /**
     * The id of the batch; empty for a message that is not ours.
     *
     * @param open the batches that have no result yet
     */
    Optional<String> batch(Exchange exchange, Set<String> open) {
        Message came = exchange.getProperty(CAME, Message.class);
        if (came != null) {
            return batch(came, open);
        }
        // read from the original message, because Camel would convert any content to a body
        if (exchange.getMessage() instanceof SjmsMessage taken && taken.getJmsMessage() != null) {
            return batch(taken.getJmsMessage(), open);
        }
        // a step of the user's own route has replaced the message
        return exchange.getMessage().getBody() instanceof String id && open.contains(id)
                ? Optional.of(id)
                : drop("a message that a step before takeUp changed");
    }

    private Optional<String> batch(Message message, Set<String> open) {
        if (!(message instanceof TextMessage text)) {
            return drop(kind(message));
        }
        try {
            String id = text.getText();
            if (id == null || id.isEmpty()) {
                return drop("a text message without a text");
            }
            if (id.length() > LONGEST) {
                return drop("a text message of " + id.length() + " characters");
            }
            Optional<String> run = Optional.ofNullable(text.getStringProperty(JetHeaders.GUID));
            if (run.isPresent() ? !run.get().equals(guid) : !open.contains(id)) {
                return drop(
                        "a text message "
                                + (run.isPresent() ? "of another run" : "without a" + " run"));
            }
            return Optional.of(id);
        } catch (JMSException e) {
            return drop("a text message that cannot be read");
        }
    }

    private static String kind(Message message) {
        if (message instanceof ObjectMessage) {
            return "an object message";
        }
        if (message instanceof BytesMessage) {
            return "a bytes message";
        }
        if (message instanceof MapMessage) {
            return "a map message";
        }
        return message instanceof StreamMessage ? "a stream message" : "a message without a body";
    }

    private Optional<String> drop(String what) {
        int count = foreign.incrementAndGet();
        if (count <= MOST_LINES) {
            LOG.warn(
                    "dropped from the queue: {}, which jet-fanout did not send{}",
                    what,
                    count == MOST_LINES ? "; further messages of this kind are not logged" : "");
        }
        return Optional.empty();
    }
}
