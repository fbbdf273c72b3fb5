package org.jetfanout.ssh;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * The channel of a command. Output goes to an inbox, and the SSH window opens again only as the
 * inbox is emptied.
 */
final class ExecChannel extends ChannelExec {
    private final Inbox inbox;

    // Mutable state
    private volatile boolean endSeen;
    private volatile boolean refused;

    ExecChannel(String command, Inbox inbox) {
        super(command, null, Map.of());
        this.inbox = inbox;
        setOut(OutputStream.nullOutputStream()); // else MINA makes pipes
        setErr(OutputStream.nullOutputStream());
        addCloseFutureListener(closed -> inbox.end());
    }

    @Override
    protected void doWriteData(byte[] data, int off, long len) {
        inbox.add(false, data, off, (int) len);
    }

    @Override
    protected void doWriteExtendedData(byte[] data, int off, long len) {
        inbox.add(true, data, off, (int) len);
    }

    @Override
    public void handleWindowAdjust(Buffer buffer) throws IOException {
        super.handleWindowAdjust(buffer);
        inbox.signalRoom();
    }

    @Override
    public void handleClose() throws IOException {
        endSeen = true;
        super.handleClose();
    }

    @Override
    public void handleFailure() throws IOException {
        refused = true;
        super.handleFailure();
    }

    /**
     * Whether the worker said that it has sent everything. An exit status alone does not prove
     * that, because it may come before the last output.
     */
    boolean endSeen() {
        return endSeen;
    }

    /** Whether the worker refused to run the command. */
    boolean refused() {
        return refused;
    }

    /** Opens the window again for bytes that were taken from the inbox. */
    void release(int bytes) {
        if (!isOpen()) {
            return;
        }
        try {
            getLocalWindow().release(bytes);
        } catch (IOException e) {
            log.debug("release({}): closing: {}", this, e.toString());
        }
    }

    void signal(String name) throws IOException {
        Buffer request = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST, 64);
        request.putUInt(getRecipient());
        request.putString("signal");
        request.putBoolean(false);
        request.putString(name);
        writePacket(request);
    }
}
