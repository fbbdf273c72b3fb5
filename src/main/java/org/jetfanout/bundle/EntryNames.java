package org.jetfanout.bundle;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jetfanout.text.Text;

/**
 * Converts names of files from a folder to an archive. A name is a sequence of bytes in both, and
 * need not be UTF-8 or valid in the locale. A byte that is not UTF-8 becomes a lone surrogate in
 * the text (U+DC80 to U+DCFF), so that two different names stay different.
 */
final class EntryNames {
    private static final char UNREADABLE = '\ufffd';
    private static final int ESCAPED = 0xdc00;

    private EntryNames() {}

    /** The last part of a path that a listing of its folder gave. */
    static String name(Path entry) {
        String text = entry.getFileName().toString();
        if (text.indexOf(UNREADABLE) < 0) {
            return text;
        }
        byte[] bytes = bytes(entry);
        return Text.decode(bytes, 0, bytes.length, (name, b) -> name.append((char) (ESCAPED + b)));
    }

    /** The bytes of a path in an archive, each as one character. */
    static String bytes(String path) {
        if (path.chars().allMatch(c -> c < 0x80)) {
            return path;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(path.length() * 2);
        path.codePoints()
                .forEach(
                        c -> {
                            if (c > ESCAPED + 0x7f && c <= ESCAPED + 0xff) {
                                bytes.write(c - ESCAPED);
                            } else {
                                bytes.writeBytes(
                                        Character.toString(c).getBytes(StandardCharsets.UTF_8));
                            }
                        });
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    /** The bytes of the name. Java loses them in the path's text, but not in its URI. */
    private static byte[] bytes(Path entry) {
        String address = entry.toUri().getRawPath();
        String path = address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int at = path.lastIndexOf('/') + 1; at < path.length(); at++) {
            if (path.charAt(at) == '%') {
                bytes.write(Integer.parseInt(path, at + 1, at + 3, 16));
                at += 2;
            } else {
                bytes.write(path.charAt(at));
            }
        }
        return bytes.toByteArray();
    }
}
