package org.jetfanout.ssh;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Base64;
import java.util.Iterator;
import java.util.Optional;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.BufferException;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.jetfanout.ssh.keys.KeyBlob;

/**
 * A key in a file: OpenSSH's format or PEM; ed25519, ECDSA or RSA. The file is read once. An
 * encrypted key is decrypted only when a worker has said that it would accept it. The user is asked
 * once for its passphrase, however many workers there are. Thread-safe.
 */
final class IdentityFile implements Identity {
    private static final String OPENSSH_BEGIN = "-----BEGIN OPENSSH PRIVATE KEY-----";
    private static final String OPENSSH_END = "-----END OPENSSH PRIVATE KEY-----";
    private static final byte[] OPENSSH_MAGIC =
            "openssh-key-v1\0".getBytes(StandardCharsets.US_ASCII);
    private static final int ATTEMPTS = 3;

    private final Path file;
    private final byte[] content;
    private final KeyBlob key;
    private final Passphrases passphrases;

    // Mutable state, guarded by this
    private KeyPair pair;
    private IOException unusable;

    private IdentityFile(Path file, byte[] content, KeyBlob key, Passphrases passphrases) {
        this.file = file;
        this.content = content;
        this.key = key;
        this.passphrases = passphrases;
    }

    /**
     * @throws IOException if the file cannot be read or has no key; the message says why
     */
    static IdentityFile read(Path file, Passphrases passphrases) throws IOException {
        byte[] content = Files.readAllBytes(file);
        Optional<KeyBlob> key = publicPart(file, content);
        if (key.isPresent()) {
            return new IdentityFile(file, content, key.get(), passphrases);
        }
        // PEM without a .pub file: the public part is known only after decryption
        KeyPair pair = decrypt(file, content, passphrases);
        IdentityFile identity =
                new IdentityFile(file, content, KeyBlob.of(pair.getPublic()), passphrases);
        synchronized (identity) {
            identity.pair = pair;
        }
        return identity;
    }

    /**
     * Whether the file has a private part. A .pub file has none, and only chooses a key of the
     * agent.
     */
    boolean hasPrivatePart() {
        return new String(content, StandardCharsets.ISO_8859_1).contains("-----BEGIN ");
    }

    @Override
    public KeyBlob key() {
        return key;
    }

    @Override
    public String origin() {
        return file.toString();
    }

    /** One that is encrypted may need its passphrase, so it is treated as if it did. */
    @Override
    public synchronized boolean asksPerson() {
        return pair == null && isEncrypted();
    }

    /** OpenSSH's format names its cipher; in PEM it is a header. */
    private boolean isEncrypted() {
        String text = new String(content, StandardCharsets.ISO_8859_1);
        int from = text.indexOf(OPENSSH_BEGIN);
        int to = text.indexOf(OPENSSH_END);
        if (from < 0 || to < from) {
            return text.contains("ENCRYPTED");
        }
        ByteArrayBuffer buffer =
                new ByteArrayBuffer(
                        Base64.getMimeDecoder()
                                .decode(text.substring(from + OPENSSH_BEGIN.length(), to)));
        buffer.rpos(OPENSSH_MAGIC.length);
        return !buffer.getString().equals("none");
    }

    @Override
    public byte[] sign(String algorithm, byte[] data, Duration deadline) throws IOException {
        KeyPair signer = pair();
        Signature signature = NamedFactory.create(BuiltinSignatures.VALUES, algorithm);
        if (signature == null) {
            throw new IOException("no algorithm " + algorithm);
        }
        try {
            signature.initSigner(null, signer.getPrivate());
            signature.update(null, data);
            ByteArrayBuffer blob = new ByteArrayBuffer();
            blob.putString(algorithm);
            blob.putBytes(signature.sign(null));
            return blob.getCompactData();
        } catch (Exception e) { // what MINA's signatures declare
            throw new IOException("cannot sign: " + e.getMessage(), e);
        }
    }

    private synchronized KeyPair pair() throws IOException {
        if (unusable != null) {
            throw new IOException(unusable.getMessage(), unusable);
        }
        if (pair == null) {
            try {
                pair = decrypt(file, content, passphrases);
            } catch (IOException e) {
                unusable = e; // ask once, not once a worker
                throw e;
            }
        }
        return pair;
    }

    /**
     * The public part, where it is not encrypted: in the file itself, or in a .pub file beside it.
     */
    private static Optional<KeyBlob> publicPart(Path file, byte[] content) throws IOException {
        String text = new String(content, StandardCharsets.ISO_8859_1);
        try {
            if (text.contains(OPENSSH_BEGIN)) {
                return Optional.of(publicPartOfOpenSsh(text));
            }
            if (!text.contains("-----BEGIN ")) {
                return Optional.of(KeyBlob.parse(text)); // a .pub: chooses a key of the agent
            }
            Path beside = Path.of(file + ".pub");
            return Files.isReadable(beside)
                    ? Optional.of(KeyBlob.parse(Files.readString(beside)))
                    : Optional.empty();
        } catch (IllegalArgumentException | BufferException e) {
            throw new IOException("not a key: " + e.getMessage(), e);
        }
    }

    private static KeyBlob publicPartOfOpenSsh(String text) {
        int from = text.indexOf(OPENSSH_BEGIN) + OPENSSH_BEGIN.length();
        int to = text.indexOf(OPENSSH_END);
        if (to < from) {
            throw new IllegalArgumentException("it breaks off");
        }
        ByteArrayBuffer buffer =
                new ByteArrayBuffer(Base64.getMimeDecoder().decode(text.substring(from, to)));
        byte[] magic = new byte[OPENSSH_MAGIC.length];
        buffer.getRawBytes(magic);
        buffer.getString(); // cipher
        buffer.getString(); // key derivation
        buffer.getBytes(); // its options
        buffer.getUInt(); // number of keys: always 1
        return KeyBlob.of(buffer.getBytes());
    }

    private static KeyPair decrypt(Path file, byte[] content, Passphrases passphrases)
            throws IOException {
        Asking asking = new Asking(file, passphrases);
        try {
            Iterable<KeyPair> pairs =
                    SecurityUtils.loadKeyPairIdentities(
                            null,
                            NamedResource.ofName(file.toString()),
                            new ByteArrayInputStream(content),
                            asking);
            Iterator<KeyPair> found = pairs == null ? null : pairs.iterator();
            if (found != null && found.hasNext()) {
                return found.next();
            }
        } catch (GeneralSecurityException | RuntimeException | IOException e) {
            throw asking.explain(e);
        }
        throw asking.explain(new IOException("unknown kind of key"));
    }

    /** Asks the user for the passphrase when MINA needs it, up to three times. */
    private static final class Asking implements FilePasswordProvider {
        private final Path file;
        private final Passphrases passphrases;

        // Mutable state, of the thread that decrypts
        private boolean nobody;
        private boolean asked;

        Asking(Path file, Passphrases passphrases) {
            this.file = file;
            this.passphrases = passphrases;
        }

        @Override
        public String getPassword(SessionContext session, NamedResource resource, int retryIndex) {
            Optional<char[]> answer = passphrases.ask(file);
            nobody = answer.isEmpty();
            asked = true;
            return answer.map(String::new).orElse(null);
        }

        @Override
        public ResourceDecodeResult handleDecodeAttemptResult(
                SessionContext session,
                NamedResource resource,
                int retryIndex,
                String password,
                Exception failure) {
            return failure != null && !nobody && retryIndex + 1 < ATTEMPTS
                    ? ResourceDecodeResult.RETRY
                    : ResourceDecodeResult.TERMINATE;
        }

        IOException explain(Exception e) {
            if (nobody) {
                return new IOException(
                        "encrypted, and there is no terminal to ask for its passphrase: add it"
                                + " with ssh-add",
                        e);
            }
            if (asked) {
                return new IOException("wrong passphrase", e);
            }
            return new IOException("cannot be used (" + e.getMessage() + ")", e);
        }
    }
}
