package org.jetfanout.ssh;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Endpoint;
import org.apache.camel.component.ssh.SshComponent;
import org.apache.camel.component.ssh.SshConfiguration;
import org.apache.camel.spi.annotations.Component;
import org.jetfanout.ssh.config.HostAndPort;

/**
 * The Camel component {@code ssh}, an extension of camel-ssh. All its endpoints share one {@link
 * SshConnections}. It verifies host keys strictly by known_hosts, logs in as OpenSSH's client
 * would, and guards the user's agent. It refuses options of camel-ssh that would weaken this.
 */
@Component("ssh")
public class FanOutSshComponent extends SshComponent {
    /**
     * Options of camel-ssh that would have no effect or a harmful one here, with the option to use
     * instead.
     */
    private static final Map<String, String> REFUSED =
            Map.ofEntries(
                    Map.entry("knownHostsResource", "the component's knownHosts"),
                    Map.entry("failOnUnknownHost", "known_hosts: unknown hosts always fail"),
                    Map.entry("password", "a key"),
                    Map.entry("certResource", "the component's identityFiles, or ssh_config"),
                    Map.entry("certResourcePassword", "ssh-agent, or type it when asked"),
                    Map.entry("keyPairProvider", "the component's identityFiles, or ssh_config"),
                    Map.entry("keyType", "the component's identityFiles, or ssh_config"),
                    Map.entry("kex", "the component's keyExchanges"),
                    Map.entry("ciphers", "nothing: AES-GCM comes first"),
                    Map.entry("macs", "nothing"),
                    Map.entry("signatures", "nothing"),
                    Map.entry("compressions", "nothing"),
                    Map.entry("clientBuilder", "nothing: all endpoints share one client"),
                    Map.entry("channelType", "nothing: it is always exec"),
                    Map.entry("shellPrompt", "nothing: it is always exec"),
                    Map.entry("sleepForShellPrompt", "nothing: it is always exec"),
                    Map.entry("pollCommand", "nothing: it only sends"),
                    Map.entry("timeout", "connectTimeout and authTimeout"));

    // Mutable state: options, set before the start
    private SshSettings settings;

    // Mutable state, guarded by this: made with the first exchange
    private SshConnections connections;

    /** Uses the user's own files, agent and terminal. */
    public FanOutSshComponent() {
        this(SshSettings.ofUser());
    }

    /** Uses other settings. */
    public FanOutSshComponent(SshSettings settings) {
        this.settings = settings;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
            throws Exception {
        for (String option : parameters.keySet()) {
            if (REFUSED.containsKey(option)) {
                throw new IllegalArgumentException(
                        "ssh: option " + option + " is not supported; use " + REFUSED.get(option));
            }
        }
        int at = remaining.lastIndexOf('@');
        HostAndPort target = HostAndPort.parse(remaining.substring(at + 1), uri);
        SshConfiguration configuration = new SshConfiguration();
        configuration.setHost(target.host());
        configuration.setPort(target.port());
        configuration.setUsername(at < 0 ? "" : remaining.substring(0, at));
        FanOutSshEndpoint endpoint = new FanOutSshEndpoint(uri, this, configuration);
        setProperties(endpoint, parameters);
        return endpoint;
    }

    /** The connections that all endpoints share. */
    public synchronized SshConnections connections() {
        if (connections == null) {
            connections = new SshConnections(settings);
        }
        return connections;
    }

    @Override
    protected void doShutdown() throws Exception {
        synchronized (this) {
            if (connections != null) {
                connections.close();
                connections = null;
            }
        }
        super.doShutdown();
    }

    /** Files of known host keys, separated by commas, that replace the user's and the system's. */
    public void setKnownHosts(String files) {
        SshFiles old = settings.files();
        set(
                new SshFiles(
                        paths(files),
                        old.configs(),
                        old.identityFiles(),
                        old.defaultIdentityFiles(),
                        old.agentSocket()));
    }

    /** ssh_config files, separated by commas, that replace the user's and the system's. */
    public void setSshConfig(String files) {
        SshFiles old = settings.files();
        set(
                new SshFiles(
                        old.knownHosts(),
                        paths(files),
                        old.identityFiles(),
                        old.defaultIdentityFiles(),
                        old.agentSocket()));
    }

    /** Keys to try first, separated by commas, as with {@code ssh -i}. */
    public void setIdentityFiles(String files) {
        SshFiles old = settings.files();
        set(
                new SshFiles(
                        old.knownHosts(),
                        old.configs(),
                        paths(files),
                        old.defaultIdentityFiles(),
                        old.agentSocket()));
    }

    /** The ssh-agent's socket, which replaces SSH_AUTH_SOCK; empty for no agent. */
    public void setAgentSocket(String socket) {
        SshFiles old = settings.files();
        set(
                new SshFiles(
                        old.knownHosts(),
                        old.configs(),
                        old.identityFiles(),
                        old.defaultIdentityFiles(),
                        socket.isBlank() ? Optional.empty() : Optional.of(Path.of(socket))));
    }

    /** Time between two keep-alives. */
    public void setKeepAliveInterval(Duration interval) {
        settings = settings.withKeepAlive(interval, settings.keepAliveMax());
    }

    /** How many keep-alives may stay unanswered. */
    public void setKeepAliveMax(int max) {
        settings = settings.withKeepAlive(settings.keepAliveInterval(), max);
    }

    /** Key exchange algorithms, separated by commas, best first. */
    public void setKeyExchanges(String names) {
        settings = settings.withKeyExchanges(Arrays.asList(names.split(",")));
    }

    /** How many threads read and write all connections. */
    public void setNioThreads(int threads) {
        settings = settings.withNioThreads(threads);
    }

    private void set(SshFiles files) {
        settings =
                new SshSettings(
                        files,
                        settings.prompt(),
                        settings.keepAliveInterval(),
                        settings.keepAliveMax(),
                        settings.keyExchanges(),
                        settings.nioThreads(),
                        settings.kept());
    }

    private static List<Path> paths(String files) {
        return Arrays.stream(files.split(",")).filter(f -> !f.isBlank()).map(Path::of).toList();
    }
}
