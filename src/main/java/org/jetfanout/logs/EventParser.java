package org.jetfanout.logs;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jetfanout.record.RecordStream;
import org.jetfanout.record.TextLine;
import org.jetfanout.runner.EventReader;
import org.jetfanout.runner.LoggedEvent;
import org.jetfanout.runner.Runner;
import org.jetfanout.runner.RunnerEvent;
import org.jetfanout.text.Redaction;
import org.jetfanout.text.Text;

/** Reads the events of a batch's runner. */
final class EventParser implements LineParser {
    private static final int LONGEST_NAME = 255;

    private final RecordStream stream;
    private final BatchWorkers workers;
    private final Redaction redaction;
    private final EventReader events;

    // Mutable state
    private Optional<Instant> taskStart = Optional.empty();
    private boolean settled;

    EventParser(RecordStream stream, BatchWorkers workers, Runner runner, Redaction redaction) {
        this.stream = stream;
        this.workers = workers;
        this.redaction = redaction;
        this.events = runner.events(this::clean);
    }

    @Override
    public boolean isSettled() {
        return settled;
    }

    @Override
    public Optional<DocumentFields> parse(TextLine line) {
        if (line.text().isBlank()) {
            return Optional.empty();
        }
        DocumentFields fields = new DocumentFields(stream, line.offset());
        fields.time = line.time();
        fields.worker = workers.worker(stream.batch(), line.time());
        fields.cut = line.cut();
        Optional<LoggedEvent> event = line.cut() ? Optional.empty() : events.read(line.text());
        if (event.isPresent()) {
            fill(fields, event.get());
        } else {
            fields.message = clean(line.text());
        }
        return Optional.of(fields);
    }

    /** Sets the fields of the event for ECS and for people. */
    private void fill(DocumentFields fields, LoggedEvent logged) {
        RunnerEvent event = logged.event();
        fields.event = logged;
        fields.action = logged.action();
        fields.message = message(event);
        fields.outcome = outcome(event);
        if (fields.outcome.equals("failure")) {
            fields.level = "error";
        }
        if (logged.host().length() <= LONGEST_NAME) {
            fields.setHost(logged.host(), workers);
        }
        if (!fields.foreignHost.isEmpty()) {
            fields.message = "about a host that is not in this batch: " + fields.message;
        }
        fields.exitCode = logged.exitCode();
        duration(fields, event);
    }

    private static String message(RunnerEvent event) {
        if (event instanceof RunnerEvent.PlaybookBegins) {
            return "playbook starts";
        }
        if (event instanceof RunnerEvent.PlayBegins begins) {
            return "play starts: " + begins.play();
        }
        if (event instanceof RunnerEvent.RoleBegins begins) {
            return "role starts: " + begins.role();
        }
        if (event instanceof RunnerEvent.TaskBegins begins) {
            return "task starts: " + begins.task();
        }
        if (event instanceof RunnerEvent.TaskEnded ended) {
            return ended.host()
                    + ": "
                    + (ended.task().isEmpty() ? "" : ended.task() + ": ")
                    + ended.word();
        }
        if (event instanceof RunnerEvent.TaskFailed failed) {
            return failed.host()
                    + " failed: "
                    + (failed.message().isEmpty() ? failed.task() : failed.reason())
                    + ending(failed);
        }
        if (event instanceof RunnerEvent.HostUnreachable unreachable) {
            return unreachable.host() + " was unreachable";
        }
        if (event instanceof RunnerEvent.Summary summary) {
            return "summary: %d hosts changed, %d unchanged, %d failed"
                    .formatted(
                            summary.changedHosts(),
                            summary.unchangedHosts(),
                            summary.failedHosts());
        }
        String name = ((RunnerEvent.Other) event).name();
        return name.isEmpty() ? "event" : name;
    }

    private static String ending(RunnerEvent.TaskFailed failed) {
        return failed.command()
                .filter(command -> !command.exitCode().isEmpty())
                .map(command -> ": exit code " + command.ending())
                .orElse("");
    }

    /** The outcome in ECS; empty where the event is neither a success nor a failure. */
    private static String outcome(RunnerEvent event) {
        if (event instanceof RunnerEvent.TaskEnded ended) {
            return ended.ignored() ? "unknown" : "success";
        }
        if (event instanceof RunnerEvent.Summary summary) {
            return summary.failures() > 0 ? "failure" : "success";
        }
        return isFailure(event) ? "failure" : "";
    }

    private static boolean isFailure(RunnerEvent event) {
        return event instanceof RunnerEvent.TaskFailed
                || event instanceof RunnerEvent.HostUnreachable;
    }

    /**
     * Sets the time since the task began in the batch. It includes the time that a host waits for
     * one of the runner's threads.
     */
    private void duration(DocumentFields fields, RunnerEvent event) {
        if (event instanceof RunnerEvent.TaskBegins) {
            taskStart = Optional.of(fields.time);
            settled = true;
        } else if (event instanceof RunnerEvent.PlaybookBegins
                || event instanceof RunnerEvent.PlayBegins
                || event instanceof RunnerEvent.Summary) {
            taskStart = Optional.empty();
            settled = true;
        } else if (event instanceof RunnerEvent.TaskEnded || isFailure(event)) {
            taskStart.ifPresent(
                    start ->
                            fields.duration =
                                    Math.max(0, Duration.between(start, fields.time).toNanos()));
        }
    }

    /** A text of several lines, made plain and without secrets. */
    private String clean(String text) {
        return redaction.apply(Text.plainLines(text));
    }
}
