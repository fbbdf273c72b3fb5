package org.jetfanout.ssh;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jetfanout.ssh.agent.UserSshAgent;
import org.jetfanout.ssh.keys.KeyBlob;

/** A key with which we may log in. Thread-safe. */
interface Identity {
    /** Its public part. */
    KeyBlob key();

    /** Where it is from, for messages: {@code agent} or a file. */
    String origin();

    /**
     * Signs a login request. May wait for a person: never to be called on a thread that other
     * sessions need.
     *
     * @return algorithm and signature, as they go into the request
     * @throws IOException if there is no signature to be had; the message says why, in a few words
     */
    byte[] sign(String algorithm, byte[] data, Duration deadline) throws IOException;

    /**
     * A certificate, for which the key in it signs.
     *
     * @param key the certificate
     * @param signer the key
     */
    record Certified(KeyBlob key, Identity signer, Path file) implements Identity {
        private static final String CERTIFICATE = "-cert-v01@openssh.com";

        @Override
        public String origin() {
            return "certificate " + file + ", key of " + signer.origin();
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

        @Override
        public byte[] sign(String algorithm, byte[] data, Duration deadline) throws IOException {
            return agent.sign(key, algorithm, data, deadline);
        }
    }
}
