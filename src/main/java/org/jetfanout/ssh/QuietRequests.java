package org.jetfanout.ssh;

import org.apache.sshd.common.channel.RequestHandler;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * Refuses every global request without a line in the log. MINA would log each one, and a server can
 * send any number. Stateless.
 */
final class QuietRequests implements RequestHandler<ConnectionService> {
    @Override
    public Result process(
            ConnectionService service, String request, boolean wantReply, Buffer buffer) {
        return Result.ReplyFailure;
    }
}
