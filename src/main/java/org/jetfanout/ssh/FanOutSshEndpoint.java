package org.jetfanout.ssh;

import java.time.Duration;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.component.ssh.SshConfiguration;
import org.apache.camel.component.ssh.SshEndpoint;
import org.apache.sshd.common.keyprovider.KeyPairProvider;

/**
 * {@code ssh:[user@]host[:port]}: runs the body as a command. Without a port, or with port 0, and
 * without a user, ssh_config says. Headers ({@link SshHeaders}) go before what the URI says.
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

    /** There is none: camel-ssh's own would accept any host key. */
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

    /** Whether the worker may reach the user's agent, as far as {@link SshHeaders#GUARD} says. */
    public boolean isForwardAgent() {
        return forwardAgent;
    }

    /** See {@link #isForwardAgent}. */
    public void setForwardAgent(boolean forwardAgent) {
        this.forwardAgent = forwardAgent;
    }

    /** Deadline for the connection, key exchange included. */
    public Duration getConnectTimeout() {
        return connectTimeout;
    }

    /** See {@link #getConnectTimeout}. */
    public void setConnectTimeout(Duration connectTimeout) {
        this.connectTimeout = connectTimeout;
    }

    /** Deadline for the login, and for the start of the command. */
    public Duration getAuthTimeout() {
        return authTimeout;
    }

    /** See {@link #getAuthTimeout}. */
    public void setAuthTimeout(Duration authTimeout) {
        this.authTimeout = authTimeout;
    }

    @Override
    public void setTimeout(long timeout) {
        throw refused("timeout", "connectTimeout and authTimeout");
    }

    @Override
    public void setKnownHostsResource(String resource) {
        throw refused("knownHostsResource", "the component's knownHosts");
    }

    @Override
    public void setFailOnUnknownHost(boolean fail) {
        throw refused("failOnUnknownHost", "known_hosts; unknown hosts always fail");
    }

    @Override
    public void setPassword(String password) {
        throw refused("password", "a key");
    }

    @Override
    public void setCertResource(String resource) {
        throw refused("certResource", "the component's identityFiles, or ssh_config");
    }

    @Override
    public void setCertResourcePassword(String password) {
        throw refused("certResourcePassword", "ssh-agent; or type it when asked");
    }

    @Override
    public void setKeyPairProvider(KeyPairProvider provider) {
        throw refused("keyPairProvider", "the component's identityFiles, or ssh_config");
    }

    @Override
    public void setChannelType(String type) {
        throw refused("channelType", "exec, the only one");
    }

    private static IllegalArgumentException refused(String option, String instead) {
        return new IllegalArgumentException(
                "ssh: has no option " + option + " here; use " + instead);
    }
}
