package org.jetfanout.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;
import org.jetfanout.bundle.BundleFiles;
import org.jetfanout.bundle.BundleSource;
import org.jetfanout.job.JobFiles;
import org.jetfanout.job.JobSpec;
import org.jetfanout.plan.Batch;
import org.jetfanout.runner.BundlePaths;

/**
 * The packed bundles of a run on the control machine: the files that all batches share, and each
 * batch's own beside them. They hold variables, so the folder is its owner's alone and goes with
 * the run. Bundles may be opened by any thread once they are packed.
 */
final class Bundles {
    private static final FileAttribute<?> PRIVATE_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<?> PRIVATE_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path folder;

    // Mutable state
    private BundleFiles files;

    Bundles(Path folder) {
        this.folder = folder;
    }

    /** Packs what all batches share; where the runner will find what. */
    BundlePaths pack(Prepared prepared, Consumer<String> talk) {
        RunRequest request = prepared.request();
        try {
            Files.createDirectories(folder, PRIVATE_FOLDER);
            files =
                    BundleFiles.pack(
                            new BundleSource(
                                    prepared.inventory(),
                                    prepared.playbooks(),
                                    request.roles(),
                                    request.modules(),
                                    extraVars(request.extraVars()),
                                    request.limits(),
                                    Map.of(),
                                    talk),
                            folder);
        } catch (IOException e) {
            throw ConfigurationException.at(
                    folder, "the bundles cannot be packed: " + e.getMessage());
        }
        return new BundlePaths(
                files.playbookPaths(),
                files.rolesPaths(),
                files.modulesPaths(),
                List.of(files.inventoryPath()),
                files.extraVarsPaths());
    }

    /** Packs what one batch needs beside that. */
    void pack(Batch batch, JobSpec job) throws IOException {
        Map<String, byte[]> run = Map.of(JobFiles.RUN, JobFiles.of(job).get(JobFiles.RUN));
        write(slice(batch.id()), files.slice(batch, run).slice());
    }

    /** The bundle of a batch from its start; to be closed by the caller. */
    InputStream open(String batch) throws IOException {
        return new SequenceInputStream(
                Files.newInputStream(folder.resolve(BundleFiles.COMMON)),
                Files.newInputStream(slice(batch)));
    }

    /** Removes them all. */
    void remove() throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private Path slice(String batch) {
        return folder.resolve(batch + ".tgz");
    }

    /**
     * Variables given as JSON become files: in a command line everybody on the worker could read
     * them.
     */
    private List<Path> extraVars(List<String> texts) throws IOException {
        List<Path> paths = new ArrayList<>();
        for (String text : texts) {
            if (text.startsWith("@")) {
                paths.add(Path.of(text.substring(1)));
            } else {
                Path file = folder.resolve("extra-vars-" + paths.size() + ".json");
                write(file, text.getBytes(StandardCharsets.UTF_8));
                paths.add(file);
            }
        }
        return paths;
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        Files.deleteIfExists(file);
        try (OutputStream out =
                Channels.newOutputStream(
                        Files.newByteChannel(
                                file,
                                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                                PRIVATE_FILE))) {
            out.write(bytes);
        }
    }
}
