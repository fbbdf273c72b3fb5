package org.jetfanout.record;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jetfanout.machine.PrivateFiles;

/** Reads and writes whole files of a run record. Errors become a {@link RecordException}. */
final class RecordFiles {
    private RecordFiles() {}

    /** Works as {@link PrivateFiles#replace}. */
    static void replace(Path file, boolean durable, PrivateFiles.Content content) {
        try {
            PrivateFiles.replace(file, durable, content);
        } catch (IOException e) {
            throw RecordException.writing(file, e);
        }
    }

    /** Reads a value from a file's bytes. */
    interface Reader<T> {
        T read(InputStream in) throws IOException;
    }

    /** The content of a file; empty where the file does not exist. */
    static <T> Optional<T> read(Path file, Reader<T> reader) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            return Optional.of(reader.read(in));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw RecordException.reading(file, e);
        }
    }

    /** Works as {@link PrivateFiles#syncFolder}. */
    static void syncFolder(Path folder) {
        try {
            PrivateFiles.syncFolder(folder);
        } catch (IOException e) {
            throw RecordException.writing(folder, e);
        }
    }
}
