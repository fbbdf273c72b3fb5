package org.jetfanout.it.faults;

import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientRequestor;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.management.ManagementHelper;
import org.apache.activemq.artemis.api.core.management.ResourceNames;
import org.apache.activemq.artemis.jms.client.ActiveMQConnection;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.jms.client.ActiveMQSession;

/** Somebody else who may log in to the broker, at the queue of a run. */
@SuppressWarnings("try") // ClientRequestor says that it can be interrupted
final class QueueClient implements AutoCloseable {
    private static final int LAST_MILLIS = 500;

    private final ActiveMQConnectionFactory factory;
    private final ActiveMQConnection connection;
    private final Session session;
    private final String queue;

    private QueueClient(String url, String queue) throws JMSException {
        factory = new ActiveMQConnectionFactory(url + "?consumerWindowSize=0");
        connection = (ActiveMQConnection) factory.createConnection();
        connection.start();
        session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        this.queue = queue;
    }

    static QueueClient of(String url, String queue) throws JMSException {
        return new QueueClient(url, queue);
    }

    /** Makes a message. */
    @FunctionalInterface
    interface Making {
        Message with(Session session) throws JMSException;
    }

    void send(Making making) throws JMSException {
        try (MessageProducer producer = session.createProducer(session.createQueue(queue))) {
            producer.send(making.with(session));
        }
    }

    static Message bytes(Session session) throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.writeUTF("0002");
        return message;
    }

    static Message map(Session session) throws JMSException {
        MapMessage message = session.createMapMessage();
        message.setString("id", "0002");
        return message;
    }

    static Message stream(Session session) throws JMSException {
        StreamMessage message = session.createStreamMessage();
        message.writeString("0002");
        return message;
    }

    /** Takes what is there; how many. */
    int takeAll() throws JMSException {
        int count = 0;
        try (MessageConsumer consumer = session.createConsumer(session.createQueue(queue))) {
            while (consumer.receive(LAST_MILLIS) != null) {
                count++;
            }
        }
        return count;
    }

    /** Takes all that comes, at once. */
    void takeFromNowOn() throws JMSException {
        for (int n = 0; n < 4; n++) {
            Session own = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            own.createConsumer(own.createQueue(queue)).setMessageListener(message -> {});
        }
    }

    /** How many messages no consumer has. */
    long waiting() {
        try {
            ClientSession core = ((ActiveMQSession) session).getCoreSession();
            // the one that is worked on is counted, too
            return core.queueQuery(SimpleString.of(queue)).getMessageCount() - 1;
        } catch (ActiveMQException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Has the broker do something about the queue. */
    void manage(String operation, Object... parameters) throws Exception {
        try (ClientSession core =
                        factory.getServerLocator().createSessionFactory().createSession();
                ClientRequestor requestor = new ClientRequestor(core, "activemq.management")) {
            core.start();
            ClientMessage message = core.createMessage(false);
            ManagementHelper.putOperationInvocation(
                    message, ResourceNames.QUEUE + queue, operation, parameters);
            ClientMessage reply = requestor.request(message);
            if (!ManagementHelper.hasOperationSucceeded(reply)) {
                throw new IllegalStateException(String.valueOf(ManagementHelper.getResult(reply)));
            }
        }
    }

    /** Removes the queue, whoever uses it. */
    void delete() throws Exception {
        try (ClientSession core =
                        factory.getServerLocator().createSessionFactory().createSession();
                ClientRequestor requestor = new ClientRequestor(core, "activemq.management")) {
            core.start();
            ClientMessage message = core.createMessage(false);
            ManagementHelper.putOperationInvocation(
                    message, ResourceNames.BROKER, "destroyQueue", queue, true);
            ClientMessage reply = requestor.request(message);
            if (!ManagementHelper.hasOperationSucceeded(reply)) {
                throw new IllegalStateException(String.valueOf(ManagementHelper.getResult(reply)));
            }
        }
    }

    @Override
    public void close() throws JMSException {
        connection.close();
        factory.close();
    }
}
