package org.jetfanout.service.stream;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** The connection of one stream. Thread-safe. */
final class EventChannel {
    private static final Buffer RETRY = Buffer.buffer("retry: 1000\n\n");
    private static final Buffer BEAT = Buffer.buffer("event: beat\ndata: {}\n\n");

    private final HttpServerResponse response;
    private final Runnable ended;
    private final AtomicBoolean over = new AtomicBoolean();
    private final long began = System.nanoTime();

    /**
     * @param ended is called once, when the connection is over
     */
    EventChannel(HttpServerResponse response, Runnable ended) {
        this.response = response;
        this.ended = ended;
    }

    /** Begins to answer. */
    void begin(Runnable drained, Runnable closed) {
        response.drainHandler(now -> drained.run());
        response.exceptionHandler(e -> over(closed));
        response.closeHandler(now -> over(closed));
        response.endHandler(now -> over(closed));
        if (response.closed()) {
            over(closed);
        } else {
            response.write(RETRY);
        }
    }

    private void over(Runnable closed) {
        if (over.compareAndSet(false, true)) {
            ended.run();
            closed.run();
        }
    }

    boolean isOver() {
        return over.get() || response.closed();
    }

    /** Whether so much waits to be sent that the watcher must catch up first. */
    boolean isFull() {
        return response.writeQueueFull();
    }

    void write(Buffer events) {
        if (!isOver() && !response.ended()) {
            response.write(events);
        }
    }

    /** Shows that the stream lives. Ends it where it is older than this. */
    void beat(Duration longest) {
        if (System.nanoTime() - began > longest.toNanos()) {
            end();
        } else if (!isFull()) {
            write(BEAT);
        }
    }

    void end() {
        if (!isOver() && !response.ended()) {
            response.end();
        }
    }

    /** One event. */
    static Buffer event(String name, String id, byte[] json) {
        Buffer event = Buffer.buffer(json.length + 80);
        event.appendString("event: ").appendString(name).appendString("\n");
        if (!id.isEmpty()) {
            event.appendString("id: ").appendString(id).appendString("\n");
        }
        return event.appendString("data: ").appendBytes(json).appendString("\n\n");
    }
}
