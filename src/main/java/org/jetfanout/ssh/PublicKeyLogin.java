package org.jetfanout.ssh;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import org.apache.sshd.client.auth.AbstractUserAuth;
import org.apache.sshd.client.auth.UserAuth;
import org.apache.sshd.client.auth.UserAuthFactory;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.kex.extension.DefaultClientKexExtensionHandler;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.jetfanout.ssh.agent.LoginRequest;
import org.jetfanout.ssh.keys.KeyBlob;

/**
 * Logs in with a public key (RFC 4252, section 7; host-bound where the server supports it). It
 * replaces MINA's own class. It works with raw keys, so every kind of key in the agent can be used.
 * It signs on another thread, so that an agent that asks a person delays no other session. And it
 * knows which key has logged in.
 */
final class PublicKeyLogin extends AbstractUserAuth {
    /** Long enough: the session's own deadline is shorter, unless a person is typing. */
    private static final Duration SIGN_DEADLINE = Duration.ofMinutes(5);

    /** The message with which a login ends when the last key could not sign. */
    static final String NO_KEY_LEFT = "no key left";

    private final Executor threads;

    // Mutable state, guarded by this
    private Login login;
    private Queue<Identity> left;
    private Identity current;
    private String algorithm;

    private PublicKeyLogin(Executor threads) {
        super(LoginRequest.PUBLIC_KEY);
        this.threads = threads;
    }

    /**
     * @param threads gives threads to sign on
     */
    static UserAuthFactory factory(Executor threads) {
        return new UserAuthFactory() {
            @Override
            public String getName() {
                return LoginRequest.PUBLIC_KEY;
            }

            @Override
            public UserAuth createUserAuth(ClientSession session) {
                return new PublicKeyLogin(threads);
            }
        };
    }

    @Override
    public synchronized void init(ClientSession session, String service) throws Exception {
        super.init(session, service);
        login = Login.of(session);
        left = new ArrayDeque<>(login.candidates().keys());
    }

    /** Logs in with the next key, or asks whether it would be accepted. */
    @Override
    protected synchronized boolean sendAuthDataRequest(ClientSession session, String service)
            throws IOException {
        current = left.poll();
        if (current == null) {
            return false;
        }
        algorithm = algorithm(session, login.algorithms().of(current.key()));
        login.offers(current);
        if (login.signsAtOnce(current)) {
            startSigning(session, service);
            return true;
        }
        ByteArrayBuffer request = request(session, service, false);
        session.writePacket(packet(session, request));
        return true;
    }

    /** The server would accept the key, so sign the request. */
    @Override
    protected synchronized boolean processAuthDataRequest(
            ClientSession session, String service, Buffer buffer) throws IOException {
        int command = buffer.getUByte();
        if (command != SshConstants.SSH_MSG_USERAUTH_PK_OK) {
            throw new IOException("unexpected answer " + command + " to a public key");
        }
        buffer.getString(); // algorithm
        if (!KeyBlob.of(buffer.getBytes()).equals(current.key())) {
            throw new IOException("the server accepted a key other than the one offered");
        }
        startSigning(session, service);
        return true;
    }

    private void startSigning(ClientSession session, String service) {
        Identity signer = current;
        ByteArrayBuffer request = request(session, service, true);
        ByteArrayBuffer signed = new ByteArrayBuffer();
        signed.putBytes(session.getSessionId());
        signed.putRawBytes(request.getCompactData());
        String chosen = algorithm;
        threads.execute(
                () -> sign(session, service, signer, chosen, request, signed.getCompactData()));
    }

    private void sign(
            ClientSession session,
            String service,
            Identity signer,
            String chosen,
            ByteArrayBuffer request,
            byte[] data) {
        try {
            byte[] signature;
            try {
                signature = signer.sign(chosen, data, SIGN_DEADLINE);
            } catch (IOException e) {
                next(session, service, signer, e);
                return;
            }
            login(signer);
            request.putBytes(signature);
            login.firstChannel().send(session, packet(session, request));
        } catch (IOException | RuntimeException e) {
            session.exceptionCaught(e);
        }
    }

    private synchronized void login(Identity signer) {
        login.signs(signer);
    }

    /** This key cannot sign, so try the next one, as OpenSSH does. */
    private synchronized void next(
            ClientSession session, String service, Identity signer, IOException why)
            throws IOException {
        login.cannotSign(signer, String.valueOf(why.getMessage()));
        if (!sendAuthDataRequest(session, service)) {
            throw new IOException(NO_KEY_LEFT, why);
        }
    }

    /**
     * The request from its first byte. With the session id before it, the signed one is what is
     * signed.
     */
    private ByteArrayBuffer request(ClientSession session, String service, boolean signed) {
        boolean hostBound = canBindToHost(session);
        ByteArrayBuffer request = new ByteArrayBuffer();
        request.putByte(SshConstants.SSH_MSG_USERAUTH_REQUEST);
        request.putString(session.getUsername());
        request.putString(service);
        request.putString(hostBound ? LoginRequest.HOST_BOUND : LoginRequest.PUBLIC_KEY);
        request.putBoolean(signed);
        request.putString(algorithm);
        request.putBytes(current.key().bytes());
        if (hostBound) {
            request.putPublicKey(session.getServerKey());
        }
        return request;
    }

    /**
     * Whether the login can be bound to the host's key. The server must support it, and we must
     * have the key as the server has it: of a certificate that is not valid we keep only the plain
     * key.
     */
    private static boolean canBindToHost(ClientSession session) {
        Integer version =
                session.getAttribute(DefaultClientKexExtensionHandler.HOSTBOUND_AUTHENTICATION);
        boolean certified =
                session.getNegotiatedKexParameter(KexProposalOption.SERVERKEYS).contains("-cert-");
        boolean haveCertificate = session.getServerKey() instanceof OpenSshCertificate;
        return version != null && version == 0 && certified == haveCertificate;
    }

    private static Buffer packet(ClientSession session, ByteArrayBuffer request) {
        byte[] bytes = request.getCompactData();
        Buffer packet = session.createBuffer(bytes[0], bytes.length);
        packet.putRawBytes(bytes, 1, bytes.length - 1);
        return packet;
    }

    /**
     * The best algorithm that the server supports, or the best of all where the server lists none.
     */
    private static String algorithm(ClientSession session, List<String> algorithms) {
        Set<String> taken =
                session.getAttribute(DefaultClientKexExtensionHandler.SERVER_ALGORITHMS);
        return algorithms.stream()
                .filter(a -> taken != null && taken.contains(a))
                .findFirst()
                .orElse(algorithms.get(0));
    }
}
