package org.jetfanout.service.views;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.plan.Batch;
import org.jetfanout.record.BatchState;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.Outcome;
import org.jetfanout.runner.OutcomesSoFar;
import org.jetfanout.service.http.RefusedException;
import org.jetfanout.status.HostReason;
import org.jetfanout.status.RunState;
import org.jetfanout.status.RunStatus;
import org.jetfanout.status.WorkerStatus;

/** The hosts of a run with their outcomes, in the plan's order. Immutable. */
final class HostTable {
    private static final HostState[] STATES = HostState.values();
    private static final String INTERRUPTED =
            "the run was interrupted before jet-fanout stored the result";

    private final RunSnapshot run;
    private final List<Batch> batches;
    private final List<String> workers;
    private final int[] firsts;
    private final byte[] states;
    private final Map<Integer, String> reasons;

    /** The batches that their workers have now: outcomes of their hosts are not final. */
    private final BitSet open;

    private HostTable(
            RunSnapshot run,
            List<Batch> batches,
            List<String> workers,
            int[] firsts,
            byte[] states,
            Map<Integer, String> reasons,
            BitSet open) {
        this.run = run;
        this.batches = batches;
        this.workers = workers;
        this.firsts = firsts;
        this.states = states;
        this.reasons = reasons;
        this.open = open;
    }

    static HostTable of(RunSnapshot run) {
        List<Batch> batches = run.plan().batches();
        Map<String, WorkerStatus> byBatch = new HashMap<>();
        run.status().workers().forEach(worker -> byBatch.put(worker.batch(), worker));
        int[] firsts = new int[batches.size() + 1];
        for (int i = 0; i < batches.size(); i++) {
            firsts[i + 1] = firsts[i] + batches.get(i).hosts().size();
        }
        byte[] states = new byte[firsts[batches.size()]];
        Map<Integer, String> reasons = new HashMap<>();
        List<String> workers = new ArrayList<>(batches.size());
        BitSet open = new BitSet();
        for (int i = 0; i < batches.size(); i++) {
            Batch batch = batches.get(i);
            WorkerStatus worker = byBatch.get(batch.id());
            workers.add(worker == null ? batch.worker().name() : worker.worker());
            HostState rest = rest(run.status(), worker);
            Arrays.fill(states, firsts[i], firsts[i + 1], code(rest));
            if (worker != null && worker.state().isLast()) {
                fill(run.results().hosts(batch.id()), batch, firsts[i], states, reasons);
            } else if (rest == HostState.RUNNING) {
                open.set(i);
                Optional<OutcomesSoFar> told = run.soFar(batch.id());
                if (told.isPresent()) {
                    fill(told.get(), firsts[i], states);
                }
            } else if (rest == HostState.UNFINISHED) {
                for (int host = firsts[i]; host < firsts[i + 1]; host++) {
                    reasons.put(host, INTERRUPTED);
                }
            }
        }
        return new HostTable(run, batches, workers, firsts, states, reasons, open);
    }

    /** What hosts of a batch are that have no result. */
    private static HostState rest(RunStatus run, WorkerStatus worker) {
        boolean alive = run.state() == RunState.PLANNING || run.state() == RunState.RUNNING;
        boolean begun = worker != null && worker.state() != BatchState.QUEUED;
        if (!alive && !begun && run.rollout().flatMap(all -> all.state().waits()).isPresent()) {
            return HostState.WAITING;
        }
        if (!alive || worker == null || worker.state().isLast()) {
            return HostState.UNFINISHED;
        }
        return switch (worker.state()) {
            case QUEUED -> HostState.WAITING;
            default -> HostState.RUNNING;
        };
    }

    private static void fill(
            List<HostResult> results,
            Batch batch,
            int first,
            byte[] states,
            Map<Integer, String> reasons) {
        Map<String, Integer> places = new HashMap<>();
        for (int place = 0; place < batch.hosts().size(); place++) {
            places.put(batch.hosts().get(place), place);
        }
        for (HostResult result : results) {
            Integer place = places.get(result.host());
            if (place != null) {
                states[first + place] = code(HostState.of(result.outcome()));
                if (!result.reason().isEmpty()) {
                    reasons.put(first + place, result.reason());
                }
            }
        }
    }

    private static void fill(OutcomesSoFar told, int first, byte[] states) {
        for (int place = 0; place < told.size(); place++) {
            Optional<Outcome> outcome = told.at(place);
            if (outcome.isPresent()) {
                states[first + place] = code(HostState.of(outcome.get()));
            }
        }
    }

    int size() {
        return states.length;
    }

    /** One host; empty where the plan has none of this name. */
    Optional<HostsView.Host> host(String name) {
        for (int i = 0; i < batches.size(); i++) {
            int place = batches.get(i).hosts().indexOf(name);
            if (place >= 0) {
                return Optional.of(host(i, firsts[i] + place));
            }
        }
        return Optional.empty();
    }

    HostsView view(HostsFilter filter) {
        String part = filter.host().toLowerCase(Locale.ROOT);
        List<int[]> matched = new ArrayList<>();
        for (int i = 0; i < batches.size(); i++) {
            if (!filter.worker().isEmpty() && !filter.worker().equals(workers.get(i))) {
                continue;
            }
            for (int host = firsts[i]; host < firsts[i + 1]; host++) {
                if ((filter.outcomes().isEmpty() || filter.outcomes().contains(state(host)))
                        && (part.isEmpty()
                                || name(i, host).toLowerCase(Locale.ROOT).contains(part))) {
                    matched.add(new int[] {states[host], host, i});
                }
            }
        }
        matched.sort(
                Comparator.<int[]>comparingInt(place -> place[0]).thenComparing(place -> place[1]));
        int from = begin(matched, filter.after());
        int limit = Math.max(0, Math.min(HostsFilter.MOST, filter.limit()));
        int to = Math.min(matched.size(), from + limit);
        List<HostsView.Host> page = new ArrayList<>(to - from);
        for (int[] place : matched.subList(from, to)) {
            page.add(host(place[2], place[1]));
        }
        String next =
                to < matched.size() && to > 0
                        ? matched.get(to - 1)[0] + "." + matched.get(to - 1)[1]
                        : "";
        return new HostsView(run.status().totals(), groups(matched), page, matched.size(), next);
    }

    private static int begin(List<int[]> matched, String after) {
        if (after.isEmpty()) {
            return 0;
        }
        int dot = after.indexOf('.');
        try {
            int state = Integer.parseInt(after.substring(0, Math.max(0, dot)));
            int host = Integer.parseInt(after.substring(dot + 1));
            for (int i = 0; i < matched.size(); i++) {
                int[] place = matched.get(i);
                if (place[0] > state || (place[0] == state && place[1] > host)) {
                    return i;
                }
            }
            return matched.size();
        } catch (NumberFormatException e) {
            throw new RefusedException(400, "after is not from an answer of this list");
        }
    }

    private List<HostsView.Group> groups(List<int[]> matched) {
        Map<HostState, Map<String, List<String>>> reasonsOf = new EnumMap<>(HostState.class);
        Map<HostState, List<String>> names = new EnumMap<>(HostState.class);
        for (int[] place : matched) {
            HostState state = STATES[place[0]];
            String name = name(place[2], place[1]);
            names.computeIfAbsent(state, of -> new ArrayList<>()).add(name);
            String reason = reason(place[2], place[1]);
            if (!reason.isEmpty()) {
                reasonsOf
                        .computeIfAbsent(state, of -> new LinkedHashMap<>())
                        .computeIfAbsent(reason.replace(name, "<host>"), of -> new ArrayList<>())
                        .add(name);
            }
        }
        List<HostsView.Group> groups = new ArrayList<>();
        names.forEach(
                (state, hosts) -> {
                    Map<String, List<String>> byReason = reasonsOf.getOrDefault(state, Map.of());
                    Shown.Ranges ranges = Shown.ranges(hosts);
                    groups.add(
                            new HostsView.Group(
                                    state,
                                    hosts.size(),
                                    ranges.text(),
                                    ranges.cut(),
                                    reasons(byReason),
                                    Math.max(0, byReason.size() - HostsFilter.MOST_REASONS)));
                });
        return groups;
    }

    private static List<HostsView.Reason> reasons(Map<String, List<String>> byReason) {
        return byReason.entrySet().stream()
                .sorted(Comparator.comparing(entry -> -entry.getValue().size()))
                .limit(HostsFilter.MOST_REASONS)
                .map(
                        entry -> {
                            Shown.Ranges ranges = Shown.ranges(entry.getValue());
                            return new HostsView.Reason(
                                    Shown.reason(entry.getKey()),
                                    entry.getValue().size(),
                                    ranges.text(),
                                    ranges.cut());
                        })
                .toList();
    }

    private HostsView.Host host(int batch, int host) {
        return new HostsView.Host(
                name(batch, host),
                state(host),
                Shown.reason(reason(batch, host)),
                workers.get(batch),
                batches.get(batch).id(),
                batches.get(batch).wave(),
                isProvisional(batch, host));
    }

    private boolean isProvisional(int batch, int host) {
        return open.get(batch) && state(host) != HostState.RUNNING;
    }

    private String reason(int batch, int host) {
        return isProvisional(batch, host) ? HostReason.SO_FAR : reasons.getOrDefault(host, "");
    }

    private HostState state(int host) {
        return STATES[states[host]];
    }

    private String name(int batch, int host) {
        return batches.get(batch).hosts().get(host - firsts[batch]);
    }

    /** Its place among all states: there is one byte for each host. */
    @SuppressWarnings("EnumOrdinal") // never stored
    private static byte code(HostState state) {
        return (byte) state.ordinal();
    }
}
