package org.jetfanout.ssh;

import java.io.IOException;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * The channel for the first command of a session. It is asked for together with the login, which
 * saves a round trip: what follows the login waits at the server until that has accepted it.
 * OpenSSH's server answers a question that comes behind a login which it refuses with: unknown.
 * Others may close the connection then, so they are asked after the login. Thread-safe.
 */
final class FirstChannel {
    private static final String OPENSSH = "SSH-2.0-OpenSSH_";

    // Mutable state, guarded by this: null where none is prepared
    private ExecChannel prepared;

    /** A command will be run. */
    synchronized void expectCommand() {
        prepared = new ExecChannel(new Inbox());
    }

    /** Sends a signed login, and asks for the channel. */
    synchronized void send(ClientSession session, Buffer login) throws IOException {
        session.writePacket(login);
        if (prepared != null && session.getServerVersion().startsWith(OPENSSH)) {
            prepared.ask(session);
        }
    }

    /** The channel, which belongs to the caller from now on. The login is complete. */
    synchronized ExecChannel take(ClientSession session) throws IOException {
        ExecChannel taken = prepared == null ? new ExecChannel(new Inbox()) : prepared;
        prepared = null;
        if (taken.opening() == null) {
            taken.ask(session);
        }
        return taken;
    }
}
