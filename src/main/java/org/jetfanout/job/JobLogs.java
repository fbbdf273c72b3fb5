package org.jetfanout.job;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jetfanout.record.Frame;
import org.jetfanout.runner.Stream;
import org.jetfanout.text.Sizes;

/**
 * The two logs of a job while they arrive: how far each has been received, which frames must be
 * stored, and whether everything that the worker has was received. Not thread-safe.
 */
final class JobLogs {
    private final JobSpec spec;
    private final LogTail output;
    private final LogTail events;

    // Mutable state
    private List<Frame> frames = new ArrayList<>();

    /** Streams of which no more is taken. */
    private final Set<Stream> full = EnumSet.noneOf(Stream.class);

    /** How what is here compares with what the worker says that it has. */
    enum Match {
        /** All of it is here, to the last byte. */
        WHOLE,
        /** More is here: something wrote to a log after the runner had ended. */
        LONGER,
        /** Some is missing. */
        SHORTER,
        /** As much is here, and it is not the same. */
        DIFFERENT,
        /** All that is taken of logs that are too long. */
        CUT
    }

    /**
     * @param output of the text, at what is stored of it already
     * @param events of the events, at what is stored of them already
     */
    JobLogs(JobSpec spec, LogTail output, LogTail events) {
        this.spec = spec;
        this.output = output;
        this.events = events;
    }

    /** Bytes of a stream that have left here, with those that were stored before. */
    long offset(Stream stream) {
        return tail(stream).offset();
    }

    /** The same of both streams. */
    long offset() {
        return output.offset() + events.offset();
    }

    /**
     * What the next command asks for.
     *
     * @param frameSize the most bytes of a frame
     */
    JobScript.Wanted wanted(int frameSize) {
        return new JobScript.Wanted(wanted(Stream.OUTPUT), wanted(Stream.EVENTS), frameSize);
    }

    /** From which byte on a stream is wanted; empty if no more of it is taken. */
    private OptionalLong wanted(Stream stream) {
        return takes(stream) ? OptionalLong.of(offset(stream)) : OptionalLong.empty();
    }

    /** Whether more of a stream is taken. */
    boolean takes(Stream stream) {
        return !full.contains(stream);
    }

    /** Takes the next bytes of a stream; false where that was too much: no more of it is taken. */
    boolean add(Stream stream, byte[] bytes) {
        LogTail tail = tail(stream);
        long room = Math.max(0, spec.maxOutput() - tail.received());
        if (bytes.length <= room) {
            tail.add(bytes, to(stream));
            return true;
        }
        tail.add(Arrays.copyOf(bytes, (int) room), to(stream));
        tail.finish(tail.received(), to(stream));
        full.add(stream);
        return false;
    }

    /** The whole lines that are here become frames. */
    void flush() {
        output.flush(to(Stream.OUTPUT));
        events.flush(to(Stream.EVENTS));
    }

    /** Forgets what has not left: it will be fetched again. */
    void drop() {
        output.drop();
        events.drop();
    }

    /** The frames that came together since they were asked for last. */
    List<Frame> frames() {
        List<Frame> taken = frames;
        frames = new ArrayList<>();
        return taken;
    }

    /** All that is here becomes frames, up to the worker's end of each log. */
    Match finish(EndReport report) {
        boolean more =
                exceeds(Stream.OUTPUT, report.outputSize())
                        || exceeds(Stream.EVENTS, report.eventsSize());
        output.finish(Math.max(report.outputSize(), output.offset()), to(Stream.OUTPUT));
        events.finish(Math.max(report.eventsSize(), events.offset()), to(Stream.EVENTS));
        if (more) {
            return Match.LONGER;
        }
        if (lacks(Stream.OUTPUT, report.outputSize())
                || lacks(Stream.EVENTS, report.eventsSize())) {
            return Match.SHORTER;
        }
        if (differs(output, report.outputSize(), report.outputChecksum())
                || differs(events, report.eventsSize(), report.eventsChecksum())) {
            return Match.DIFFERENT;
        }
        return full.isEmpty() ? Match.WHOLE : Match.CUT;
    }

    /** What people are told of a match that is not whole. */
    String told(Match match, EndReport report) {
        return switch (match) {
            case WHOLE -> "";
            case LONGER ->
                    "something wrote to the job's logs after the runner had ended: they are"
                            + " longer than the worker reported, so jet-fanout cannot check them";
            case SHORTER ->
                    "the worker reported logs of "
                            + (report.outputSize() + report.eventsSize())
                            + " bytes, but sent "
                            + offset();
            case DIFFERENT ->
                    "the logs that arrived differ from the logs on the worker: the checksums do"
                            + " not match";
            case CUT ->
                    "more than max_output ("
                            + Sizes.text(spec.maxOutput())
                            + ") of "
                            + full.stream().map(JobLogs::name).collect(Collectors.joining(" and "))
                            + ": the rest is still on the worker, in ~/.jet-fanout/"
                            + spec.guid()
                            + "/"
                            + spec.batch();
        };
    }

    private static String name(Stream stream) {
        return stream == Stream.OUTPUT ? "text (output.log)" : "events (events.log)";
    }

    private boolean exceeds(Stream stream, long size) {
        return takes(stream) && tail(stream).received() > size;
    }

    private boolean lacks(Stream stream, long size) {
        return takes(stream) && offset(stream) < size;
    }

    private static boolean differs(LogTail tail, long size, long checksum) {
        return tail.offset() == size && tail.checksum() >= 0 && tail.checksum() != checksum;
    }

    private LogTail tail(Stream stream) {
        return stream == Stream.OUTPUT ? output : events;
    }

    private Consumer<byte[]> to(Stream stream) {
        LogTail tail = tail(stream);
        return bytes ->
                frames.add(
                        new Frame(
                                spec.guid(),
                                spec.batch(),
                                spec.worker(),
                                stream,
                                tail.offset() - bytes.length,
                                bytes,
                                Instant.now()));
    }
}
