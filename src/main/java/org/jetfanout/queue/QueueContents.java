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
 * The messages that wait in a queue for a consumer. Messages that a consumer has taken are not
 * among them.
 *
 * @param texts of the text messages
 * @param consumers how many consumers there are, of all instances
 */
public record QueueContents(Set<String> texts, int consumers) {
    /** Leaves out large messages: a client would read each of them whole. */
    public static final String SELECTOR = "_AMQ_LARGE_SIZE IS NULL";

    private static final int LONGEST = 100;

    /** Copies the set. */
    public QueueContents {
        texts = Set.copyOf(texts);
    }

    /**
     * Looks into a queue. It may wait for the broker.
     *
     * @param connection must be started
     */
    static QueueContents of(Connection connection, String queue) throws JMSException {
        try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            ClientSession.QueueQuery asked = query(session, queue);
            // a browser would create the queue
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
