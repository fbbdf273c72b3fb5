package org.jetfanout.queue;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * Connections that reconnect by themselves and tell nobody of it. Artemis tells a connection's
 * exception listener of outages that it has mended already; camel-sjms2 (4.17) then recovers on its
 * own, every 5 s and for ever, and from the second time on without consumers. Thread-safe.
 */
final class ReconnectingConsumers implements ConnectionFactory {
    private final ConnectionFactory factory;

    ReconnectingConsumers(ConnectionFactory factory) {
        this.factory = factory;
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

    @Override
    public Connection createConnection() throws JMSException {
        return quiet(factory.createConnection());
    }

    @Override
    public Connection createConnection(String user, String password) throws JMSException {
        return quiet(factory.createConnection(user, password));
    }

    @Override
    public JMSContext createContext() {
        return factory.createContext();
    }

    @Override
    public JMSContext createContext(String user, String password) {
        return factory.createContext(user, password);
    }

    @Override
    public JMSContext createContext(String user, String password, int mode) {
        return factory.createContext(user, password, mode);
    }

    @Override
    public JMSContext createContext(int mode) {
        return factory.createContext(mode);
    }
}
