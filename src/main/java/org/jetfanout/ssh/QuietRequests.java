package org.jetfanout.ssh;

import org.apache.sshd.common.channel.RequestHandler;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * Refuses every global request without a word: MINA would log each, and the server can send as many
 * as it likes. Stateless.
 */
final class QuietRequests implements RequestHandler<ConnectionService> {
    @Override
    public Result process(
            ConnectionService service, String request, boolean wantReply, Buffer buffer) {
        return Result.ReplyFailure;
    }
}
