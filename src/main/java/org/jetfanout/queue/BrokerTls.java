package org.jetfanout.queue;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import org.apache.activemq.artemis.core.remoting.impl.ssl.DefaultSSLContextFactory;
import org.apache.activemq.artemis.spi.core.remoting.ssl.SSLContextConfig;

/**
 * Gives the Artemis client the TLS context of a {@link Broker}. The client gets its context from a
 * service and otherwise knows only key stores. This service keeps the contexts under names, and the
 * client's URL has such a name in place of a key store's file. Other names are left to Artemis.
 * Thread-safe.
 */
public final class BrokerTls extends DefaultSSLContextFactory {
    private static final String OURS = "jet-fanout";
    private static final int ABOVE_THE_OTHERS = 100;
    private static final Map<String, SSLContext> CONTEXTS = new ConcurrentHashMap<>();

    /** Artemis' service loader calls this. */
    public BrokerTls() {}

    /** Keeps the context. Returns the options of a client's URL that select it. */
    static String options(SSLContext context) {
        String name = OURS + "-" + Integer.toHexString(System.identityHashCode(context));
        CONTEXTS.put(name, context);
        return "sslEnabled=true&verifyHost=true&forceSSLParameters=true&trustStoreType="
                + OURS
                + "&trustStorePath="
                + name;
    }

    @Override
    public SSLContext getSSLContext(SSLContextConfig config, Map<String, Object> more)
            throws Exception {
        if (OURS.equals(config.getTruststoreType())) {
            SSLContext context = CONTEXTS.get(config.getTruststorePath());
            if (context != null) {
                return context;
            }
        }
        return super.getSSLContext(config, more);
    }

    @Override
    public int getPriority() {
        return ABOVE_THE_OTHERS;
    }
}
