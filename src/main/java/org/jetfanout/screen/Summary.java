package org.jetfanout.screen;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Function;
import org.jetfanout.ExitCode;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Counts;
import org.jetfanout.record.RolloutState;
import org.jetfanout.record.SinkStatus;
import org.jetfanout.runner.Outcome;
import org.jetfanout.status.HostReason;
import org.jetfanout.status.RunState;
import org.jetfanout.status.RunStatus;
import org.jetfanout.status.WorkerStatus;
import org.jetfanout.text.Counted;
import org.jetfanout.text.Durations;
import org.jetfanout.text.Sizes;
import org.jetfanout.text.Text;

/**
 * The summary of a run for people: counts for each worker and in total, what went wrong on which
 * hosts, where the record is, and what to do next. It is short, however many hosts and workers
 * there are.
 *
 * @param status the status of the run
 * @param unmatched how many hosts were skipped, because no entry of the worker map covers them
 * @param record folder of the run record
 * @param fold makes ranges of host names ({@code web[001-400].example.com})
 */
public record Summary(
        RunStatus status, int unmatched, Path record, Function<Collection<String>, String> fold) {
    /** With more workers than this, only those with problems are listed. */
    private static final int ALL_WORKERS = 20;

    private static final int TROUBLED_WORKERS = 40;
    private static final int REASONS = 10;
    private static final int LONGEST_HOSTS = 300;

    /**
     * The longest reason. It may hold a line to copy, such as the one to add to known_hosts, which
     * must not be cut.
     */
    private static final int LONGEST_REASON = 4000;

    private static final int LONGEST_WORKER = 40;
    private static final int NUMBER = 11;

    /** The lines, without escape codes. */
    public List<String> lines() {
        List<String> lines = facts();
        addAdvice(lines);
        return lines;
    }

    /** The lines without what to do next: for a run that nobody can continue. */
    public List<String> facts() {
        List<String> lines = new ArrayList<>();
        lines.add("run " + Text.plain(status.guid()) + ": " + verdict());
        addRollout(lines);
        if (!status.workers().isEmpty()) {
            addWorkers(lines);
        }
        if (unmatched > 0) {
            lines.add(hosts(unmatched) + " skipped: they are in no group of the worker map");
        }
        for (WorkerStatus worker : status.workers()) {
            if (lines.size() > 4 * TROUBLED_WORKERS) {
                break;
            }
            if (!worker.reason().isEmpty() && worker.state() != BatchState.WAITING) {
                lines.add(
                        clean(worker.worker())
                                + ", batch "
                                + worker.batch()
                                + ", "
                                + worker.state().word()
                                + ": "
                                + Columns.cut(clean(worker.reason()), LONGEST_REASON));
            }
        }
        addWaits(lines);
        addReasons(lines, Outcome.FAILED);
        addReasons(lines, Outcome.UNREACHABLE);
        addReasons(lines, Outcome.UNFINISHED);
        addReasons(lines, Outcome.NOT_STARTED);
        addSinks(lines);
        lines.add("record: " + clean(record.toString()));
        return lines;
    }

    private void addRollout(List<String> lines) {
        status.rollout()
                .ifPresent(
                        rollout -> {
                            if (status.state() != RunState.ENDED) {
                                lines.add(clean(rollout.text()));
                                rollout.waits(status.guid())
                                        .map(Summary::clean)
                                        .ifPresent(lines::add);
                            }
                            rollout.stopped().map(Summary::clean).ifPresent(lines::add);
                        });
    }

    /** What workers wait for, once for all that wait for the same. */
    private void addWaits(List<String> lines) {
        Map<String, List<String>> waits = new TreeMap<>();
        for (WorkerStatus worker : status.workers()) {
            if (worker.state() == BatchState.WAITING && !worker.reason().isEmpty()) {
                waits.computeIfAbsent(worker.reason(), reason -> new ArrayList<>())
                        .add(worker.worker());
            }
        }
        waits.forEach(
                (reason, workers) ->
                        lines.add(
                                "%s: %s"
                                        .formatted(
                                                Counted.text(workers.size(), "worker"),
                                                Columns.cut(clean(reason), LONGEST_REASON))));
    }

    private String verdict() {
        Counts totals = status.totals();
        String hosts =
                totals.hosts() == 0
                        ? "no hosts"
                        : isUnderWay()
                                ? progressText(totals)
                                : totals.trouble() == 0
                                        ? "all " + hosts(totals.hosts()) + " ok"
                                        : totals.trouble()
                                                + " of "
                                                + hosts(totals.hosts())
                                                + " not ok";
        String exit =
                status.exitCode().isPresent() ? ", exit code " + status.exitCode().getAsInt() : "";
        return status.state().word() + ", " + hosts + exit;
    }

    /** Whether a process works on the run. A host without a result is no problem then. */
    private boolean isUnderWay() {
        return status.state() == RunState.RUNNING || status.state() == RunState.PLANNING;
    }

    private static String progressText(Counts totals) {
        int bad = totals.failed() + totals.unreachable();
        return totals.done()
                + " of "
                + hosts(totals.hosts())
                + " done"
                + (bad == 0 ? "" : ", " + bad + " of them failed or unreachable");
    }

    private void addWorkers(List<String> lines) {
        boolean many = status.workers().size() > ALL_WORKERS;
        List<WorkerStatus> shown =
                many
                        ? status.workers().stream().filter(WorkerStatus::isTrouble).toList()
                        : status.workers();
        int left = Math.max(0, shown.size() - TROUBLED_WORKERS);
        shown = shown.subList(0, shown.size() - left);
        int width = "all workers".length();
        for (WorkerStatus worker : shown) {
            width = Math.max(width, Columns.width(clean(worker.worker())));
        }
        width = Math.min(width, LONGEST_WORKER);
        StringBuilder head = new StringBuilder("  ").append(Columns.fit("worker", width));
        for (String title :
                List.of("hosts", "ok", "changed", "failed", "unreachable", "unfinished")) {
            head.append(' ').append(Columns.right(title, NUMBER));
        }
        if (isCutShort()) {
            head.append(' ').append(Columns.right(Outcome.NOT_STARTED.words(), NUMBER));
        }
        lines.add(head + "  output      time      state");
        for (WorkerStatus worker : shown) {
            lines.add(
                    row(
                            clean(worker.worker()),
                            width,
                            worker.counts(),
                            output(worker.complete(), worker.state().isLast()),
                            worker.time().map(Columns::clock).orElse("-"),
                            worker.state().word()));
        }
        if (left > 0) {
            lines.add("  … and " + left + " more workers with trouble");
        }
        boolean complete = status.workers().stream().allMatch(WorkerStatus::complete);
        Duration longest =
                status.workers().stream()
                        .flatMap(worker -> worker.time().stream())
                        .max(Comparator.naturalOrder())
                        .orElse(Duration.ZERO);
        lines.add(
                row(
                        many ? "all " + status.workers().size() : "all workers",
                        width,
                        status.totals(),
                        output(complete, !isUnderWay()),
                        Columns.clock(longest),
                        status.state().word()));
    }

    /** Reports missing output, unless more is still to come. */
    private static String output(boolean complete, boolean last) {
        return !complete ? "incomplete" : last ? "complete" : "so far";
    }

    /** Most runs begin all of their hosts: without a column for those that were not. */
    private boolean isCutShort() {
        return status.totals().notStarted() > 0;
    }

    private String row(
            String worker, int width, Counts counts, String output, String time, String state) {
        StringBuilder row = new StringBuilder("  ").append(Columns.fit(worker, width));
        for (int number :
                new int[] {
                    counts.hosts(),
                    counts.ok(),
                    counts.changed(),
                    counts.failed(),
                    counts.unreachable(),
                    counts.unfinished()
                }) {
            row.append(' ').append(Columns.right(String.valueOf(number), NUMBER));
        }
        if (isCutShort()) {
            row.append(' ').append(Columns.right(String.valueOf(counts.notStarted()), NUMBER));
        }
        return row.append("  ")
                .append(Columns.fit(output, 12))
                .append(Columns.fit(time, 10))
                .append(state)
                .toString();
    }

    /** Adds the hosts of one outcome by reason, the most frequent reason first. */
    private void addReasons(List<String> lines, Outcome outcome) {
        Map<String, List<String>> byReason = new LinkedHashMap<>();
        int hosts = 0;
        for (WorkerStatus worker : status.workers()) {
            for (HostReason host : worker.failedHosts()) {
                if (host.outcome() == outcome) {
                    hosts++;
                    byReason.computeIfAbsent(reasonOf(host), reason -> new ArrayList<>())
                            .add(host.host());
                }
            }
        }
        if (hosts == 0) {
            return;
        }
        lines.add(outcome.words() + ": " + hosts(hosts));
        List<Map.Entry<String, List<String>>> groups = new ArrayList<>(byReason.entrySet());
        groups.sort(
                (one, other) -> Integer.compare(other.getValue().size(), one.getValue().size()));
        for (Map.Entry<String, List<String>> group :
                groups.subList(0, Math.min(REASONS, groups.size()))) {
            lines.add("  " + folded(group.getValue()));
            lines.add("    " + group.getKey());
        }
        if (groups.size() > REASONS) {
            List<String> rest = new ArrayList<>();
            groups.subList(REASONS, groups.size()).forEach(group -> rest.addAll(group.getValue()));
            lines.add("  " + folded(rest));
            lines.add(
                    "    … for %d other reasons: see results.ndjson"
                            .formatted(groups.size() - REASONS));
        }
    }

    /** A reason without the host's own name, so that hosts with the same problem form one group. */
    private static String reasonOf(HostReason host) {
        String reason = host.reason().isEmpty() ? "(no reason given)" : host.reason();
        return Columns.cut(clean(reason.replace(host.host(), "<host>")), LONGEST_REASON);
    }

    private String folded(List<String> hosts) {
        // the hosts come worker by worker, and only neighbours fold into ranges
        List<String> sorted = new ArrayList<>(hosts);
        sorted.sort(
                (one, other) ->
                        one.length() == other.length()
                                ? one.compareTo(other)
                                : Integer.compare(one.length(), other.length()));
        String all = clean(fold.apply(sorted));
        if (all.length() <= LONGEST_HOSTS) {
            return hosts.size() > 1 ? hosts(hosts.size()) + ": " + all : all;
        }
        int comma = all.lastIndexOf(',', LONGEST_HOSTS);
        String some = comma > 0 ? all.substring(0, comma + 1) : all.substring(0, LONGEST_HOSTS);
        return hosts(hosts.size()) + ": " + some + "…";
    }

    private void addSinks(List<String> lines) {
        if (status.sinks().isEmpty()) {
            return;
        }
        int width = "sink".length();
        for (SinkStatus sink : status.sinks()) {
            width = Math.max(width, Columns.width(sink.sink()));
        }
        width = Math.min(width, LONGEST_WORKER);
        StringBuilder head = new StringBuilder("  ").append(Columns.fit("sink", width));
        for (String title : List.of("read", "delivered", "retried", "refused", "dropped")) {
            head.append(' ').append(Columns.right(title, NUMBER));
        }
        lines.add(head + "  backlog     state");
        for (SinkStatus sink : status.sinks()) {
            StringBuilder row = new StringBuilder("  ").append(Columns.fit(sink.sink(), width));
            for (long number :
                    new long[] {
                        sink.read(),
                        sink.delivered(),
                        sink.retried(),
                        sink.refused(),
                        sink.dropped()
                    }) {
                row.append(' ').append(Columns.right(String.valueOf(number), NUMBER));
            }
            lines.add(
                    row.append("  ")
                            .append(Columns.fit(Sizes.text(sink.backlog()), 12))
                            .append(sink.state().word())
                            .append(sink.oldest().map(Summary::since).orElse(""))
                            .append(sink.reason().isEmpty() ? "" : ": " + clean(sink.reason()))
                            .toString());
        }
    }

    private static String since(Instant oldest) {
        Duration age = Duration.between(oldest, Instant.now());
        return ", oldest " + Durations.text(age) + " ago";
    }

    private void addAdvice(List<String> lines) {
        String guid = Text.plain(status.guid());
        addShipAdvice(lines, guid);
        if (status.state() == RunState.INTERRUPTED) {
            lines.add("to continue: jet-fanout " + (isAtGate() ? "approve " : "resume ") + guid);
            return;
        }
        Counts totals = status.totals();
        if (status.state() == RunState.ENDED && status.resumable() > 0) {
            lines.add(
                    ("to continue: jet-fanout resume %s (%s may still be on the workers; resume"
                                    + " asks the workers and starts nothing twice)")
                            .formatted(guid, Counted.text(status.resumable(), "job")));
        }
        boolean rejected = status.exitCode().equals(OptionalInt.of(ExitCode.CONFIGURATION.code()));
        // rerun is no help: the same playbook would be refused again
        if (status.state() == RunState.ENDED && totals.trouble() > 0 && !rejected) {
            lines.add(
                    "to retry the hosts that are not ok: jet-fanout rerun "
                            + guid
                            + (totals.failed() > 0 ? " --failed" : "")
                            + (totals.unreachable() > 0 ? " --unreachable" : "")
                            + (totals.unfinished() > 0 ? " --lost" : "")
                            + (totals.notStarted() > 0 ? " --not-started" : ""));
        }
    }

    /**
     * Adds the command that ships what sinks have not received. While a run goes on, its own
     * process ships.
     */
    private void addShipAdvice(List<String> lines, String guid) {
        List<String> behind =
                status.sinks().stream().filter(SinkStatus::isBehind).map(SinkStatus::sink).toList();
        if (status.state() == RunState.ENDED && !behind.isEmpty()) {
            lines.add(
                    "not delivered to %s. To ship the rest: jet-fanout logs %s --ship"
                            .formatted(String.join(", ", behind), guid));
        }
    }

    /** Whether it waits for an approval, and no process does. */
    private boolean isAtGate() {
        return status.rollout()
                .flatMap(rollout -> rollout.state().waits())
                .filter(wait -> wait.kind() == RolloutState.Kind.APPROVAL)
                .isPresent();
    }

    private static String hosts(int count) {
        return Counted.text(count, "host");
    }

    private static String clean(String text) {
        return Text.forTerminal(Text.plain(text), false).replace('\t', ' ');
    }
}
