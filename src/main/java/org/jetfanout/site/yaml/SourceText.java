package org.jetfanout.site.yaml;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.jetfanout.ConfigurationException;
import org.jetfanout.text.Quoted;

/**
 * Reads the bytes and the text of a file that a user wrote. Errors are in jet-fanout's own words.
 */
public final class SourceText {
    /** The size of the largest file that is read. */
    public static final int LARGEST_BYTES = 100 << 20;

    private SourceText() {}

    /** The file's bytes. A pipe is read to its end. */
    public static byte[] bytes(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST_BYTES + 1);
            if (bytes.length > LARGEST_BYTES) {
                throw ConfigurationException.at(
                        file, "is larger than " + (LARGEST_BYTES >> 20) + " MiB");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw ConfigurationException.at(file, "no such file");
        } catch (IOException e) {
            throw ConfigurationException.at(
                    file,
                    Files.isDirectory(file)
                            ? "is a folder, not a file"
                            : "cannot be read: " + reason(e));
        }
    }

    /** The text of UTF-8 bytes. It fails at the line of the first byte that is not UTF-8. */
    public static String decode(Path file, byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder(); // reports what is none
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) {
            int line = 1;
            for (int at = 0; at < in.position(); at++) {
                line += bytes[at] == '\n' ? 1 : 0;
            }
            throw ConfigurationException.at(
                    file,
                    line,
                    "is not UTF-8 text: there is a byte 0x%02x".formatted(bytes[in.position()]));
        }
        return out.flip().toString();
    }

    /** The system's reason, without the path, which the message has already. */
    public static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NotDirectoryException) {
            return "is not a folder";
        }
        if (e instanceof FileSystemException file && file.getReason() != null) {
            return file.getReason();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /**
     * The path that a text names.
     *
     * @param file the file in which the text is
     * @param line the line of the text, from 1
     * @throws ConfigurationException where no file can have that name
     */
    public static Path path(Path file, int line, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw ConfigurationException.at(
                    file,
                    line,
                    Quoted.of(text) + " cannot be the name of a file: " + e.getReason());
        }
    }
}
