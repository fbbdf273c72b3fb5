package org.jetfanout.pack;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.jetfanout.bundle.Bundle;
import org.jetfanout.job.JobFiles;
import org.jetfanout.job.JobSpec;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.runner.PlaysLeft;
import org.jetfanout.runner.Runner;
import org.jetfanout.runner.RunnerFiles;
import org.jetfanout.runner.Work;

/**
 * The packed bundles of a run on the control machine: the files that all batches share, and the
 * files of each batch beside them. Bundles hold variables, so only the owner can read the folder,
 * and it is removed with the run. Any thread may open bundles once they are packed.
 */
public final class Bundles {
    private static final long SMALL_BYTES = 16 << 10;
    private static final String PACKED = "packed";

    private final Path folder;

    // Mutable state
    private RunnerFiles files;

    /** The bundles in this folder. */
    public Bundles(Path folder) {
        this.folder = folder;
    }

    /**
     * Packs the files that all batches share.
     *
     * @param warnings takes warnings for people
     */
    public RunnerFiles pack(Work work, Consumer<String> warnings) {
        files = work.pack(folder, warnings);
        return files;
    }

    /** Packs the files of one batch, and its message. */
    public void pack(BatchMessage message, JobSpec job) throws IOException {
        Map<String, byte[]> run = Map.of(JobFiles.RUN, JobFiles.of(job).get(JobFiles.RUN));
        write(slice(job.batch()), files.slice(message.batch(), message.barriers(), run).slice());
        write(name(message), message.bytes());
    }

    /**
     * Writes a file. It may be incomplete after a crash, which does not matter before {@link
     * #packed}.
     */
    private void write(String name, byte[] bytes) throws IOException {
        try (OutputStream out = PrivateFiles.create(folder.resolve(name))) {
            out.write(bytes);
        }
    }

    /** Notes that all batches are packed. From now on the run can be resumed. */
    public void packed() throws IOException {
        PrivateFiles.write(folder, PACKED, new byte[0]);
    }

    /** Whether all batches are packed. */
    public boolean isPacked() {
        return Files.exists(folder.resolve(PACKED));
    }

    /** The message of a batch. Nothing else decides which worker configures it. */
    public BatchMessage message(String batch) throws IOException {
        return BatchMessage.read(Files.readAllBytes(folder.resolve(batch + ".json")));
    }

    /** Whether the message of a batch is still there. */
    public boolean hasMessage(String batch) {
        return Files.exists(folder.resolve(batch + ".json"));
    }

    /**
     * Stores the message for another worker. It is durable before the batch is queued for that
     * worker.
     */
    public void store(BatchMessage message) throws IOException {
        PrivateFiles.replace(
                folder.resolve(name(message)), true, out -> out.write(message.bytes()));
    }

    /**
     * How a batch's bundle is packed. A small one is not compressed, which saves the worker a
     * process.
     */
    public JobSpec.Packed packed(String batch) throws IOException {
        if (!isThere(batch)) {
            return JobSpec.Packed.GZIP; // it can not be sent any more
        }
        long size = bytes(Bundle.COMMON) + bytes(slice(batch));
        return size <= SMALL_BYTES ? JobSpec.Packed.TAR : JobSpec.Packed.GZIP;
    }

    /**
     * The bundle of a batch from its start, in the form that {@link #packed} says. It is read from
     * a file, so no read waits. The caller closes it.
     */
    public InputStream open(String batch) throws IOException {
        InputStream gzip =
                new SequenceInputStream(
                        Files.newInputStream(folder.resolve(Bundle.COMMON)),
                        Files.newInputStream(folder.resolve(slice(batch))));
        InputStream bundle =
                packed(batch) == JobSpec.Packed.TAR
                        ? GzipCompressorInputStream.builder()
                                .setInputStream(gzip)
                                .setDecompressConcatenated(true)
                                .get()
                        : gzip;
        return new FilterInputStream(bundle) {
            @Override
            public int available() {
                return Integer.MAX_VALUE; // the parts know of themselves at most
            }
        };
    }

    /**
     * Makes the files with which the runner of a batch starts once more, after it ended before the
     * last play. They come from what is stored here.
     *
     * @param runner of the run
     * @param play number of the first play that is left
     * @param lost places in the batch, from 0, of the hosts that are left out
     * @return a gzip'ed tar; empty where no play is left
     */
    public Optional<byte[]> secondStart(Runner runner, String batch, int play, BitSet lost)
            throws IOException {
        BatchMessage message = message(batch);
        PlaysLeft left =
                new PlaysLeft(message.command(), message.batch(), message.plays(), play, lost);
        try (InputStream slice =
                new BufferedInputStream(Files.newInputStream(folder.resolve(slice(batch))))) {
            return runner.again(slice, left);
        }
    }

    /** How many bytes {@link #open} gives. */
    public long size(String batch) throws IOException {
        if (packed(batch) == JobSpec.Packed.GZIP) {
            return bytes(Bundle.COMMON) + bytes(slice(batch));
        }
        try (InputStream small = open(batch)) {
            return small.transferTo(OutputStream.nullOutputStream());
        }
    }

    private long bytes(String name) throws IOException {
        return Files.size(folder.resolve(name));
    }

    /** Whether the bundle of a batch is still there, and not only its message. */
    public boolean isThere(String batch) {
        return Files.exists(folder.resolve(Bundle.COMMON))
                && Files.exists(folder.resolve(slice(batch)));
    }

    /** Removes what only the start of a batch's job needs: its job can still be attached. */
    public void keepFromStarting(String batch) throws IOException {
        Files.deleteIfExists(folder.resolve(slice(batch)));
    }

    /**
     * Removes everything except the messages of some batches. These have no variables in them, and
     * are enough to attach to the jobs.
     */
    public void keepMessages(Set<String> batches) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                boolean kept = name.equals(PACKED);
                for (String batch : batches) {
                    kept |= name.equals(batch + ".json");
                }
                if (!kept) {
                    PrivateFiles.remove(file);
                }
            }
        }
    }

    /** Removes everything. */
    public void remove() throws IOException {
        PrivateFiles.remove(folder);
    }

    private static String name(BatchMessage message) {
        return message.batch().id() + ".json";
    }

    private static String slice(String batch) {
        return batch + ".tgz";
    }
}
