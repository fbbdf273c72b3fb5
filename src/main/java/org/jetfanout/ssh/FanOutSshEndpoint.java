package org.jetfanout.ssh;

import java.time.Duration;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.component.ssh.SshConfiguration;
import org.apache.camel.component.ssh.SshEndpoint;

/**
 * {@code ssh:[user@]host[:port]}: runs the body as a command. Where user or port (or both) are
 * missing, or the port is 0, ssh_config decides. Headers ({@link SshHeaders}) override the URI.
 */
public class FanOutSshEndpoint extends SshEndpoint {
    private final FanOutSshComponent component;

    // Mutable state: options, set before the start
    private boolean stream;
    private boolean forwardAgent;
    private Duration connectTimeout = Deadlines.standard().connect();
    private Duration authTimeout = Deadlines.standard().login();

    FanOutSshEndpoint(String uri, FanOutSshComponent component, SshConfiguration configuration) {
        super(uri, component, configuration);
        this.component = component;
    }

    @Override
    public Producer createProducer() {
        return new FanOutSshProducer(this, component);
    }

    /** Not supported: camel-ssh's own consumer would accept any host key. */
    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("ssh: can only be sent to, not consumed from");
    }

    @Override
    public boolean isSingletonProducer() {
        return true; // holds no connection
    }

    Deadlines deadlines() {
        return new Deadlines(connectTimeout, authTimeout);
    }

    /** Whether the body becomes an {@link ExecStream}. */
    public boolean isStream() {
        return stream;
    }

    /** See {@link #isStream}. */
    public void setStream(boolean stream) {
        this.stream = stream;
    }

    /**
     * Whether the worker may use the user's agent, within the limits of {@link SshHeaders#GUARD}.
     */
    public boolean isForwardAgent() {
        return forwardAgent;
    }

    /** See {@link #isForwardAgent}. */
    public void setForwardAgent(boolean forwardAgent) {
        this.forwardAgent = forwardAgent;
    }

    /** The deadline for the connection, with the key exchange. */
    public Duration getConnectTimeout() {
        return connectTimeout;
    }

    /** See {@link #getConnectTimeout}. */
    public void setConnectTimeout(Duration connectTimeout) {
        this.connectTimeout = connectTimeout;
    }

    /** The deadline for the login, and for the start of the command. */
    public Duration getAuthTimeout() {
        return authTimeout;
    }

    /** See {@link #getAuthTimeout}. */
    public void setAuthTimeout(Duration authTimeout) {
        this.authTimeout = authTimeout;
    }
}
