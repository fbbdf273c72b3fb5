package org.jetfanout.service.stream;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetfanout.machine.Daemons;
import org.jetfanout.service.access.Access;
import org.jetfanout.service.access.Caller;
import org.jetfanout.service.http.HttpPart;
import org.jetfanout.service.http.Problem;
import org.jetfanout.service.http.RefusedException;
import org.jetfanout.service.views.NoSuchRun;
import org.jetfanout.service.views.RunHead;
import org.jetfanout.service.views.Views;
import org.jetfanout.token.Scope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html):
 * of one run, and of the list of runs. They are handlers on the router, because Camel would hold
 * events back until it has 16 kB of them. Thread-safe.
 */
public final class StreamPart implements HttpPart {
    private static final Logger LOG = LoggerFactory.getLogger(StreamPart.class);
    private static final long TICK_MILLIS = 1000;
    private static final Duration BEAT = Duration.ofSeconds(15);

    private final Views views;
    private final int most;
    private final Duration longest;
    private final AtomicInteger open = new AtomicInteger();
    private final ScheduledExecutorService work;
    private final Map<String, RunWatch> watches = new HashMap<>(); // under the lock of this object
    private final RunsWatch runs;

    /**
     * @param most how many streams may be open
     */
    public StreamPart(Views views, int most) {
        this(views, most, Duration.ofMinutes(30));
    }

    /**
     * @param longest after this time a stream ends, and its client comes again: it may have lost
     *     its rights
     */
    StreamPart(Views views, int most, Duration longest) {
        this.views = views;
        this.most = most;
        this.longest = longest;
        this.work = Executors.newScheduledThreadPool(2, Daemons.named("streams"));
        this.runs = new RunsWatch(views);
        // both until close
        var unusedTicks =
                work.scheduleWithFixedDelay(
                        this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        var unusedBeats =
                work.scheduleWithFixedDelay(
                        this::beat, BEAT.toMillis(), BEAT.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void handlers(Router router) {
        router.get("/api/v1/runs/stream").handler(context -> begin(context, ""));
        router.get("/api/v1/runs/:guid/stream")
                .handler(context -> begin(context, context.pathParam("guid")));
    }

    /** How many streams are open. */
    public int open() {
        return open.get();
    }

    private void begin(RoutingContext context, String guid) {
        StreamRequest request;
        Caller caller;
        try {
            caller = Access.of(context);
            caller.require(Scope.READ);
            request = StreamRequest.of(context.request(), !guid.isEmpty());
        } catch (RefusedException e) {
            refuse(context, e.problem());
            return;
        }
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            context.response().putHeader("Retry-After", "10");
            refuse(context, new Problem(503, "too many streams are open: ask again later"));
            return;
        }
        work.execute(() -> begin(context, guid, caller, request));
    }

    private void begin(RoutingContext context, String guid, Caller caller, StreamRequest request) {
        EventChannel channel = new EventChannel(context.response(), open::decrementAndGet);
        try {
            if (guid.isEmpty()) {
                head(context.response());
                runs.add(channel, caller.templates());
                return;
            }
            requireVisible(caller, guid);
            head(context.response());
            while (!watch(guid).add(channel, request)) {
                LOG.debug("the last watcher of run {} left in this moment", guid);
            }
        } catch (RefusedException e) {
            open.decrementAndGet();
            context.vertx().runOnContext(now -> refuse(context, e.problem()));
        } catch (RuntimeException e) {
            LOG.warn("a stream of run {} cannot begin", guid, e);
            open.decrementAndGet();
            context.vertx().runOnContext(now -> refuse(context, new Problem(500, "")));
        }
    }

    private void requireVisible(Caller caller, String guid) {
        RunHead head = views.head(guid);
        Optional<String> template = Optional.of(head.template()).filter(name -> !name.isEmpty());
        if (!caller.maySee(template)) {
            throw new NoSuchRun("there is no run " + guid);
        }
    }

    private static void head(HttpServerResponse response) {
        response.setChunked(true);
        response.putHeader("Content-Type", "text/event-stream; charset=utf-8");
        response.putHeader("Cache-Control", "no-cache");
        response.putHeader("X-Accel-Buffering", "no");
    }

    private static void refuse(RoutingContext context, Problem problem) {
        if (!context.response().headWritten() && !context.response().closed()) {
            context.response()
                    .setStatusCode(problem.status())
                    .putHeader("Content-Type", Problem.TYPE)
                    .end(problem.json(context.normalizedPath()));
        }
    }

    private synchronized RunWatch watch(String guid) {
        RunWatch known = watches.get(guid);
        if (known == null || known.isOver()) {
            known = new RunWatch(guid, views, work);
            watches.put(guid, known);
        }
        return known;
    }

    private void tick() {
        try {
            runs.tick();
            for (RunWatch watch : watches()) {
                watch.tick();
                if (watch.endsWithoutWatchers()) {
                    synchronized (this) {
                        watches.remove(watch.guid(), watch);
                    }
                }
            }
        } catch (RuntimeException e) {
            LOG.warn("the streams cannot go on now: {}", e.toString());
        }
    }

    private void beat() {
        runs.beat(longest);
        watches().forEach(watch -> watch.beat(longest));
    }

    private synchronized Set<RunWatch> watches() {
        return Set.copyOf(watches.values());
    }

    @Override
    public void close() {
        work.shutdownNow();
        runs.close();
        watches().forEach(RunWatch::close);
    }
}
