package org.jetfanout.ssh;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.sshd.client.ClientFactoryManager;
import org.apache.sshd.client.session.ClientSessionImpl;
import org.apache.sshd.client.session.SessionFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.kex.extension.KexExtensions;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.helpers.AbstractConnectionService;
import org.apache.sshd.common.session.helpers.CurrentService;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.BufferUtils;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.core.CoreModuleProperties;
import org.jetfanout.ssh.agent.GuardChannel;

/**
 * A MINA session that also tells its {@link Login} what the server says, beyond what MINA uses. It
 * closes the connection to a server that sends useless messages without end.
 */
final class WorkerSession extends ClientSessionImpl {
    /** The names of such messages. */
    private static final Map<Integer, String> IDLE =
            Map.ofEntries(
                    Map.entry((int) SshConstants.SSH_MSG_IGNORE, "ignore messages"),
                    Map.entry((int) SshConstants.SSH_MSG_DEBUG, "debug messages"),
                    Map.entry((int) SshConstants.SSH_MSG_UNIMPLEMENTED, "refusals"),
                    Map.entry((int) KexExtensions.SSH_MSG_EXT_INFO, "extensions"),
                    Map.entry((int) SshConstants.SSH_MSG_KEXINIT, "key exchanges"),
                    Map.entry((int) SshConstants.SSH_MSG_USERAUTH_BANNER, "banners"),
                    Map.entry((int) SshConstants.SSH_MSG_GLOBAL_REQUEST, "global requests"),
                    Map.entry((int) SshConstants.SSH_MSG_REQUEST_SUCCESS, "answers"),
                    Map.entry((int) SshConstants.SSH_MSG_REQUEST_FAILURE, "answers"),
                    Map.entry((int) SshConstants.SSH_MSG_CHANNEL_REQUEST, "channel requests"),
                    Map.entry((int) SshConstants.SSH_MSG_CHANNEL_SUCCESS, "answers"),
                    Map.entry((int) SshConstants.SSH_MSG_CHANNEL_FAILURE, "answers"));

    /** The highest number of a message that a known extension uses. */
    private static final int LAST_KNOWN = SshConstants.SSH_MSG_CHANNEL_FAILURE;

    /** A smaller window change is useless: sshd opens its window by larger parts. */
    private static final int LEAST_WINDOW = 1024;

    private static final int MAX_WORDS = 512;

    private final MessageBudget budget = new MessageBudget(System::nanoTime);

    WorkerSession(ClientFactoryManager client, IoSession connection) throws Exception {
        super(client, connection);
    }

    static SessionFactory factory(ClientFactoryManager client) {
        return new SessionFactory(client) {
            @Override
            protected ClientSessionImpl doCreateSession(IoSession connection) throws Exception {
                return new WorkerSession(getClient(), connection);
            }
        };
    }

    /** The services read the keep-alive when they are made. */
    @Override
    protected CurrentService initializeCurrentService() {
        Login.of(getIoSession())
                .keepalive()
                .ifPresent(time -> CoreModuleProperties.HEARTBEAT_INTERVAL.set(this, time));
        return super.initializeCurrentService();
    }

    /** The text before the version, such as OpenSSH's reason for closing the connection. */
    @Override
    protected boolean readIdentification(Buffer buffer) throws Exception {
        int length = Math.min(buffer.available(), MAX_WORDS);
        Login.of(this)
                .saysFirst(
                        new String(buffer.array(), buffer.rpos(), length, StandardCharsets.UTF_8));
        return super.readIdentification(buffer);
    }

    @Override
    protected void doHandleMessage(Buffer buffer) throws Exception {
        int kind = buffer.rawByte(buffer.rpos()) & 0xFF;
        if (kind == SshConstants.SSH_MSG_USERAUTH_FAILURE) {
            hearRefusal(buffer);
        }
        String idle = idle(kind, buffer);
        if (!idle.isEmpty() && !budget.take()) {
            Login.of(this)
                    .saysGoodbye(
                            "jet-fanout closed the connection, because the worker floods it with "
                                    + idle);
            close(true);
            return;
        }
        super.doHandleMessage(buffer);
        if (kind == KexExtensions.SSH_MSG_EXT_INFO || kind == SshConstants.SSH_MSG_SERVICE_ACCEPT) {
            // the extensions come with the keys, a round trip before the service
            Login.of(this).extensions().complete(null);
        }
    }

    /** The name of a useless message; empty for any other message. */
    private String idle(int kind, Buffer buffer) {
        if (kind == SshConstants.SSH_MSG_CHANNEL_OPEN) {
            boolean agent = Login.of(this).guard().isPresent() && opens(buffer, GuardChannel.TYPE);
            return agent ? "" : "channels";
        }
        // each begins with its number and the channel
        switch (kind) {
            case SshConstants.SSH_MSG_CHANNEL_DATA -> {
                return number(buffer, 5) == 0 ? "empty data" : "";
            }
            case SshConstants.SSH_MSG_CHANNEL_EXTENDED_DATA -> {
                if (number(buffer, 5) != SshConstants.SSH_EXTENDED_DATA_STDERR) {
                    return "data of unknown kinds";
                }
                return number(buffer, 9) == 0 ? "empty data" : "";
            }
            case SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST -> {
                return number(buffer, 5) < LEAST_WINDOW ? "tiny windows" : "";
            }
            case SshConstants.SSH_MSG_CHANNEL_EOF -> {
                return hasEnded(number(buffer, 1)) ? "ends of output" : "";
            }
            default -> {}
        }
        return IDLE.getOrDefault(kind, kind > LAST_KNOWN ? "messages of unknown kinds" : "");
    }

    /**
     * An unsigned number at this index of a message; a harmless one where the message is shorter.
     */
    private static long number(Buffer message, int at) {
        return message.available() >= at + Integer.BYTES
                ? BufferUtils.getUInt(message.array(), message.rpos() + at, Integer.BYTES)
                : SshConstants.SSH_EXTENDED_DATA_STDERR;
    }

    /** Whether the server has said that it sends nothing more on a channel. */
    private boolean hasEnded(long number) {
        ConnectionService service = getService(ConnectionService.class);
        return service instanceof AbstractConnectionService known
                && known.getChannels().stream()
                        .anyMatch(
                                channel ->
                                        channel.getChannelId() == number
                                                && channel.isEofSignalled());
    }

    private static boolean opens(Buffer buffer, String type) {
        return copy(buffer).getString().equals(type);
    }

    private void hearRefusal(Buffer buffer) {
        ByteArrayBuffer copy = copy(buffer);
        String methods = copy.getString();
        Login.of(this).hearsMethods(methods, copy.getBoolean());
    }

    /** A copy of what follows the number of the message. */
    private static ByteArrayBuffer copy(Buffer buffer) {
        return new ByteArrayBuffer(buffer.array(), buffer.rpos() + 1, buffer.available() - 1);
    }
}
