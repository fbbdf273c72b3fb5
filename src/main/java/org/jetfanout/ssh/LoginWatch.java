package org.jetfanout.ssh;

import java.net.SocketAddress;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.sshd.client.keyverifier.ServerKeyVerifier;
import org.apache.sshd.client.session.AbstractClientSession;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.jetfanout.ssh.agent.AgentGuard;
import org.jetfanout.text.Quoted;

/** Tells each login what MINA reports about its session. Stateless. */
final class LoginWatch implements SessionListener, ServerKeyVerifier {
    /** What both sides must agree on, in this order. */
    private static final Map<KexProposalOption, String> NEEDED = needed();

    private static Map<KexProposalOption, String> needed() {
        Map<KexProposalOption, String> names = new LinkedHashMap<>();
        names.put(KexProposalOption.ALGORITHMS, "key exchange algorithm");
        names.put(KexProposalOption.SERVERKEYS, "host key algorithm");
        names.put(KexProposalOption.C2SENC, "cipher");
        names.put(KexProposalOption.S2CENC, "cipher");
        names.put(KexProposalOption.C2SMAC, "MAC");
        names.put(KexProposalOption.S2CMAC, "MAC");
        return names;
    }

    @Override
    public void sessionCreated(Session session) {
        Login login = Login.of(session);
        login.storeSession((ClientSession) session);
        // before the server's certificate is checked against it
        ((AbstractClientSession) session).setConnectAddress(login.address());
        Algorithms algorithms = login.algorithms();
        session.setKeyExchangeFactories(algorithms.keyExchanges());
        session.setCipherFactories(algorithms.ciphers());
        session.setMacFactories(algorithms.macs());
        session.setSignatureFactories(
                algorithms.hostKeysNamed()
                        ? algorithms.hostKeys()
                        : login.hostKeys().prefer(algorithms.hostKeys(), NamedFactory::getName));
    }

    @Override
    public boolean verifyServerKey(ClientSession session, SocketAddress remote, PublicKey key) {
        return Login.of(session).accepts(key);
    }

    /** Notes which algorithm is missing, because MINA's own message does not say that. */
    @Override
    public void sessionNegotiationEnd(
            Session session,
            Map<KexProposalOption, String> ours,
            Map<KexProposalOption, String> theirs,
            Map<KexProposalOption, String> agreed,
            Throwable reason) {
        if (reason == null) {
            return;
        }
        for (Map.Entry<KexProposalOption, String> what : NEEDED.entrySet()) {
            List<String> have = Arrays.asList(theirs.getOrDefault(what.getKey(), "").split(","));
            List<String> want = Arrays.asList(ours.getOrDefault(what.getKey(), "").split(","));
            if (!agreed.containsKey(what.getKey()) && Collections.disjoint(have, want)) {
                Login.of(session)
                        .hasNoCommon(
                                what.getValue()
                                        + " (it has "
                                        + Quoted.excerpt(String.join(", ", have))
                                        + "; docs/ssh-config.md lists what jet-fanout has)");
                return;
            }
        }
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
        login.extensions().complete(null);
    }
}
