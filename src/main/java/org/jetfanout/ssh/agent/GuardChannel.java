package org.jetfanout.ssh.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.Closeable;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelAsyncOutputStream;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.channel.AbstractServerChannel;

/**
 * The channel through which a worker's processes reach the guard. It is refused in a session that
 * did not ask for forwarding; MINA itself would accept it from every server.
 */
public final class GuardChannel extends AbstractServerChannel {
    /** Longer than any login with any key, but small, because a worker may open many channels. */
    static final int MAX_MESSAGE = 32 * 1024;

    /** The type of the channel. */
    public static final String TYPE = "auth-agent@openssh.com";

    private final AgentGuard guard; // null: refused
    private final Runnable closing = this::hangUp; // one object: the guard knows it again

    // Mutable state, guarded by this
    private ChannelAsyncOutputStream replies;
    private byte[] unread = new byte[0];
    private boolean asking;
    private boolean ended;
    private boolean entered;
    private int held;

    private GuardChannel(AgentGuard guard) {
        super("", List.of(), null);
        this.guard = guard;
    }

    /**
     * Makes the channel of a session with its own guard, or one that is refused.
     *
     * @param guards the guard of a session; empty where it did not ask for forwarding
     */
    public static ChannelFactory factory(Function<Session, Optional<AgentGuard>> guards) {
        return new ChannelFactory() {
            @Override
            public String getName() {
                return TYPE;
            }

            @Override
            public Channel createChannel(Session session) {
                return new GuardChannel(guards.apply(session).orElse(null));
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
        if (guard == null || !guard.enter(closing)) {
            opened.setException(
                    new SshChannelOpenException(
                            getChannelId(),
                            SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED,
                            "no agent for this session"));
            return opened;
        }
        synchronized (this) {
            entered = true;
            replies = new ChannelAsyncOutputStream(this, SshConstants.SSH_MSG_CHANNEL_DATA);
        }
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
    protected void doWriteData(byte[] data, int off, long len) {
        synchronized (this) {
            if (!hold((int) len)) {
                close(true);
                return;
            }
            byte[] all = Arrays.copyOf(unread, unread.length + (int) len);
            System.arraycopy(data, off, all, unread.length, (int) len);
            unread = all;
        }
        next();
    }

    private boolean hold(int bytes) {
        boolean fits = entered && guard.hold(bytes);
        held += fits ? bytes : 0;
        return fits;
    }

    private void release(int bytes) {
        if (entered) { // else all of it is released already
            held -= bytes;
            guard.released(bytes);
        }
    }

    /** Answers the next request, if none is being answered. */
    private void next() {
        byte[] message;
        synchronized (this) {
            if (asking) {
                return;
            }
            ByteBuffer bytes = ByteBuffer.wrap(unread);
            int length = bytes.remaining() < Integer.BYTES ? 0 : bytes.getInt();
            boolean bad = unread.length >= Integer.BYTES && (length < 1 || length > MAX_MESSAGE);
            boolean whole = !bad && length > 0 && bytes.remaining() >= length;
            if (bad || (!whole && ended)) {
                close(bad);
                return;
            }
            if (!whole) {
                return;
            }
            message = new byte[length];
            bytes.get(message);
            unread = Arrays.copyOfRange(unread, bytes.position(), unread.length);
            asking = true;
        }
        guard.submit(() -> reply(message));
    }

    /**
     * Sends an answer. Only when it is sent, there is room for more requests. So a worker can
     * neither fill the memory with requests nor block a thread by not reading answers.
     */
    private void reply(byte[] message) {
        byte[] answer = guard.answer(message);
        int asked = Integer.BYTES + message.length;
        int size = Integer.BYTES + answer.length;
        try {
            getLocalWindow().release(asked);
            ByteArrayBuffer bytes = new ByteArrayBuffer(size, false);
            bytes.putBytes(answer);
            IoWriteFuture written;
            synchronized (this) {
                release(asked);
                if (isClosing() || !hold(size)) {
                    close(true);
                    return;
                }
                written = replies.writeBuffer(bytes);
            }
            written.addListener(
                    done -> {
                        if (!done.isWritten()) {
                            close(true);
                            return;
                        }
                        synchronized (this) {
                            release(size);
                            asking = false;
                        }
                        next();
                    });
        } catch (IOException e) {
            close(true);
        }
    }

    @Override
    public void handleWindowAdjust(Buffer buffer) throws IOException {
        super.handleWindowAdjust(buffer);
        replies.onWindowExpanded();
    }

    @Override
    protected void doWriteExtendedData(byte[] data, int off, long len) {
        // agents have no stderr
    }

    @Override
    public void handleEof() throws IOException {
        super.handleEof();
        synchronized (this) {
            ended = true; // but the questions that are there are still answered
        }
        next();
    }

    @Override
    protected Closeable getInnerCloseable() {
        return builder().close(super.getInnerCloseable()).run(toString(), this::leave).build();
    }

    private void hangUp() {
        close(true);
    }

    private synchronized void leave() {
        if (entered) {
            entered = false;
            guard.left(closing);
            guard.released(held);
            held = 0;
        }
    }
}
