package org.jetfanout.ssh;

import java.net.SocketAddress;
import java.security.PublicKey;
import org.apache.sshd.client.keyverifier.ServerKeyVerifier;
import org.apache.sshd.client.session.AbstractClientSession;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;

/** Tells each login what MINA sees of its session. Stateless. */
final class LoginWatch implements SessionListener, ServerKeyVerifier {
    @Override
    public void sessionCreated(Session session) {
        Login login = Login.of(session);
        // before the server's certificate is checked against it
        ((AbstractClientSession) session).setConnectAddress(login.address());
        session.setSignatureFactories(
                login.hostKeys().prefer(session.getSignatureFactories(), NamedFactory::getName));
    }

    @Override
    public boolean verifyServerKey(ClientSession session, SocketAddress remote, PublicKey key) {
        return Login.of(session).accepts(key);
    }

    @Override
    public void sessionEvent(Session session, Event event) {
        if (event == Event.KeyEstablished) {
            Login.of(session).keyExchanged().complete(null);
        }
    }

    @Override
    public void sessionException(Session session, Throwable trouble) {
        Login.of(session).fails(trouble);
    }

    @Override
    public void sessionDisconnect(
            Session session, int reason, String message, String language, boolean initiator) {
        if (!initiator) {
            Login.of(session).saysGoodbye(message);
        }
    }

    @Override
    public void sessionClosed(Session session) {
        Login login = Login.of(session);
        login.guard().ifPresent(AgentGuard::end);
        login.keyExchanged().complete(null);
    }
}
