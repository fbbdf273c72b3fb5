package org.jetfanout.dispatch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.jetfanout.job.Cksum;
import org.jetfanout.pack.BatchMessage;
import org.jetfanout.record.Counts;
import org.jetfanout.record.Frame;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.OutcomesSoFar;
import org.jetfanout.runner.Runner;
import org.jetfanout.runner.RunnerReader;
import org.jetfanout.runner.Stream;
import org.jetfanout.runner.Tally;

/**
 * The output of the job of a batch: where in the run record it goes, and what it says about the
 * hosts. What the record has already is read again at the start. One thread works with it. Any
 * thread may call {@link #counts} and {@link #soFar}.
 */
final class JobOutput {
    private static final int REPLAY_BYTES = 1 << 16;

    private final RunnerReader reader;

    /** Is held while the reader reads, or is asked by another thread. */
    private final Object reading = new Object();

    /**
     * Where in the record the output of this worker begins. Before that is the output of workers
     * that had the batch before.
     */
    private final Map<Stream, Long> begin = new EnumMap<>(Stream.class);

    // Mutable state
    private final Map<Stream, Cksum> stored = new EnumMap<>(Stream.class);

    /** The end of the last frame of each stream that the routes were given. */
    private final Map<Stream, Long> handed = new EnumMap<>(Stream.class);

    private volatile Counts counts;

    private Counts countsBefore = Counts.NONE;
    private OutcomesSoFar soFar = new OutcomesSoFar("");

    /** Begins with what the record has of the output. */
    static JobOutput of(BatchMessage message, Runner runner, RunRecord record) throws IOException {
        JobOutput output =
                new JobOutput(
                        runner.reader(
                                message.batch().hosts(),
                                message.plays(),
                                message.tagged(),
                                message.names()));
        output.replay(Stream.OUTPUT, message.outputFrom(), message, record);
        output.replay(Stream.EVENTS, message.eventsFrom(), message, record);
        output.counts = output.count();
        return output;
    }

    private JobOutput(RunnerReader reader) {
        this.reader = reader;
    }

    private void replay(Stream stream, long from, BatchMessage message, RunRecord record)
            throws IOException {
        String batch = message.batch().id();
        // the record can be shorter, because its end was cut after the batch had moved to this
        // worker
        long at = Math.min(from, record.storedBytes(batch, stream));
        begin.put(stream, at);
        stored.put(stream, replay(record.outputFile(batch, stream), at, stream));
    }

    private Cksum replay(Path file, long from, Stream stream) throws IOException {
        Cksum sum = new Cksum();
        if (Files.exists(file)) {
            try (InputStream in = Files.newInputStream(file)) {
                in.skipNBytes(from);
                byte[] bytes = in.readNBytes(REPLAY_BYTES);
                while (bytes.length > 0) {
                    sum.add(bytes);
                    reader.read(stream, bytes);
                    bytes = in.readNBytes(REPLAY_BYTES);
                }
            }
        }
        return sum;
    }

    /** What the record had of this worker's output at the start. */
    Cksum stored(Stream stream) {
        return stored.get(stream);
    }

    /** A frame of the job, with its offset in the record, for the routes to store. */
    Frame handOver(Frame frame) {
        long from = begin.get(frame.stream());
        handed.put(frame.stream(), from + frame.offset() + frame.bytes().length);
        return from == 0
                ? frame
                : new Frame(
                        frame.guid(),
                        frame.batch(),
                        frame.worker(),
                        frame.stream(),
                        from + frame.offset(),
                        frame.bytes(),
                        frame.time());
    }

    /** The offset in the record up to which the routes were given frames. */
    long handed(Stream stream) {
        return handed.getOrDefault(stream, 0L);
    }

    /** Counts a frame that is stored. */
    void read(Frame frame) {
        synchronized (reading) {
            reader.read(frame.stream(), frame.bytes());
            counts = count();
        }
    }

    /** The hosts of the batch by their outcome, as far as the runner has reported it. */
    Counts counts() {
        return counts;
    }

    /** The same by host. */
    OutcomesSoFar soFar() {
        synchronized (reading) {
            // a host only ever gets worse: with the same counts they are the same
            if (!counts.equals(countsBefore)) {
                countsBefore = counts;
                soFar = reader.soFar();
            }
            return soFar;
        }
    }

    private Counts count() {
        Tally tally = reader.tally();
        return new Counts(
                tally.hosts(),
                tally.ok(),
                tally.changed(),
                tally.failed(),
                tally.unreachable(),
                tally.unfinished());
    }

    /** Knows the result of each host, when the job has ended. */
    RunnerReader reader() {
        return reader;
    }
}
