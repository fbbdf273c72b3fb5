package org.jetfanout.queue;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.Set;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.jms.client.ActiveMQSession;

/**
 * What waits in a queue for a consumer. What a consumer works on is not in it.
 *
 * @param texts of the text messages
 * @param consumers how many there are, of whomever
 */
public record QueueContents(Set<String> texts, int consumers) {
    /** No large message is looked at or taken: it would be read whole, however large. */
    public static final String SELECTOR = "_AMQ_LARGE_SIZE IS NULL";

    private static final int LONGEST = 100;

    public QueueContents {
        texts = Set.copyOf(texts);
    }

    /**
     * Looks; may wait for the broker.
     *
     * @param connection has been started
     */
    static QueueContents of(Connection connection, String queue) throws JMSException {
        try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            ClientSession.QueueQuery asked = query(session, queue);
            // a browser would make it
            return asked.isExists()
                    ? new QueueContents(texts(session, queue), asked.getConsumerCount())
                    : new QueueContents(Set.of(), 0);
        }
    }

    private static Set<String> texts(Session session, String queue) throws JMSException {
        Set<String> texts = new HashSet<>();
        try (QueueBrowser browser = session.createBrowser(session.createQueue(queue), SELECTOR)) {
            Enumeration<?> messages = browser.getEnumeration();
            while (messages.hasMoreElements()) {
                Message message = (Message) messages.nextElement();
                if (message instanceof TextMessage text
                        && text.getText() != null
                        && text.getText().length() <= LONGEST) {
                    texts.add(text.getText());
                }
            }
        }
        return texts;
    }

    private static ClientSession.QueueQuery query(Session session, String queue)
            throws JMSException {
        try {
            return ((ActiveMQSession) session).getCoreSession().queueQuery(SimpleString.of(queue));
        } catch (ActiveMQException e) {
            JMSException failure = new JMSException(e.getMessage());
            failure.initCause(e);
            throw failure;
        }
    }
}
