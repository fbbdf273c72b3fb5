package org.jetfanout.service.stream;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetfanout.service.http.RefusedException;
import org.jetfanout.service.lines.LineFeeds;
import org.jetfanout.service.lines.LinesFilter;
import org.jetfanout.service.lines.LinesView;
import org.jetfanout.service.lines.SearchBudget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One watcher of a run. It has a place in the run's lines, and goes on from there as fast as its
 * connection takes them: a slow one holds up nobody, and nothing is kept for it. Thread-safe.
 */
final class RunStream {
    private static final Logger LOG = LoggerFactory.getLogger(RunStream.class);

    /** How many events are sent before other watchers have their turn. */
    private static final int TURN = 20;

    private static final Duration FIRST_READING = Duration.ofSeconds(10);
    private static final Duration SEARCH = Duration.ofMillis(200);
    private static final long SEARCH_BYTES = 32L << 20;

    private final RunWatch watch;
    private final EventChannel channel;
    private final StreamRequest request;
    private final AtomicInteger wanted = new AtomicInteger();

    // Mutable state: of the one thread that pumps
    private long next;
    private boolean ended;

    RunStream(RunWatch watch, EventChannel channel, StreamRequest request) {
        this.watch = watch;
        this.channel = channel;
        this.request = request;
    }

    /** Sends what there is, on one thread at a time. */
    void pump() {
        if (wanted.getAndIncrement() == 0) {
            work();
        }
    }

    /**
     * The same, but on this thread if that does not take long: fifty watchers of a run that has a
     * new line are one piece of work, not fifty.
     */
    void pumpWithOthers() {
        if (wanted.getAndIncrement() == 0) {
            if (next > 0 && (!request.lines() || request.filter().isOpen())) {
                turn();
            } else {
                work();
            }
        }
    }

    private void work() {
        try {
            watch.work().execute(this::turn);
        } catch (RejectedExecutionException e) {
            // the service ends
        }
    }

    private void turn() {
        int asked = wanted.get();
        boolean more = false;
        try {
            more = send();
        } catch (RefusedException e) {
            channel.write(
                    EventChannel.event(
                            "problem",
                            "",
                            e.problem()
                                    .json("")
                                    .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            ended = true;
            channel.end();
        } catch (RuntimeException e) {
            LOG.warn("a stream of run {} ends", watch.guid(), e);
            channel.end();
        }
        if (more) {
            work();
        } else if (wanted.addAndGet(-asked) > 0) {
            work();
        }
    }

    /** Sends some events. Returns whether there are more that can be sent at once. */
    private boolean send() {
        if (ended || channel.isOver()) {
            return false;
        }
        LineFeeds.Feed feed = watch.feed();
        if (feed == null) {
            return false;
        }
        if (next == 0) {
            next = begin(feed);
        }
        for (int turn = 0; turn < TURN; turn++) {
            if (channel.isFull() || channel.isOver()) {
                // goes on when the connection has taken what was written
                return false;
            }
            boolean complete = feed.isComplete();
            if (!request.lines() || next > feed.count()) {
                if (complete) {
                    ended = true;
                    channel.write(watch.end());
                    channel.end();
                }
                return false;
            }
            RunWatch.Lines lines =
                    request.filter().isOpen() ? watch.lines(feed, next) : search(feed);
            if (lines.next() == next) {
                return false;
            }
            next = lines.next();
            if (lines.event().length() > 0) {
                channel.write(lines.event());
            }
        }
        return true;
    }

    private RunWatch.Lines search(LineFeeds.Feed feed) {
        LinesFilter some = request.filter().at(next, RunWatch.EVENT_LINES);
        LinesView found = feed.search(some, new SearchBudget(SEARCH, SEARCH_BYTES));
        return RunWatch.event(found.lines(), found.next());
    }

    private long begin(LineFeeds.Feed feed) {
        if (request.after().isPresent()) {
            long number = request.after().get().number();
            feed.await(number, FIRST_READING);
            // a line that is not there any more: the run was made anew, so all is new
            return number == 0 ? 1 : feed.number(request.after().get()).map(n -> n + 1).orElse(1L);
        }
        if (request.last() > 0) {
            feed.await(Long.MAX_VALUE, FIRST_READING);
            return Math.max(1, feed.count() - request.last() + 1);
        }
        return Math.max(1, request.from());
    }

    /** Passes on how the run stands, unless the watcher is behind. */
    void status(Buffer event) {
        if (!ended && !channel.isFull()) {
            channel.write(event);
        }
    }

    void beat(Duration longest) {
        channel.beat(longest);
    }

    void end() {
        channel.end();
    }
}
