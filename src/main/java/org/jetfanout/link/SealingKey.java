package org.jetfanout.link;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jetfanout.machine.LimitedMap;

/**
 * One key of those that instances share.
 *
 * <p>Sealed bytes are: the key's id (4 bytes), the sender's salt (16), a count (8), and what
 * AES-256-GCM makes of the plain bytes. Each object has a random salt and encrypts with a key
 * derived from it, so the count is a nonce that never comes twice, however many instances there are
 * and however long they live. Thread-safe.
 */
final class SealingKey {
    /** The length of a key. */
    static final int BYTES = 32;

    /** The length of its id. */
    static final int ID_BYTES = 4;

    private static final String MAC = "HmacSHA256";
    private static final int SALT_BYTES = 16;
    private static final int HEAD_BYTES = ID_BYTES + SALT_BYTES + Long.BYTES;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;

    /** What sealing adds. */
    static final int OVERHEAD = HEAD_BYTES + TAG_BYTES;

    /** Of the senders heard last, so that a key is not derived for each message. */
    private static final int REMEMBERED_KEYS = 256;

    private final byte[] secret;
    private final byte[] id;
    private final byte[] salt = new byte[SALT_BYTES];
    private final SecretKeySpec sealing;
    private final AtomicLong count = new AtomicLong();

    // Mutable state
    private final Map<ByteBuffer, SecretKeySpec> opening = LimitedMap.byUse(REMEMBERED_KEYS);

    SealingKey(byte[] secret) {
        this.secret = secret.clone();
        id = Arrays.copyOf(mac("id".getBytes(StandardCharsets.US_ASCII)), ID_BYTES);
        new SecureRandom().nextBytes(salt);
        sealing = derived(salt);
    }

    String id() {
        return HexFormat.of().formatHex(id);
    }

    byte[] seal(byte[] plain, byte[] context) {
        long number = count.incrementAndGet();
        ByteBuffer sealed = ByteBuffer.allocate(plain.length + OVERHEAD);
        sealed.put(id).put(salt).putLong(number);
        try {
            cipher(Cipher.ENCRYPT_MODE, sealing, number, context)
                    .doFinal(ByteBuffer.wrap(plain), sealed);
            return sealed.array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether the bytes say that this key has sealed them. */
    boolean hasSealed(byte[] sealed) {
        return sealed.length >= OVERHEAD && Arrays.equals(sealed, 0, ID_BYTES, id, 0, ID_BYTES);
    }

    byte[] open(byte[] sealed, byte[] context) throws ForeignMessageException {
        ByteBuffer senders =
                ByteBuffer.wrap(Arrays.copyOfRange(sealed, ID_BYTES, ID_BYTES + SALT_BYTES));
        long number = ByteBuffer.wrap(sealed).getLong(ID_BYTES + SALT_BYTES);
        SecretKeySpec remembered = remembered(senders);
        SecretKeySpec key = remembered == null ? derived(senders.array()) : remembered;
        byte[] plain;
        try {
            plain =
                    cipher(Cipher.DECRYPT_MODE, key, number, context)
                            .doFinal(sealed, HEAD_BYTES, sealed.length - HEAD_BYTES);
        } catch (GeneralSecurityException e) {
            throw new ForeignMessageException(
                    "a message that was changed, or moved from another place");
        }
        if (remembered == null) {
            // only now: nobody without the key can push out those of others
            synchronized (opening) {
                opening.put(senders, key);
            }
        }
        return plain;
    }

    private SecretKeySpec remembered(ByteBuffer salt) {
        synchronized (opening) {
            return opening.get(salt);
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
        return new SecretKeySpec(mac(from), "AES");
    }

    private byte[] mac(byte[] input) {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(new SecretKeySpec(secret, MAC));
            return mac.doFinal(input);
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException(e);
        }
    }
}
