package org.jetfanout.ssh;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jetfanout.ssh.agent.UserSshAgent;
import org.jetfanout.ssh.keys.KeyBlob;

/** A key for logins. Thread-safe. */
interface Identity {
    /** The public part. */
    KeyBlob key();

    /** The origin for messages: {@code agent} or a file. */
    String origin();

    /** Whether a person is asked before it signs, as far as we know. */
    boolean asksPerson();

    /**
     * Signs a login request. It may wait for a person, so it must not be called on a thread that
     * other sessions need.
     *
     * @return algorithm and signature, in the form of the request
     * @throws IOException if there is no signature; the message says why, in a few words
     */
    byte[] sign(String algorithm, byte[] data, Duration deadline) throws IOException;

    /**
     * A certificate. The key that it certifies signs.
     *
     * @param key the certificate
     * @param signer the key
     * @param file of the certificate
     */
    record Certified(KeyBlob key, Identity signer, Path file) implements Identity {
        private static final String CERTIFICATE = "-cert-v01@openssh.com";

        @Override
        public String origin() {
            return "certificate " + file + ", key of " + signer.origin();
        }

        @Override
        public boolean asksPerson() {
            return signer.asksPerson();
        }

        @Override
        public byte[] sign(String algorithm, byte[] data, Duration deadline) throws IOException {
            return signer.sign(algorithm.replace(CERTIFICATE, ""), data, deadline);
        }
    }

    /** A key in the user's ssh-agent. */
    record OfAgent(UserSshAgent agent, KeyBlob key) implements Identity {
        @Override
        public String origin() {
            return "agent";
        }

        /** A security key must be touched. */
        @Override
        public boolean asksPerson() {
            return key.type().startsWith("sk-");
        }

        @Override
        public byte[] sign(String algorithm, byte[] data, Duration deadline) throws IOException {
            return agent.sign(key, algorithm, data, deadline);
        }
    }
}
