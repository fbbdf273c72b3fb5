package org.jetfanout.ssh;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.sshd.client.channel.ChannelSession;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * The channel of a command. It can be opened before it is known which command that is. Output goes
 * to an inbox, and the SSH window opens again only as the inbox is emptied.
 */
final class ExecChannel extends ChannelSession {
    private static final String AGENT = "auth-agent-req@openssh.com";

    private final Inbox inbox;

    // Mutable state
    private boolean registered; // guarded by this
    private volatile OpenFuture opening;
    private volatile boolean endSeen;
    private volatile boolean refused;

    ExecChannel(Inbox inbox) {
        this.inbox = inbox;
        setOut(OutputStream.nullOutputStream()); // else MINA makes pipes
        setErr(OutputStream.nullOutputStream());
        addCloseFutureListener(closed -> inbox.end());
    }

    /**
     * Asks the server to open it. If the server was not ready for the question, it is asked once
     * more.
     */
    synchronized void ask(ClientSession session) throws IOException {
        if (!registered) {
            session.getService(ConnectionService.class).registerChannel(this);
            registered = true;
        }
        opening = open();
    }

    /** The server's answer to the last question; null if it was not asked. */
    OpenFuture opening() {
        return opening;
    }

    /** Its output. */
    Inbox inbox() {
        return inbox;
    }

    /**
     * Starts a command, once it is open. No answer is waited for: the command's output follows it,
     * or its end.
     *
     * @param agent whether the user's agent is forwarded
     */
    void run(String command, boolean agent) throws IOException {
        if (agent) {
            writePacket(request(AGENT, false, 64));
        }
        byte[] bytes = command.getBytes(StandardCharsets.UTF_8);
        Buffer exec = request("exec", true, bytes.length + 64);
        exec.putBytes(bytes);
        writePacket(exec);
    }

    private Buffer request(String type, boolean wantReply, int size) {
        Buffer request = getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST, size);
        request.putUInt(getRecipient());
        request.putString(type);
        request.putBoolean(wantReply);
        return request;
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

    /** Only the command itself wants an answer. */
    @Override
    public void handleFailure() {
        refused = true;
        close(true);
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
        Buffer request = request("signal", false, 64);
        request.putString(name);
        writePacket(request);
    }
}
