package org.jetfanout.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.sshd.agent.SshAgent;
import org.apache.sshd.agent.SshAgentFactory;
import org.apache.sshd.agent.SshAgentServer;
import org.apache.sshd.agent.local.AgentForwardedChannel;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;

/** Gives each session that asks for it a socket for the client's agent. Thread-safe. */
final class AgentForwarding implements SshAgentFactory {
    private final Function<Session, Path> homes;
    private final Account account;
    private final AtomicInteger number = new AtomicInteger();

    private AgentForwarding(Function<Session, Path> homes, Account account) {
        this.homes = homes;
        this.account = account;
    }

    /**
     * Lets a server forward agents, and nothing else.
     *
     * @param homes the folder for a session's socket
     * @param account that owns the socket
     */
    static void of(SshServer server, Function<Session, Path> homes, Account account) {
        server.setAgentFactory(new AgentForwarding(homes, account));
        server.setForwardingFilter(
                new RejectAllForwardingFilter() {
                    @Override
                    public boolean canForwardAgent(Session session, String requestType) {
                        return true;
                    }
                });
    }

    @Override
    public List<ChannelFactory> getChannelForwardingFactories(FactoryManager manager) {
        return List.of();
    }

    @Override
    public SshAgent createClient(Session session, FactoryManager manager) {
        throw new UnsupportedOperationException("a demo machine logs in nowhere by itself");
    }

    @Override
    public SshAgentServer createServer(ConnectionService service) throws IOException {
        Path socket =
                homes.apply(service.getSession()).resolve("agent." + number.incrementAndGet());
        AgentSocket agent =
                new AgentSocket(
                        socket,
                        () -> {
                            AgentForwardedChannel channel =
                                    new AgentForwardedChannel("auth-agent@openssh.com");
                            service.registerChannel(channel);
                            channel.open().verify();
                            return channel.getAgent();
                        });
        account.own(socket);
        return agent;
    }
}
