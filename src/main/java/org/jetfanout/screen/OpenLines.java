package org.jetfanout.screen;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jetfanout.record.Frame;
import org.jetfanout.record.Line;
import org.jetfanout.record.LineCutter;
import org.jetfanout.runner.Stream;

/** The lines of all batches that run, cut from their frames as those come. Thread-safe. */
final class OpenLines {
    /** Longest line that is shown in one piece, in bytes: screens need no more. */
    private static final int LIMIT = 1 << 16;

    private final ConcurrentHashMap<String, Map<Stream, LineCutter>> batches =
            new ConcurrentHashMap<>();

    /** Hands on the lines that end in a frame. */
    void add(Frame frame, Consumer<Line> to) {
        Map<Stream, LineCutter> streams =
                batches.computeIfAbsent(frame.batch(), id -> new EnumMap<>(Stream.class));
        synchronized (streams) {
            streams.computeIfAbsent(frame.stream(), stream -> new LineCutter(LIMIT)).add(frame, to);
        }
    }

    /** A batch has ended: hands on what is left of it. */
    void end(String batch, Consumer<Line> to) {
        Map<Stream, LineCutter> streams = batches.remove(batch);
        if (streams != null) {
            synchronized (streams) {
                streams.values().forEach(lines -> lines.end(to));
            }
        }
    }
}
