package org.jetfanout.service.templates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jetfanout.machine.Daemons;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.service.access.Caller;
import org.jetfanout.service.runs.NotNowException;
import org.jetfanout.service.runs.QueueFullException;
import org.jetfanout.service.runs.Started;
import org.jetfanout.service.runs.TemplateBusyException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts templates at their times. Up to which time it has done so is in a file, and each start has
 * its time as key: so a process that is killed in between neither forgets a time nor starts twice.
 * Thread-safe.
 */
final class Schedules implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Schedules.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A time that is longer ago was missed. */
    private static final Duration GRACE = Duration.ofMinutes(1);

    /** How far back the last missed time is looked for, step by step. */
    private static final List<Duration> BACK =
            List.of(
                    Duration.ofHours(1),
                    Duration.ofDays(1),
                    Duration.ofDays(32),
                    Duration.ofDays(366));

    private final Templates templates;
    private final Path file;
    private final InstantSource clock;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(Daemons.named("schedules"));

    // Mutable state
    /** Up to which time each template was started, with the schedule that this was for. */
    private final Map<String, Done> done = new LinkedHashMap<>();

    private record Done(String schedule, Instant until) {}

    Schedules(Templates templates, Path state, InstantSource clock) {
        this.templates = templates;
        this.file = state.resolve("schedules.json");
        this.clock = clock;
        read();
    }

    private void read() {
        try {
            JsonNode root = JSON.readTree(Files.readAllBytes(file));
            root.properties()
                    .forEach(
                            field ->
                                    done.put(
                                            field.getKey(),
                                            new Done(
                                                    field.getValue().path("schedule").asText(),
                                                    Instant.parse(
                                                            field.getValue()
                                                                    .path("until")
                                                                    .asText()))));
        } catch (NoSuchFileException e) {
            // the first start
        } catch (IOException | DateTimeException e) {
            LOG.warn("{} is broken: times that were missed are not known", file);
            done.clear();
        }
    }

    /** Looks once a second whether it is time. */
    @SuppressWarnings("FutureReturnValueIgnored") // it goes on until close
    void begin() {
        timer.scheduleWithFixedDelay(this::look, 0, 1, TimeUnit.SECONDS);
    }

    /** Starts what is due. */
    synchronized void look() {
        Instant now = clock.instant();
        for (RunTemplate template : templates.all()) {
            try {
                template.schedule().ifPresent(schedule -> look(template, schedule, now));
            } catch (RuntimeException e) {
                LOG.error("the schedule of template {} failed", template.name(), e);
            }
        }
    }

    private void look(RunTemplate template, Schedule schedule, Instant now) {
        Done before = done.get(template.name());
        if (before == null || !before.schedule.equals(schedule.text())) {
            // new, or another than before: it begins now
            store(template, schedule, now);
            return;
        }
        Optional<Instant> due = latest(schedule, before.until, now);
        if (due.isEmpty()) {
            return;
        }
        boolean missed = due.get().isBefore(now.minus(GRACE));
        if (missed && schedule.missed() == Schedule.Missed.SKIP) {
            LOG.warn(
                    "template {} was not started at {}: the service did not run (missed: skip)",
                    template.name(),
                    due.get());
        } else if (!start(template, schedule, due.get())) {
            return;
        }
        store(template, schedule, due.get());
    }

    /** The last time that has come since then. */
    private static Optional<Instant> latest(Schedule schedule, Instant since, Instant now) {
        Optional<Instant> next = schedule.after(since);
        if (next.isEmpty() || next.get().isAfter(now)) {
            return Optional.empty();
        }
        for (Duration back : BACK) {
            Instant from = now.minus(back);
            if (from.isAfter(since)) {
                Optional<Instant> last = last(schedule, from, now);
                if (last.isPresent()) {
                    return last;
                }
            }
        }
        return last(schedule, since, now);
    }

    private static Optional<Instant> last(Schedule schedule, Instant since, Instant now) {
        Optional<Instant> last = Optional.empty();
        Optional<Instant> next = schedule.after(since);
        while (next.isPresent() && !next.get().isAfter(now)) {
            last = next;
            next = schedule.after(next.get());
        }
        return last;
    }

    /** False where it is to be tried again. */
    private boolean start(RunTemplate template, Schedule schedule, Instant due) {
        String who = Caller.schedule(template.name());
        try {
            Started started =
                    templates.start(
                            template,
                            schedule.values(),
                            Optional.empty(),
                            who,
                            Optional.of(who + " " + due));
            LOG.info("template {} started for {}: run {}", template.name(), due, started.guid());
        } catch (TemplateBusyException e) {
            LOG.warn("template {} was not started at {}: {}", template.name(), due, e.getMessage());
        } catch (QueueFullException | NotNowException e) {
            // while the service stops: the next process starts it
            LOG.warn("template {} is started later: {}", template.name(), e.getMessage());
            return false;
        } catch (RuntimeException e) {
            LOG.error(
                    "template {} was not started at {}: {}", template.name(), due, e.getMessage());
        }
        return true;
    }

    private void store(RunTemplate template, Schedule schedule, Instant until) {
        done.put(template.name(), new Done(schedule.text(), until));
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        done.forEach(
                (name, it) ->
                        root.putObject(name)
                                .put("schedule", it.schedule)
                                .put("until", it.until.toString()));
        byte[] text = root.toString().getBytes(StandardCharsets.UTF_8);
        try {
            PrivateFiles.replace(file, true, out -> out.write(text));
        } catch (IOException e) {
            LOG.error("{} cannot be written: {}", file, e.getMessage());
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
