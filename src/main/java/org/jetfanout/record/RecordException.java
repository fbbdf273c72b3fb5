package org.jetfanout.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Thrown where the run record cannot be written or read, for example because the disk is full, the
 * file system is read-only, or the folder was removed. The message is one line that names the file
 * and the reason.
 */
public final class RecordException extends UncheckedIOException {
    private static final long serialVersionUID = 1L;

    private RecordException(String message, IOException cause) {
        super(message, cause);
    }

    static RecordException writing(Path file, IOException cause) {
        return new RecordException(
                "run record: cannot write " + file + ": " + reason(cause), cause);
    }

    /** The file cannot be read. */
    public static RecordException reading(Path file, IOException cause) {
        return new RecordException("run record: cannot read " + file + ": " + reason(cause), cause);
    }

    private static String reason(IOException cause) {
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (cause instanceof NoSuchFileException) {
            return "no such file";
        }
        if (cause instanceof FileSystemException e && e.getReason() != null) {
            return e.getReason();
        }
        return String.valueOf(cause.getMessage());
    }
}
