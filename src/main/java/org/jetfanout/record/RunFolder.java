package org.jetfanout.record;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.text.Times;

/** The folder of a run record, from when it is created until it is removed. Immutable. */
public final class RunFolder {
    /** The beginning of the names of records that are being removed. No GUID begins like this. */
    private static final String REMOVED = ".removed-";

    private static final String SECRET = "secret";
    private static final int SECRET_BYTES = 16;

    private final Path path;

    /** The folder at this path, which need not exist. */
    public RunFolder(Path path) {
        this.path = path;
    }

    /** Creates a new folder for a run. Fails where the GUID has one already. */
    static RunFolder make(Path runsFolder, String guid) {
        if (!FileNames.isSafe(guid) || guid.equals("last")) {
            throw new ConfigurationException("'" + guid + "' is not a valid GUID of a run");
        }
        Path path = runsFolder.resolve(guid);
        try {
            Files.createDirectories(runsFolder, PrivateFiles.FOLDER);
            Files.createDirectory(path, PrivateFiles.FOLDER);
            Files.createDirectory(RunFile.OUTPUT.in(path), PrivateFiles.FOLDER);
        } catch (FileAlreadyExistsException e) {
            throw new ConfigurationException(
                    path.toString().equals(e.getFile())
                            ? "run " + guid + " already exists: " + path
                            : e.getFile()
                                    + " is not a folder: jet-fanout stores the run records there");
        } catch (IOException e) {
            throw RecordException.writing(path, e);
        }
        return new RunFolder(path);
    }

    Path path() {
        return path;
    }

    String guid() {
        return path.getFileName().toString();
    }

    /** Stores when the run was created, and makes the folder durable. */
    void storeCreation(Instant time) {
        RecordFiles.replace(
                RunFile.RUN.in(path),
                true,
                out ->
                        Json.line(
                                out,
                                json -> {
                                    json.writeStartObject();
                                    json.writeStringField("guid", guid());
                                    json.writeStringField("created", time.toString());
                                    json.writeStringField(SECRET, newSecret());
                                    json.writeEndObject();
                                }));
        RecordFiles.syncFolder(path.getParent());
    }

    private static String newSecret() {
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        return HexFormat.of().formatHex(secret);
    }

    /** When the run was created. */
    public Instant created() {
        try {
            Optional<String> created = field("created");
            if (created.isPresent()) {
                return Times.parse(created.get());
            }
        } catch (IOException | DateTimeParseException e) {
            // the process stopped while it created the folder
        }
        return Instant.ofEpochMilli(path.toFile().lastModified());
    }

    /** The secret of the run's {@link Fence}; empty in a record that an earlier version made. */
    String secret() {
        try {
            return field(SECRET).orElse("");
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw RecordException.reading(RunFile.RUN.in(path), e);
        }
    }

    private Optional<String> field(String wanted) throws IOException {
        JsonNode field = JsonReader.document(Files.readAllBytes(RunFile.RUN.in(path))).path(wanted);
        return field.isTextual() ? Optional.of(field.asText()) : Optional.empty();
    }

    /**
     * Removes the folder. From the first moment on, nobody finds it any more. If this is
     * interrupted, the next {@link #sweep} removes the rest.
     */
    void remove() {
        Path gone = path.resolveSibling(REMOVED + guid());
        try {
            Files.move(path, gone, StandardCopyOption.ATOMIC_MOVE);
            PrivateFiles.remove(gone);
        } catch (IOException e) {
            throw RecordException.writing(path, e);
        }
    }

    /** Removes the rest of folders whose removal was interrupted. */
    public static void sweep(Path runsFolder) {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(runsFolder, REMOVED + "*")) {
            for (Path folder : folders) {
                PrivateFiles.remove(folder);
            }
        } catch (NoSuchFileException e) {
            // there are no runs yet, or another process sweeps
        } catch (IOException e) {
            throw RecordException.writing(runsFolder, e);
        }
    }
}
