package org.jetfanout.testkit.stores;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A file that a server appends lines to, read while its last line may be incomplete. */
final class WholeLines {
    private WholeLines() {}

    /** Its complete lines in order, as UTF-8. None if there is no file. */
    static List<String> read(Path file) throws IOException {
        return Files.exists(file)
                ? new String(whole(Files.readAllBytes(file)), UTF_8).lines().toList()
                : List.of();
    }

    /** Removes an incomplete last line. The next server would continue in the middle of it. */
    static void cut(Path file) throws IOException {
        if (Files.exists(file)) {
            Files.write(file, whole(Files.readAllBytes(file)));
        }
    }

    /** Bytes, for the end may be in the middle of a character. */
    private static byte[] whole(byte[] written) {
        int end = written.length;
        while (end > 0 && written[end - 1] != '\n') {
            end--;
        }
        return Arrays.copyOf(written, end);
    }
}
