package org.jetfanout.ssh;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.Closeable;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.channel.ChannelOutputStream;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.channel.AbstractServerChannel;

/**
 * The channel by which a worker's processes reach the guard. Refused for a session that did not ask
 * for forwarding: MINA would open it to every server.
 */
final class GuardChannel extends AbstractServerChannel {
    /** Longer than any login with any key; small, as a worker may open many channels. */
    static final int MAX_MESSAGE = 64 * 1024;

    private static final String TYPE = "auth-agent@openssh.com";

    private final AgentGuard guard; // null: refused

    // Mutable state, of the thread that reads the session
    private OutputStream replies;
    private byte[] unread = new byte[0];
    private boolean entered;

    private GuardChannel(AgentGuard guard) {
        super("", List.of(), null);
        this.guard = guard;
    }

    /** Makes the channel that a session may have: to its own guard, or to none. */
    static ChannelFactory factory() {
        return new ChannelFactory() {
            @Override
            public String getName() {
                return TYPE;
            }

            @Override
            public Channel createChannel(Session session) {
                return new GuardChannel(Login.of(session).guard().orElse(null));
            }
        };
    }

    @Override
    protected void configureWindow() {
        CoreModuleProperties.WINDOW_SIZE.set(this, (long) Integer.BYTES + MAX_MESSAGE);
        super.configureWindow();
    }

    @Override
    protected OpenFuture doInit(Buffer buffer) {
        OpenFuture opened = new DefaultOpenFuture(this, this);
        if (guard == null || !guard.enter()) {
            opened.setException(
                    new SshChannelOpenException(
                            getChannelId(),
                            SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED,
                            "no agent for this session"));
            return opened;
        }
        entered = true;
        replies =
                new ChannelOutputStream(
                        this, getRemoteWindow(), log, SshConstants.SSH_MSG_CHANNEL_DATA, true);
        try {
            signalChannelOpenSuccess();
            opened.setOpened();
        } catch (RuntimeException e) {
            signalChannelOpenFailure(e);
            opened.setException(e);
        }
        return opened;
    }

    @Override
    protected void doWriteData(byte[] data, int off, long len) throws IOException {
        byte[] all = Arrays.copyOf(unread, unread.length + (int) len);
        System.arraycopy(data, off, all, unread.length, (int) len);
        ByteBuffer bytes = ByteBuffer.wrap(all);
        while (bytes.remaining() >= Integer.BYTES) {
            int length = bytes.getInt(bytes.position());
            if (length < 1 || length > MAX_MESSAGE) {
                close(true);
                return;
            }
            if (bytes.remaining() < Integer.BYTES + length) {
                break;
            }
            bytes.getInt();
            byte[] message = new byte[length];
            bytes.get(message);
            guard.submit(() -> reply(message));
        }
        unread = Arrays.copyOfRange(all, bytes.position(), all.length);
    }

    /** Only now is there room for more: a worker cannot fill the memory with questions. */
    private void reply(byte[] message) {
        byte[] answer = guard.answer(message);
        try {
            getLocalWindow().release(Integer.BYTES + (long) message.length);
            replies.write(
                    ByteBuffer.allocate(Integer.BYTES + answer.length)
                            .putInt(answer.length)
                            .put(answer)
                            .array());
            replies.flush();
        } catch (IOException e) {
            close(true);
        }
    }

    @Override
    protected void doWriteExtendedData(byte[] data, int off, long len) {
        // agents have no stderr
    }

    @Override
    public void handleEof() throws IOException {
        super.handleEof();
        if (guard != null) {
            guard.submit(() -> close(false)); // behind the questions that are still to be answered
        }
    }

    @Override
    protected Closeable getInnerCloseable() {
        return builder().close(super.getInnerCloseable()).run(toString(), this::leave).build();
    }

    private void leave() {
        if (entered) {
            entered = false;
            guard.left();
        }
    }
}
