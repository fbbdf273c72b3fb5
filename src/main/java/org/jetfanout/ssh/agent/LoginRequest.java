package org.jetfanout.ssh.agent;

import java.util.Optional;
import java.util.Set;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.BufferException;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.jetfanout.ssh.keys.KeyBlob;

/**
 * The data that a client signs to log in by public key (RFC 4252, section 7).
 *
 * @param user login name
 * @param key the key that signs
 * @param hostKey fingerprint of the server's key; empty unless the login is host-bound (OpenSSH 8.9
 *     and later)
 */
public record LoginRequest(String user, KeyBlob key, String hostKey) {
    /** The usual method. */
    public static final String PUBLIC_KEY = "publickey";

    /** The method that is bound to the host's key. */
    public static final String HOST_BOUND = "publickey-hostbound-v00@openssh.com";

    private static final Set<String> METHODS = Set.of(PUBLIC_KEY, HOST_BOUND);
    static final String SERVICE = "ssh-connection";

    /** Parses data. Empty for anything else than a login, and where more data follows. */
    static Optional<LoginRequest> parse(byte[] data) {
        try {
            ByteArrayBuffer in = new ByteArrayBuffer(data);
            in.getBytes(); // session id
            if (in.getUByte() != SshConstants.SSH_MSG_USERAUTH_REQUEST) {
                return Optional.empty();
            }
            String user = in.getString();
            String service = in.getString();
            String method = in.getString();
            boolean signed = in.getBoolean();
            in.getString(); // signature algorithm
            KeyBlob key = KeyBlob.of(in.getBytes());
            String hostKey =
                    method.equals(HOST_BOUND) ? KeyBlob.of(in.getBytes()).fingerprint() : "";
            boolean ok =
                    service.equals(SERVICE)
                            && METHODS.contains(method)
                            && signed
                            && in.available() == 0;
            return ok ? Optional.of(new LoginRequest(user, key, hostKey)) : Optional.empty();
        } catch (BufferException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
