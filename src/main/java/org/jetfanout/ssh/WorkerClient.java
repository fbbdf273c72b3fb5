package org.jetfanout.ssh;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.HostConfigEntry;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.future.ConnectFuture;
import org.apache.sshd.common.global.KeepAliveHandler;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.core.CoreModuleProperties;
import org.jetfanout.ssh.agent.GuardChannel;

/** MINA's client, without the defaults that jet-fanout does not want. */
final class WorkerClient extends SshClient {
    /** How many bytes may wait to be read. It is enough for 10 MB/s over a path of 100 ms. */
    private static final long WINDOW = 1024 * 1024;

    /** For limits that our own deadlines or keep-alives replace. */
    private static final Duration NEVER = Duration.ofDays(365);

    WorkerClient() {
        super();
    }

    /**
     * @param usual the algorithms of a login where ssh_config names none; each login brings its own
     * @param threads gives threads to sign on
     */
    static WorkerClient start(SshSettings settings, Algorithms usual, Executor threads) {
        LoginWatch watch = new LoginWatch();
        WorkerClient client =
                (WorkerClient)
                        ClientBuilder.builder()
                                .factory(WorkerClient::new)
                                .keyExchangeFactories(usual.keyExchanges())
                                .cipherFactories(usual.ciphers())
                                .macFactories(usual.macs())
                                .signatureFactories(usual.hostKeys())
                                .channelFactories(
                                        List.of(
                                                GuardChannel.factory(
                                                        session -> Login.of(session).guard())))
                                .globalRequestHandlers(
                                        List.of(KeepAliveHandler.INSTANCE, new QuietRequests()))
                                .serverKeyVerifier(watch)
                                .hostConfigEntryResolver(HostConfigEntryResolver.EMPTY)
                                .build(true);
        client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        client.setServiceFactories(LoginService.services());
        client.setUserAuthFactories(List.of(PublicKeyLogin.factory(threads)));
        client.setSessionFactory(WorkerSession.factory(client));
        client.addSessionListener(watch);

        CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, settings.keepAliveInterval());
        CoreModuleProperties.HEARTBEAT_REQUEST.set(client, "keepalive@openssh.com");
        CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(client, settings.keepAliveMax());
        CoreModuleProperties.IDLE_TIMEOUT.set(client, Duration.ZERO);
        CoreModuleProperties.NIO2_READ_TIMEOUT.set(client, Duration.ZERO);
        CoreModuleProperties.NIO_WORKERS.set(client, settings.nioThreads());
        CoreModuleProperties.AUTH_TIMEOUT.set(client, NEVER);
        CoreModuleProperties.WAIT_FOR_SPACE_TIMEOUT.set(client, NEVER);
        CoreModuleProperties.STOP_WAIT_TIME.set(client, Duration.ofSeconds(5));
        CoreModuleProperties.TCP_NODELAY.set(client, true);
        CoreModuleProperties.SOCKET_KEEPALIVE.set(client, true);
        CoreModuleProperties.WINDOW_SIZE.set(client, WINDOW);
        // OpenSSH tries the plain key in a certificate that is not valid
        CoreModuleProperties.ABORT_ON_INVALID_CERTIFICATE.set(client, false);
        client.start();
        return client;
    }

    /**
     * Connects to an address directly. ssh_config, host names and jump hosts were resolved before.
     *
     * @param from our own address
     */
    ConnectFuture dial(
            String user, InetSocketAddress address, Optional<InetSocketAddress> from, Login login)
            throws IOException {
        login.goesTo(address);
        HostConfigEntry entry =
                new HostConfigEntry("", address.getHostString(), address.getPort(), user);
        return doConnect(
                user,
                address,
                login.context(),
                from.orElse(null),
                KeyIdentityProvider.EMPTY_KEYS_PROVIDER,
                entry);
    }
}
