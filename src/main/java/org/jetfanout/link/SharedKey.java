package org.jetfanout.link;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.PrivateFiles;

/**
 * The key that the instances at one broker share. It seals what they put there: nobody else can
 * read a message, change it, or write one.
 *
 * <p>Sealed bytes are: the format (1 byte), the sender's salt (16), a count (8), and what
 * AES-256-GCM makes of the plain bytes. Each object has a random salt and encrypts with a key
 * derived from it, so the count is a nonce that never comes twice, however many instances there are
 * and however long they live. Thread-safe.
 */
public final class SharedKey {
    private static final String FORMAT_OF_FILE = "jet-fanout-key-1";
    private static final int KEY_BYTES = 32;

    /** No key file is longer; a wrong file is not read whole. */
    private static final int LONGEST_FILE = 1024;

    private static final byte FORMAT = 1;
    private static final int SALT_BYTES = 16;
    private static final int HEAD_BYTES = 1 + SALT_BYTES + Long.BYTES;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;

    /** What sealing adds. */
    static final int OVERHEAD = HEAD_BYTES + TAG_BYTES;

    /** Of the senders heard last, so that a key is not derived for each message. */
    private static final int REMEMBERED_KEYS = 256;

    private static final Set<PosixFilePermission> OWNERS =
            EnumSet.of(
                    PosixFilePermission.OWNER_READ,
                    PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.OWNER_EXECUTE);

    private final byte[] secret;
    private final byte[] salt = new byte[SALT_BYTES];
    private final SecretKeySpec sealing;
    private final AtomicLong count = new AtomicLong();

    // Mutable state
    private final Map<ByteBuffer, SecretKeySpec> opening =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<ByteBuffer, SecretKeySpec> eldest) {
                    return size() > REMEMBERED_KEYS;
                }
            };

    SharedKey(byte[] secret) {
        this.secret = secret.clone();
        new SecureRandom().nextBytes(salt);
        sealing = derived(salt);
    }

    /**
     * Reads a key file: one line, {@code jet-fanout-key-1} and 32 bytes in Base64. Only its owner
     * may have access to it.
     */
    public static SharedKey read(Path file) {
        String line = line(file).strip();
        String[] words = line.split("\\s+", -1);
        if (words.length != 2 || !words[0].equals(FORMAT_OF_FILE)) {
            throw ConfigurationException.at(
                    file,
                    "is no key file of jet-fanout: it must have one line that begins with "
                            + FORMAT_OF_FILE);
        }
        byte[] secret;
        try {
            secret = Base64.getDecoder().decode(words[1]);
        } catch (IllegalArgumentException e) {
            throw ConfigurationException.at(file, "the key is not Base64");
        }
        if (secret.length != KEY_BYTES) {
            throw ConfigurationException.at(
                    file,
                    "the key has %d bytes; it must have %d".formatted(secret.length, KEY_BYTES));
        }
        return new SharedKey(secret);
    }

    private static String line(Path file) {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw ConfigurationException.at(file, "is not a file");
            }
            Set<PosixFilePermission> may = new HashSet<>(Files.getPosixFilePermissions(file));
            may.removeAll(OWNERS);
            if (!may.isEmpty()) {
                throw ConfigurationException.at(
                        file,
                        "other users have access to this key. Run: chmod 600 "
                                + file
                                + ", and make a new key if others may have read it");
            }
            if (Files.size(file) > LONGEST_FILE) {
                throw ConfigurationException.at(file, "is too long for a key file of jet-fanout");
            }
            return Files.readString(file, StandardCharsets.US_ASCII);
        } catch (NoSuchFileException | FileNotFoundException e) {
            throw ConfigurationException.at(file, "there is no such key file");
        } catch (CharacterCodingException e) {
            throw ConfigurationException.at(file, "is no key file of jet-fanout: it is not text");
        } catch (IOException e) {
            throw ConfigurationException.at(file, "cannot be read: " + e.getMessage());
        }
    }

    /** Makes a new key in a new file with mode 0600. */
    public static void make(Path file) {
        byte[] secret = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(secret);
        String line = FORMAT_OF_FILE + " " + Base64.getEncoder().encodeToString(secret) + "\n";
        try {
            Files.createFile(file, PrivateFiles.FILE);
            Files.writeString(file, line, StandardCharsets.US_ASCII);
        } catch (FileAlreadyExistsException e) {
            throw ConfigurationException.at(file, "exists; it is not replaced");
        } catch (NoSuchFileException e) {
            throw ConfigurationException.at(file, "cannot be written: its folder does not exist");
        } catch (IOException e) {
            throw ConfigurationException.at(file, "cannot be written: " + e.getMessage());
        }
    }

    /** 8 hexadecimal digits that tell this key from others. They do not help to guess it. */
    public String id() {
        return HexFormat.of().formatHex(mac("id".getBytes(StandardCharsets.US_ASCII)), 0, 4);
    }

    /**
     * Seals bytes.
     *
     * @param context what they are and whom they are for; whoever opens them must name the same
     */
    public byte[] seal(byte[] plain, byte[] context) {
        long number = count.incrementAndGet();
        ByteBuffer sealed = ByteBuffer.allocate(plain.length + OVERHEAD);
        sealed.put(FORMAT).put(salt).putLong(number);
        try {
            cipher(Cipher.ENCRYPT_MODE, sealing, number, context)
                    .doFinal(ByteBuffer.wrap(plain), sealed);
            return sealed.array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Opens what {@link #seal} made, with any object of the same key. */
    public byte[] open(byte[] sealed, byte[] context) throws ForeignMessageException {
        if (sealed.length < OVERHEAD) {
            throw new ForeignMessageException("too short to be sealed");
        }
        if (sealed[0] != FORMAT) {
            throw new ForeignMessageException("of an unknown format");
        }
        byte[] senders = Arrays.copyOfRange(sealed, 1, 1 + SALT_BYTES);
        long number = ByteBuffer.wrap(sealed).getLong(1 + SALT_BYTES);
        try {
            SecretKeySpec key = remembered(senders);
            byte[] plain =
                    cipher(
                                    Cipher.DECRYPT_MODE,
                                    key == null ? derived(senders) : key,
                                    number,
                                    context)
                            .doFinal(sealed, HEAD_BYTES, sealed.length - HEAD_BYTES);
            if (key == null) {
                // only now: whoever has not the key cannot push others out
                remember(senders);
            }
            return plain;
        } catch (GeneralSecurityException e) {
            throw new ForeignMessageException("sealed with another key, or changed");
        }
    }

    private SecretKeySpec remembered(byte[] of) {
        synchronized (opening) {
            return opening.get(ByteBuffer.wrap(of));
        }
    }

    private void remember(byte[] of) {
        synchronized (opening) {
            opening.put(ByteBuffer.wrap(of), derived(of));
        }
    }

    private static Cipher cipher(int mode, SecretKeySpec key, long number, byte[] context)
            throws GeneralSecurityException {
        byte[] nonce = ByteBuffer.allocate(NONCE_BYTES).putInt(0).putLong(number).array();
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
        cipher.updateAAD(context);
        return cipher;
    }

    private SecretKeySpec derived(byte[] from) {
        byte[] input = Arrays.copyOf(from, from.length + 1);
        input[from.length] = FORMAT;
        return new SecretKeySpec(mac(input), "AES");
    }

    private byte[] mac(byte[] input) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return mac.doFinal(input);
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException(e);
        }
    }
}
