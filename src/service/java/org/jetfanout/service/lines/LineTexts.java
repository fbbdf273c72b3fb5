package org.jetfanout.service.lines;

import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.logs.RunLineReader;
import org.jetfanout.record.LineFollower;
import org.jetfanout.record.RecordStream;
import org.jetfanout.record.RecordStreamFile;
import org.jetfanout.record.RunRecord;
import org.jetfanout.record.TextLine;
import org.jetfanout.runner.Stream;

/**
 * Reads the texts of lines whose places are known. Used once, for lines in the order of the index;
 * not thread-safe.
 */
final class LineTexts {
    private static final int SMALLEST = 4 << 10;
    private static final int LARGEST = 64 << 10;

    /** Lines between two that are wanted are read over, unless they are longer than this. */
    private static final int GAP = 64 << 10;

    private final RunRecord record;
    private final LineIndex index;
    private final int chunk;

    // Mutable state
    private final Map<Integer, LineFollower> followers = new HashMap<>();
    private long bytes;

    /**
     * @param lines about how many lines of how many batches are read
     */
    LineTexts(RunRecord record, LineIndex index, List<IndexEntry> lines) {
        this.record = record;
        this.index = index;
        long batches = Math.max(1, lines.stream().mapToInt(IndexEntry::batch).distinct().count());
        this.chunk = (int) Math.max(SMALLEST, Math.min(LARGEST, 150L * lines.size() / batches));
    }

    /** How many bytes of text were read. */
    long bytes() {
        return bytes;
    }

    /** The text as the worker sent it; empty where the record does not have it any more. */
    Optional<String> text(IndexEntry entry) {
        LineFollower lines = followers.get(entry.batch());
        if (lines == null
                || lines.offset() > entry.offset()
                || entry.offset() - lines.offset() > GAP) {
            lines = open(entry);
            followers.put(entry.batch(), lines);
        }
        while (lines.offset() <= entry.offset() && lines.fill(chunk, true)) {
            TextLine line = lines.take();
            bytes += line.end() - line.offset();
            if (line.offset() == entry.offset()) {
                return Optional.of(line.text());
            }
        }
        return Optional.empty();
    }

    private LineFollower open(IndexEntry entry) {
        return lines(record, index.batch(entry.batch()), entry.offset());
    }

    /** The offset of the byte after a line; that of the line where it cannot be read. */
    static long end(RunRecord record, String batch, long offset) {
        LineFollower lines = lines(record, batch, offset);
        return lines.fill(SMALLEST, true) ? lines.take().end() : offset;
    }

    /** Lines without their times, which are in the index. */
    private static LineFollower lines(RunRecord record, String batch, long from) {
        return new RecordStreamFile(
                        new RecordStream(batch, RecordStream.OUTPUT),
                        record.outputFile(batch, Stream.OUTPUT),
                        Optional.empty(),
                        Path.of(""),
                        Instant.EPOCH)
                .lines(from, RunLineReader.LONGEST_LINE);
    }
}
