package org.jetfanout.service.lines;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.record.FileNames;

/**
 * The index of a run's lines in the order of their arrival: a file of {@link IndexEntry entries},
 * and one with the ids of the batches. It only grows. It may be deleted at any time, because all of
 * it is in the record. One thread writes; any thread reads what was written.
 */
final class LineIndex implements Closeable {
    private static final String VERSION = "1";
    private static final String ABOUT = "about";
    private static final int ROOM = IndexEntry.BYTES << 12;

    private final Path folder;
    private final Path file;
    private final Path batchesFile;
    private final FileChannel channel;
    private final ByteBuffer unwritten = ByteBuffer.allocate(ROOM);
    private final Map<String, Integer> numbers = new ConcurrentHashMap<>();
    private final List<String> batches = Collections.synchronizedList(new ArrayList<>());

    // Mutable state
    private volatile long count;

    private LineIndex(Path folder, FileChannel channel, List<String> batches, long count) {
        this.folder = folder;
        this.file = folder.resolve("index");
        this.batchesFile = folder.resolve("batches");
        this.channel = channel;
        this.count = count;
        for (String batch : batches) {
            numbers.put(batch, numbers.size());
            this.batches.add(batch);
        }
    }

    /**
     * Opens the index in a folder, or begins one.
     *
     * @param about what the index depends on: where it was made for something else, it is made
     *     again
     */
    static LineIndex open(Path folder, String about) {
        Path aboutFile = folder.resolve(ABOUT);
        String wanted = VERSION + " " + about + "\n";
        try {
            Files.createDirectories(folder, PrivateFiles.FOLDER);
            if (!isAbout(folder, about)) {
                Files.deleteIfExists(folder.resolve("index"));
                Files.deleteIfExists(folder.resolve("batches"));
                PrivateFiles.replace(
                        aboutFile,
                        false,
                        out -> out.write(wanted.getBytes(StandardCharsets.UTF_8)));
            }
            return open(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("the index of lines cannot be written: " + folder, e);
        }
    }

    /** Whether the index in a folder was made for this. */
    static boolean isAbout(Path folder, String about) {
        try {
            return Files.readString(folder.resolve(ABOUT)).equals(VERSION + " " + about + "\n");
        } catch (IOException e) {
            return false;
        }
    }

    /** Where it is. */
    Path folder() {
        return folder;
    }

    private static LineIndex open(Path folder) throws IOException {
        Path batchesFile = folder.resolve("batches");
        List<String> batches =
                Files.exists(batchesFile) ? whole(Files.readString(batchesFile)) : List.of();
        FileChannel channel =
                FileChannel.open(
                        folder.resolve("index"),
                        EnumSet.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE),
                        PrivateFiles.FILE);
        long count = channel.size() / IndexEntry.BYTES;
        boolean known = batches.stream().allMatch(FileNames::isSafe);
        if (!known || !fits(channel, count, batches.size())) {
            count = 0;
            batches = List.of();
            Files.deleteIfExists(batchesFile);
        }
        channel.truncate(count * IndexEntry.BYTES);
        return new LineIndex(folder, channel, batches, count);
    }

    private static List<String> whole(String text) {
        List<String> lines = new ArrayList<>();
        int from = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
            lines.add(text.substring(from, end));
            from = end + 1;
        }
        return lines;
    }

    /** Whether the end of the index is whole: a machine that lost its power may leave zeros. */
    private static boolean fits(FileChannel channel, long count, int batches) throws IOException {
        if (count == 0) {
            return true;
        }
        ByteBuffer last = ByteBuffer.allocate(IndexEntry.BYTES);
        channel.read(last, (count - 1) * IndexEntry.BYTES);
        last.flip();
        if (last.remaining() < IndexEntry.BYTES) {
            return false;
        }
        IndexEntry entry = IndexEntry.read(last);
        return entry.batch() < batches && (count == 1 || entry.offset() + entry.batch() > 0);
    }

    /** How many lines are in it. */
    long count() {
        return count;
    }

    /** The id of the batch with this number. */
    String batch(int number) {
        return batches.get(number);
    }

    /** The number of a batch; -1 where the index has no line of it. */
    int number(String batch) {
        return numbers.getOrDefault(batch, -1);
    }

    /** The number of a batch of which a line is added. Only for the writer. */
    int numberForWriting(String batch) {
        Integer known = numbers.get(batch);
        if (known != null) {
            return known;
        }
        int number = numbers.size();
        if (number >= IndexEntry.MOST_BATCHES) {
            throw new IllegalStateException("more batches than an index can hold");
        }
        try {
            Files.write(
                    batchesFile,
                    (batch + "\n").getBytes(StandardCharsets.UTF_8),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the index of lines cannot be written: " + batchesFile, e);
        }
        batches.add(batch);
        numbers.put(batch, number);
        return number;
    }

    /** Adds an entry. Others see it after {@link #flush}. */
    void add(IndexEntry entry) {
        if (unwritten.remaining() < IndexEntry.BYTES) {
            flush();
        }
        entry.write(unwritten);
    }

    /** Shows what was added to all. */
    void flush() {
        if (unwritten.position() == 0) {
            return;
        }
        unwritten.flip();
        int added = unwritten.remaining() / IndexEntry.BYTES;
        long before = count;
        try {
            long at = before * IndexEntry.BYTES;
            while (unwritten.hasRemaining()) {
                at += channel.write(unwritten, at);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the index of lines cannot be written: " + file, e);
        } finally {
            unwritten.clear();
        }
        // only this thread changes it
        count = before + added;
    }

    /**
     * Some entries.
     *
     * @param from number of the first one, from 1
     * @param most how many at most
     */
    List<IndexEntry> entries(long from, int most) {
        long last = Math.min(count, from + most - 1);
        int length = (int) Math.max(0, last - from + 1);
        if (length == 0) {
            return List.of();
        }
        ByteBuffer bytes = ByteBuffer.allocate(length * IndexEntry.BYTES);
        try {
            long at = (from - 1) * IndexEntry.BYTES;
            while (bytes.hasRemaining()) {
                int read = channel.read(bytes, at + bytes.position());
                if (read < 0) {
                    break;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the index of lines cannot be read: " + file, e);
        }
        bytes.flip();
        List<IndexEntry> entries = new ArrayList<>(length);
        while (bytes.remaining() >= IndexEntry.BYTES) {
            entries.add(IndexEntry.read(bytes));
        }
        return entries;
    }

    /** The offset of the last line of each batch. */
    Map<String, Long> lastOffsets() {
        Map<String, Long> offsets = new HashMap<>();
        int block = 1 << 14;
        for (long to = count; to > 0 && offsets.size() < batches.size(); to -= block) {
            long from = Math.max(1, to - block + 1);
            List<IndexEntry> entries = entries(from, (int) (to - from + 1));
            for (int i = entries.size() - 1; i >= 0; i--) {
                IndexEntry entry = entries.get(i);
                offsets.putIfAbsent(batch(entry.batch()), entry.offset());
            }
        }
        return offsets;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the index of lines cannot be written: " + file, e);
        }
    }
}
