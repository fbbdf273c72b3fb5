package org.jetfanout.service.stream;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jetfanout.machine.LimitedMap;
import org.jetfanout.service.http.RefusedException;
import org.jetfanout.service.lines.LineFeeds;
import org.jetfanout.service.lines.LinesView;
import org.jetfanout.service.views.NoSuchRun;
import org.jetfanout.service.views.RunPhase;
import org.jetfanout.service.views.RunView;
import org.jetfanout.service.views.ViewJson;
import org.jetfanout.service.views.Views;

/**
 * All who watch one run. Its record is read once for all of them, and so are its events written.
 * Thread-safe.
 */
final class RunWatch {
    /** How many lines one event has at most. */
    static final int EVENT_LINES = 100;

    private static final int KEPT = 32;

    private final String guid;
    private final Views views;
    private final Executor work;
    private final Set<RunStream> streams = ConcurrentHashMap.newKeySet();
    private final Map<Long, Lines> kept = LimitedMap.byUse(KEPT);

    // Mutable state
    private LineFeeds.Feed feed;
    private byte[] status = {};
    private RunPhase phase = RunPhase.WAITING;
    private Integer exitCode;
    private Buffer end;
    private boolean over;

    /** An event with lines, and where the next one begins. */
    record Lines(Buffer event, long next) {}

    RunWatch(String guid, Views views, Executor work) {
        this.guid = guid;
        this.views = views;
        this.work = work;
    }

    String guid() {
        return guid;
    }

    Executor work() {
        return work;
    }

    synchronized boolean isOver() {
        return over;
    }

    /**
     * Adds a watcher. Returns false where this has ended meanwhile, because nobody watched: then
     * the watcher needs another one.
     */
    boolean add(EventChannel channel, StreamRequest request) {
        RunStream stream = new RunStream(this, channel, request);
        byte[] now = readStatus();
        synchronized (this) {
            if (over) {
                return false;
            }
            streams.add(stream);
        }
        channel.begin(stream::pump, () -> streams.remove(stream));
        channel.write(EventChannel.event("status", "", now));
        stream.pump();
        return true;
    }

    /** The feed of lines; null while the run waits and has no record. */
    synchronized LineFeeds.Feed feed() {
        if (feed == null && !over) {
            try {
                feed = views.feeds().open(guid);
            } catch (NoSuchRun e) {
                return null;
            }
            feed.onChange(() -> work.execute(() -> streams.forEach(RunStream::pumpWithOthers)));
        }
        return feed;
    }

    /** The next event with lines that no filter keeps back; it has none where there are no more. */
    Lines lines(LineFeeds.Feed from, long next) {
        synchronized (kept) {
            Lines known = kept.get(next);
            if (known != null) {
                return known;
            }
            List<LinesView.ShownLine> lines = from.range(next, EVENT_LINES);
            Lines made = event(lines, next + lines.size());
            if (!lines.isEmpty()) {
                kept.put(next, made);
            }
            return made;
        }
    }

    /** An event with these lines. */
    static Lines event(List<LinesView.ShownLine> lines, long next) {
        return lines.isEmpty()
                ? new Lines(Buffer.buffer(), next)
                : new Lines(
                        EventChannel.event(
                                "line",
                                lines.get(lines.size() - 1).id(),
                                ViewJson.bytes(Map.of("lines", lines))),
                        next);
    }

    private byte[] readStatus() {
        RunView view = views.run(guid);
        byte[] now = ViewJson.bytes(view);
        synchronized (this) {
            phase = view.run().state();
            exitCode = view.run().exitCode().isPresent() ? view.run().exitCode().getAsInt() : null;
        }
        return now;
    }

    /** Tells all how the run stands, where that has changed. */
    void tick() {
        if (streams.isEmpty()) {
            return;
        }
        byte[] now;
        try {
            now = readStatus();
        } catch (RefusedException e) {
            // its record was removed
            streams.forEach(RunStream::end);
            return;
        }
        boolean changed;
        synchronized (this) {
            changed = !Arrays.equals(now, status);
            status = now;
        }
        if (changed) {
            Buffer event = EventChannel.event("status", "", now);
            streams.forEach(stream -> stream.status(event));
        }
        streams.forEach(RunStream::pumpWithOthers);
    }

    void beat(Duration longest) {
        streams.forEach(stream -> stream.beat(longest));
    }

    /** The last events, once the run has ended and a watcher has all lines. */
    synchronized Buffer end() {
        if (end == null) {
            views.changed(guid);
            end = readEnd();
        }
        return end;
    }

    private Buffer readEnd() {
        byte[] now = readStatus();
        synchronized (this) {
            Map<String, Object> last = new LinkedHashMap<>();
            last.put("state", phase);
            last.put("exitCode", exitCode);
            return EventChannel.event("status", "", now)
                    .appendBuffer(EventChannel.event("end", "", ViewJson.bytes(last)));
        }
    }

    /** Ends where nobody watches any more. */
    synchronized boolean endsWithoutWatchers() {
        if (streams.isEmpty() && !over) {
            close();
        }
        return over;
    }

    synchronized void close() {
        over = true;
        streams.forEach(RunStream::end);
        if (feed != null) {
            feed.close();
            feed = null;
        }
    }
}
