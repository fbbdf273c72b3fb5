package org.jetfanout.service.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.machine.Sha256;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder with a file for each start. What is stored is on the disk when a method returns. For
 * one thread at a time.
 */
final class KeptStarts {
    private static final Logger LOG = LoggerFactory.getLogger(KeptStarts.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SUFFIX = ".json";

    private final Path folder;

    KeptStarts(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder, PrivateFiles.FOLDER);
    }

    /** All that are kept, in the order in which they were accepted. */
    List<KeptStart> all() throws IOException {
        List<KeptStart> all = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            for (Path file : files) {
                try {
                    JsonNode json = JSON.readTree(file.toFile());
                    all.add(KeptStart.of(json));
                } catch (IOException | IllegalArgumentException | DateTimeException e) {
                    LOG.error("{} cannot be read and is left out: {}", file, e.getMessage());
                }
            }
        }
        all.sort(Comparator.comparing(KeptStart::accepted).thenComparing(KeptStart::guid));
        return all;
    }

    void store(KeptStart start) {
        Path file = file(start.guid());
        try {
            byte[] json = start.json();
            PrivateFiles.replace(file, true, out -> out.write(json));
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written: " + e.getMessage(), e);
        }
    }

    void remove(String guid) {
        Path file = file(guid);
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be removed: " + e.getMessage(), e);
        }
    }

    private Path file(String guid) {
        return folder.resolve(guid + SUFFIX);
    }

    /**
     * A mark by which a task is known again, but not found out.
     *
     * @param salt of an earlier mark; empty for a new one
     */
    static String mark(Task task, String salt) {
        String own = salt.isEmpty() ? UUID.randomUUID().toString() : salt;
        MessageDigest digest = Sha256.digest();
        digest.update(own.getBytes(StandardCharsets.UTF_8));
        digest.update(task.identity().getBytes(StandardCharsets.UTF_8));
        return own + ":" + HexFormat.of().formatHex(digest.digest());
    }

    /** Whether a mark is that of this task. */
    static boolean isMark(String mark, Task task) {
        int end = mark.indexOf(':');
        return end > 0 && mark(task, mark.substring(0, end)).equals(mark);
    }
}
