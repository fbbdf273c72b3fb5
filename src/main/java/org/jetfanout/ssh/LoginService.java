package org.jetfanout.ssh;

import java.io.IOException;
import java.util.List;
import org.apache.sshd.client.future.AuthFuture;
import org.apache.sshd.client.session.ClientConnectionServiceFactory;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.ClientUserAuthService;
import org.apache.sshd.common.ServiceFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.auth.AbstractUserAuthServiceFactory;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.jetfanout.ssh.agent.LoginRequest;

/**
 * MINA's service for logins, but it does not begin with the question which methods the server has:
 * that takes a round trip, and we only have keys. A server that takes no keys says so with its
 * first refusal.
 */
final class LoginService extends ClientUserAuthService {
    private LoginService(Session session) {
        super(session);
    }

    /** The services of a client: logins, then channels. */
    static List<ServiceFactory> services() {
        return List.of(new Factory(), ClientConnectionServiceFactory.INSTANCE);
    }

    private static final class Factory extends AbstractUserAuthServiceFactory {
        @Override
        public LoginService create(Session session) {
            return new LoginService(session);
        }
    }

    /** Goes on as MINA does when the server has answered that question with: keys. */
    @Override
    protected IoWriteFuture sendInitialAuthRequest(ClientSession session, String service)
            throws IOException {
        ByteArrayBuffer keys = new ByteArrayBuffer();
        keys.putString(LoginRequest.PUBLIC_KEY);
        keys.putBoolean(false);
        try {
            process(SshConstants.SSH_MSG_USERAUTH_FAILURE, keys);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) { // what MINA declares
            throw new IOException(e.getMessage(), e);
        }
        return null; // nobody waits for it
    }

    /** One after the other: the first request is sent by the thread that waits for the login. */
    @Override
    protected synchronized void processUserAuth(int command, Buffer buffer, AuthFuture future)
            throws Exception {
        super.processUserAuth(command, buffer, future);
    }
}
