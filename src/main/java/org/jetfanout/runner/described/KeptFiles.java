package org.jetfanout.runner.described;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jetfanout.machine.PrivateFiles;

/**
 * The files of a runner within the record of a run, so that a rerun has the same ones. Large ones
 * are not kept. Immutable.
 *
 * @param files each with its path in the folder
 */
record KeptFiles(List<KeptFile> files) {
    /** Nothing is kept. */
    static final KeptFiles NONE = new KeptFiles(List.of());

    private static final long MOST_BYTES = 256 << 10;
    private static final String PATH = "path";
    private static final String EXECUTABLE = "executable";
    private static final String CONTENT = "content";

    /**
     * One file.
     *
     * @param path in the folder
     * @param content in Base64
     */
    record KeptFile(String path, boolean executable, String content) {}

    /** Copies the list. */
    KeptFiles {
        files = List.copyOf(files);
    }

    /** All files below a folder; none where they are too large together. */
    static KeptFiles of(Path folder) throws IOException {
        List<Path> paths;
        try (Stream<Path> all = Files.walk(folder)) {
            paths = all.filter(Files::isRegularFile).sorted().toList();
        }
        List<KeptFile> files = new ArrayList<>();
        long left = MOST_BYTES;
        for (Path path : paths) {
            left -= Files.size(path);
            if (left < 0) {
                return NONE;
            }
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            Files.copy(path, content);
            files.add(
                    new KeptFile(
                            folder.relativize(path).toString(),
                            Files.isExecutable(path),
                            Base64.getEncoder().encodeToString(content.toByteArray())));
        }
        return new KeptFiles(files);
    }

    boolean isEmpty() {
        return files.isEmpty();
    }

    /** Writes them into a folder. */
    void write(Path folder) throws IOException {
        Files.createDirectories(folder, PrivateFiles.FOLDER);
        for (KeptFile file : files) {
            Path path = folder.resolve(file.path()).normalize();
            if (!path.startsWith(folder)) {
                throw new IOException("not in the runner's folder: " + file.path());
            }
            Files.createDirectories(path.getParent(), PrivateFiles.FOLDER);
            Files.write(path, Base64.getDecoder().decode(file.content()));
            Files.setPosixFilePermissions(
                    path,
                    PosixFilePermissions.fromString(file.executable() ? "rwx------" : "rw-------"));
        }
    }

    /** What the record keeps. */
    List<Map<String, Object>> toRecord() {
        List<Map<String, Object>> record = new ArrayList<>();
        for (KeptFile file : files) {
            Map<String, Object> values = new LinkedHashMap<>();
            values.put(PATH, file.path());
            values.put(EXECUTABLE, file.executable());
            values.put(CONTENT, file.content());
            record.add(values);
        }
        return record;
    }

    /** Reads what {@link #toRecord} gave. */
    static KeptFiles read(JsonNode record) {
        List<KeptFile> files = new ArrayList<>();
        record.forEach(
                file ->
                        files.add(
                                new KeptFile(
                                        file.path(PATH).asText(),
                                        file.path(EXECUTABLE).asBoolean(),
                                        file.path(CONTENT).asText())));
        return new KeptFiles(files);
    }
}
