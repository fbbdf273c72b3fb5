package org.jetfanout.link;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.PrivateFiles;

/**
 * The key that the instances at one broker share. It seals what they put there: nobody else can
 * read a message, change it, or write one. While a key is replaced by another, an instance has
 * both: it seals with the first of its file and opens with each. Thread-safe.
 */
public final class SharedKey {
    private static final String FORMAT = "jet-fanout-key-1";

    /** No key file is longer; a wrong file is not read whole. */
    private static final int LONGEST_FILE = 4096;

    private static final int MOST_KEYS = 8;

    private static final Set<PosixFilePermission> OWNERS =
            EnumSet.of(
                    PosixFilePermission.OWNER_READ,
                    PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.OWNER_EXECUTE);

    private final List<SealingKey> keys;

    private SharedKey(List<SealingKey> keys) {
        this.keys = List.copyOf(keys);
    }

    /**
     * Reads a key file. Each line is a key: {@code jet-fanout-key-1} and 32 bytes in Base64. Only
     * the file's owner may have access to it.
     */
    public static SharedKey read(Path file) {
        List<SealingKey> keys = new ArrayList<>();
        String[] lines = content(file).split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            if (!lines[i].isBlank()) {
                keys.add(new SealingKey(secret(file, i + 1, lines[i])));
            }
        }
        if (keys.isEmpty()) {
            throw ConfigurationException.at(file, "has no key");
        }
        if (keys.size() > MOST_KEYS) {
            throw ConfigurationException.at(file, "has more than " + MOST_KEYS + " keys");
        }
        return new SharedKey(keys);
    }

    private static byte[] secret(Path file, int number, String line) {
        String[] words = line.strip().split("\\s+", -1);
        if (words.length != 2 || !words[0].equals(FORMAT)) {
            throw ConfigurationException.at(
                    file,
                    number,
                    "no key of jet-fanout: it must be '" + FORMAT + "' and the key, in one line");
        }
        byte[] secret;
        try {
            secret = Base64.getDecoder().decode(words[1]);
        } catch (IllegalArgumentException e) {
            throw ConfigurationException.at(file, number, "the key is not Base64");
        }
        if (secret.length != SealingKey.BYTES) {
            throw ConfigurationException.at(
                    file,
                    number,
                    "the key has %d bytes; it must have %d"
                            .formatted(secret.length, SealingKey.BYTES));
        }
        return secret;
    }

    private static String content(Path file) {
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
            // any bytes are read, so that the error has a line
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw ConfigurationException.at(file, "there is no such key file");
        } catch (IOException e) {
            throw ConfigurationException.at(file, "cannot be read: " + e.getMessage());
        }
    }

    /** Makes a new key in a new file with mode 0600. */
    public static void make(Path file) {
        byte[] secret = new byte[SealingKey.BYTES];
        new SecureRandom().nextBytes(secret);
        String line = FORMAT + " " + Base64.getEncoder().encodeToString(secret) + "\n";
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

    /**
     * 8 hexadecimal digits that tell the key that seals from others. They do not help to guess it.
     */
    public String id() {
        return keys.get(0).id();
    }

    /**
     * Seals bytes.
     *
     * @param context what they are and whom they are for; whoever opens them must name the same
     */
    public byte[] seal(byte[] plain, byte[] context) {
        return keys.get(0).seal(plain, context);
    }

    /** Opens what another instance has sealed with a key that this one has, too. */
    public byte[] open(byte[] sealed, byte[] context) throws ForeignMessageException {
        if (sealed.length < SealingKey.OVERHEAD) {
            throw new ForeignMessageException("a message too short to be sealed");
        }
        for (SealingKey key : keys) {
            if (key.hasSealed(sealed)) {
                return key.open(sealed, context);
            }
        }
        throw new ForeignMessageException(
                "a message that another shared key has sealed (%s; this instance has %s), or none"
                        .formatted(
                                HexFormat.of()
                                        .formatHex(Arrays.copyOf(sealed, SealingKey.ID_BYTES)),
                                keys.stream()
                                        .map(SealingKey::id)
                                        .collect(Collectors.joining(", "))));
    }
}
