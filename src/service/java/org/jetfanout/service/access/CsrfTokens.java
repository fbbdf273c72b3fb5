package org.jetfanout.service.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.token.TokenText;

/**
 * Proof that a form comes from a page of this service: a word that only the page of this session or
 * user shows. Other sites can make a browser send a form with its cookies, but cannot read the
 * word. Immutable.
 */
final class CsrfTokens {
    private final String key;

    /**
     * @param file holds the key, so that forms outlive a restart; it is made where it is missing
     */
    CsrfTokens(Path file) throws IOException {
        String found;
        try {
            found = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        } catch (NoSuchFileException e) {
            found = "";
        }
        if (found.isEmpty()) {
            found = TokenText.random();
            byte[] text = found.getBytes(StandardCharsets.US_ASCII);
            PrivateFiles.replace(file, true, out -> out.write(text));
        }
        this.key = found;
    }

    /** The word for a session. */
    String ofSession(String id) {
        return TokenText.hash("session " + key + " " + id);
    }

    /** The word for a user that the proxy names. */
    String ofUser(String name) {
        return TokenText.hash("user " + key + " " + name);
    }

    /** Whether a form has the word. */
    static boolean isSame(String expected, String given) {
        return given != null
                && MessageDigest.isEqual(
                        expected.getBytes(StandardCharsets.UTF_8),
                        given.getBytes(StandardCharsets.UTF_8));
    }
}
