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

    /** Streams that have reached their limit. */
    private final Set<Stream> full = EnumSet.noneOf(Stream.class);

    /** How the logs here compare with what the worker reports. */
    enum Match {
        /** They are the same. */
        WHOLE,
        /** The logs here are longer: something wrote to a log after the runner had ended. */
        LONGER,
        /** Some bytes are missing here. */
        SHORTER,
        /** They have the same size, but not the same checksum. */
        DIFFERENT,
        /** The logs were too long, and everything up to the limit is here. */
        CUT
    }

    /**
     * @param output the text log, at the end of what is stored of it
     * @param events the event log, at the end of what is stored of it
     */
    JobLogs(JobSpec spec, LogTail output, LogTail events) {
        this.spec = spec;
        this.output = output;
        this.events = events;
    }

    /** How many bytes of a stream were passed on, with those stored before. */
    long offset(Stream stream) {
        return tail(stream).offset();
    }

    /** How many bytes of both streams were passed on, with those stored before. */
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

    /** The offset from which a stream is wanted; empty if it has reached its limit. */
    private OptionalLong wanted(Stream stream) {
        return takes(stream) ? OptionalLong.of(offset(stream)) : OptionalLong.empty();
    }

    /** Whether a stream has not reached its limit. */
    boolean takes(Stream stream) {
        return !full.contains(stream);
    }

    /** Takes the next bytes of a stream. Returns false if it has now reached its limit. */
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

    /** Makes frames of the whole lines that have arrived. */
    void flush() {
        output.flush(to(Stream.OUTPUT));
        events.flush(to(Stream.EVENTS));
    }

    /** Drops what was not passed on. It will be fetched again. */
    void drop() {
        output.drop();
        events.drop();
    }

    /** The frames since the last call. */
    List<Frame> frames() {
        List<Frame> taken = frames;
        frames = new ArrayList<>();
        return taken;
    }

    /** Makes frames of everything that has arrived, up to the end of each log on the worker. */
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

    /** Describes a match other than WHOLE for people. */
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
