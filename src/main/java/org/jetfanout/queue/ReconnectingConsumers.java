package org.jetfanout.queue;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/**
 * Makes connections that reconnect by themselves without an exception listener. Artemis tells the
 * listener of outages that it has repaired already. camel-sjms2 (4.17) then recovers too, every 5 s
 * and for ever, and from the second time on without consumers. Thread-safe.
 */
final class ReconnectingConsumers extends ActiveMQConnectionFactory {
    private static final long serialVersionUID = 1;

    ReconnectingConsumers(String url) {
        super(url);
    }

    /** The method without parameters calls this one, too. */
    @Override
    public Connection createConnection(String user, String password) throws JMSException {
        return quiet(super.createConnection(user, password));
    }

    private static Connection quiet(Connection connection) {
        return (Connection)
                Proxy.newProxyInstance(
                        ReconnectingConsumers.class.getClassLoader(),
                        new Class<?>[] {Connection.class},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("setExceptionListener")) {
                                return null;
                            }
                            try {
                                return method.invoke(connection, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }
}
