package org.jetfanout.screen;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jetfanout.record.Frame;
import org.jetfanout.record.Line;
import org.jetfanout.record.LineCutter;
import org.jetfanout.runner.Stream;

/** Cuts the frames of all running batches into lines. Thread-safe. */
final class OpenLines {
    /** The longest line that is shown in one piece, in bytes. */
    private static final int LIMIT = 1 << 16;

    private final ConcurrentHashMap<String, Map<Stream, LineCutter>> batches =
            new ConcurrentHashMap<>();

    /** Passes on the lines that are complete with this frame. */
    void add(Frame frame, Consumer<Line> to) {
        Map<Stream, LineCutter> streams =
                batches.computeIfAbsent(frame.batch(), id -> new EnumMap<>(Stream.class));
        synchronized (streams) {
            streams.computeIfAbsent(frame.stream(), stream -> new LineCutter(LIMIT)).add(frame, to);
        }
    }

    /** Passes on what is left of a batch that has ended. */
    void end(String batch, Consumer<Line> to) {
        Map<Stream, LineCutter> streams = batches.remove(batch);
        if (streams != null) {
            synchronized (streams) {
                streams.values().forEach(lines -> lines.end(to));
            }
        }
    }
}
