package org.jetfanout.service.page;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jetfanout.service.views.HostState;
import org.jetfanout.service.views.RunHead;
import org.jetfanout.service.views.RunView;
import org.jetfanout.token.Scope;

/** What somebody can do with a run, and what the page says about it before it is done. */
enum RunAction {
    /** The next wave begins. */
    APPROVE(Scope.APPROVE, ""),
    /** A wait of the run ends. */
    CONTINUE(Scope.APPROVE, ""),
    /** No further wave begins. */
    PAUSE(Scope.CANCEL, "secondary"),
    /** A new run for the failed hosts. */
    RERUN_FAILED(Scope.RUN, ""),
    /** A new run for the hosts without a result. */
    RERUN_LOST(Scope.RUN, ""),
    /** Goes on with an interrupted run. */
    RESUME(Scope.RUN, ""),
    /** Ends the jobs. */
    CANCEL(Scope.CANCEL, "contrast");

    private final Scope scope;
    private final String style;

    RunAction(Scope scope, String style) {
        this.scope = scope;
        this.style = style;
    }

    Scope scope() {
        return scope;
    }

    String style() {
        return style;
    }

    /** In addresses: {@code rerun-failed}. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<RunAction> of(String word) {
        return Stream.of(values()).filter(action -> action.word().equals(word)).findAny();
    }

    /** The outcomes of the hosts that a new run takes; empty where it makes none. */
    Set<HostState> outcomes() {
        return switch (this) {
            case RERUN_FAILED -> EnumSet.of(HostState.FAILED);
            case RERUN_LOST ->
                    EnumSet.of(HostState.UNREACHABLE, HostState.UNFINISHED, HostState.NOT_STARTED);
            default -> EnumSet.noneOf(HostState.class);
        };
    }

    boolean isPossible(RunView.Can can) {
        return switch (this) {
            case APPROVE -> can.approve() > 0;
            case CONTINUE -> can.goOn();
            case PAUSE -> can.pause();
            case RERUN_FAILED -> can.rerunFailed() > 0;
            case RERUN_LOST -> can.rerunLost() > 0;
            case RESUME -> can.resume() > 0;
            case CANCEL -> can.cancel() > 0;
        };
    }

    /** What the button says. */
    String button(RunView.Can can) {
        return switch (this) {
            case APPROVE -> "Approve wave " + can.approve();
            case CONTINUE -> "Continue";
            case PAUSE -> "Pause";
            case RERUN_FAILED -> "Rerun " + PageText.counted(can.rerunFailed(), "failed host");
            case RERUN_LOST -> "Rerun " + PageText.counted(can.rerunLost(), "lost host");
            case RESUME -> "Resume";
            case CANCEL -> "Cancel";
        };
    }

    /**
     * What must be the same when it is done as when somebody has read what it will do; empty where
     * it may have changed.
     */
    String seen(RunView.Can can) {
        return switch (this) {
            case APPROVE -> String.valueOf(can.approve());
            case RERUN_FAILED -> String.valueOf(can.rerunFailed());
            case RERUN_LOST -> String.valueOf(can.rerunLost());
            case CONTINUE, PAUSE, RESUME, CANCEL -> "";
        };
    }

    /** What it will do, in numbers. */
    List<String> does(RunView view) {
        RunHead run = view.run();
        RunView.Can can = view.can();
        int hosts = run.totals().hosts();
        List<String> lines = new ArrayList<>();
        switch (this) {
            case APPROVE -> {
                lines.add(
                        "Wave %d of %d begins: %s."
                                .formatted(
                                        can.approve(),
                                        run.wave().map(RunHead.Wave::waves).orElse(can.approve()),
                                        PageText.counted(can.approveHosts(), "host")));
                run.wave()
                        .map(RunHead.Wave::text)
                        .filter(text -> !text.isEmpty())
                        .ifPresent(text -> lines.add("So far: " + PageText.text(text) + "."));
            }
            case CONTINUE ->
                    lines.add(
                            run.wave()
                                    .filter(wave -> wave.nextWave() > 0)
                                    .map(
                                            wave ->
                                                    "The wait before wave %d of %d ends. %s of %s are done."
                                                            .formatted(
                                                                    wave.nextWave(),
                                                                    wave.waves(),
                                                                    PageText.number(
                                                                            run.totals().done()),
                                                                    PageText.counted(
                                                                            hosts, "host")))
                                    .orElse(
                                            "The run continues with its next wave when it comes to it."));
            case PAUSE -> {
                lines.add(
                        run.wave()
                                .map(
                                        wave ->
                                                "No wave begins after wave %d of %d, until somebody continues the run."
                                                        .formatted(wave.number(), wave.waves()))
                                .orElse(
                                        "No further wave begins, until somebody continues the run."));
                lines.add(
                        "Jobs that run go on. %s of %s are done."
                                .formatted(
                                        PageText.number(run.totals().done()),
                                        PageText.counted(hosts, "host")));
            }
            case RERUN_FAILED -> {
                lines.add(
                        "A new run begins, with the request of this one, for %s that failed."
                                .formatted(PageText.counted(can.rerunFailed(), "host")));
                lines.add(untouched(hosts - can.rerunFailed()));
            }
            case RERUN_LOST -> {
                lines.add(
                        "A new run begins, with the request of this one, for %s: %s."
                                .formatted(PageText.counted(can.rerunLost(), "host"), lost(run)));
                lines.add(untouched(hosts - can.rerunLost()));
            }
            case RESUME ->
                    lines.add(
                            "The run goes on with %s of %s. Jobs that still run are attached to and not started again."
                                    .formatted(
                                            PageText.number(can.resume()),
                                            PageText.counted(hosts, "host")));
            case CANCEL -> {
                int jobs =
                        view.states().entrySet().stream()
                                .filter(
                                        state ->
                                                Set.of(
                                                                "connecting",
                                                                "waiting",
                                                                "running",
                                                                "reconnecting")
                                                        .contains(state.getKey()))
                                .mapToInt(java.util.Map.Entry::getValue)
                                .sum();
                lines.add(
                        "%s on workers end. %s of %s become unfinished; the %s that are done stay as they are."
                                .formatted(
                                        PageText.counted(jobs, "job"),
                                        PageText.number(can.cancel()),
                                        PageText.counted(hosts, "host"),
                                        PageText.number(run.totals().done())));
                lines.add("Numbers may change until you press the button: the run goes on.");
            }
        }
        lines.removeIf(String::isEmpty);
        return lines;
    }

    private static String untouched(int others) {
        return others <= 0
                ? "It touches all hosts of this run."
                : others == 1
                        ? "It does not touch the other host."
                        : "It does not touch the other %s hosts."
                                .formatted(PageText.number(others));
    }

    private static String lost(RunHead run) {
        List<String> parts = new ArrayList<>();
        if (run.totals().unreachable() > 0) {
            parts.add(PageText.number(run.totals().unreachable()) + " unreachable");
        }
        if (run.totals().unfinished() > 0) {
            parts.add(PageText.number(run.totals().unfinished()) + " unfinished");
        }
        if (run.totals().notStarted() > 0) {
            parts.add(PageText.number(run.totals().notStarted()) + " not started");
        }
        return String.join(", ", parts);
    }

    /** The title of the page that asks. */
    String title() {
        return switch (this) {
            case APPROVE -> "Approve the next wave?";
            case CONTINUE -> "Continue the run?";
            case PAUSE -> "Pause the run?";
            case RERUN_FAILED -> "Rerun the failed hosts?";
            case RERUN_LOST -> "Rerun the lost hosts?";
            case RESUME -> "Resume the run?";
            case CANCEL -> "Cancel the run?";
        };
    }
}
