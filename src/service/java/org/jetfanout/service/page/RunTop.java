package org.jetfanout.service.page;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.record.Counts;
import org.jetfanout.record.SinkStatus;
import org.jetfanout.service.views.RunHead;
import org.jetfanout.service.views.RunPhase;
import org.jetfanout.service.views.RunView;

/** The head of all pages about a run. Its accessors are the names in {@code run.mustache}. */
record RunTop(
        String guid,
        String name,
        StateSign state,
        boolean ended,
        String verdict,
        Optional<OutcomeBar> hosts,
        String progress,
        String waits,
        String stopped,
        List<String> notices,
        List<Button> actions,
        String say,
        String since,
        List<Fact> facts,
        String command,
        TimeChart chart,
        List<Tab> tabs) {
    /** The pages about a run, in their order. */
    static final List<String> TABS = List.of("hosts", "workers", "lines", "plan", "signatures");

    record Button(String action, String words, String style) {}

    record Fact(String fact, String value, String time) {}

    record Tab(String tab, String words, boolean current) {}

    OutcomeBar bar() {
        return hosts.orElse(null);
    }

    static RunTop of(RunView view, TimeChart chart, PageRequest request, String tab, Instant now) {
        RunHead run = view.run();
        boolean over = run.state() == RunPhase.ENDED;
        List<String> notices = new ArrayList<>();
        view.messages().forEach(message -> notices.add(PageText.text(message)));
        if (view.unmatched() > 0) {
            notices.add(
                    PageText.counted(view.unmatched(), "host")
                            + " skipped: no entry of the worker map covers them");
        }
        view.sinks().stream().map(RunTop::sink).filter(it -> !it.isEmpty()).forEach(notices::add);
        List<Tab> tabs = new ArrayList<>();
        for (String each : TABS) {
            tabs.add(
                    new Tab(
                            each,
                            each.substring(0, 1).toUpperCase(Locale.ROOT) + each.substring(1),
                            each.equals(tab)));
        }
        String waits =
                run.wave()
                        .filter(wave -> !wave.waitsFor().isEmpty())
                        .map(
                                wave ->
                                        "The run waits before wave %d of %d for %s%s."
                                                .formatted(
                                                        wave.nextWave(),
                                                        wave.waves(),
                                                        StateSign.gate(wave.waitsFor()),
                                                        wave.since()
                                                                .map(
                                                                        from ->
                                                                                ", since "
                                                                                        + PageText
                                                                                                .clock(
                                                                                                        from))
                                                                .orElse("")))
                        .orElse("");
        String stopped = run.wave().map(RunHead.Wave::stopped).orElse("");
        StateSign state = StateSign.of(run);
        return new RunTop(
                run.guid(),
                RunsPage.name(run),
                state,
                over,
                verdict(run),
                run.totals().hosts() == 0
                        ? Optional.empty()
                        : Optional.of(OutcomeBar.of(run.totals(), over)),
                run.wave().map(RunHead.Wave::text).map(PageText::text).orElse("")
                        + run.barrier().map(it -> " " + PageText.text(it.text())).orElse(""),
                waits,
                PageText.text(stopped),
                notices,
                actions(view, request),
                state.words() + ", " + verdict(run),
                since(run, now),
                facts(view),
                command(view.request()),
                chart,
                tabs);
    }

    private static String sink(SinkStatus sink) {
        return sink.reason().isEmpty()
                ? ""
                : "Sink %s: %s".formatted(PageText.text(sink.sink()), PageText.text(sink.reason()));
    }

    private static String verdict(RunHead run) {
        Counts hosts = run.totals();
        if (hosts.hosts() == 0) {
            return run.state() == RunPhase.ENDED ? "It touched no host." : "";
        }
        if (run.state() == RunPhase.ENDED) {
            return hosts.trouble() == 0
                    ? "All %s ok.".formatted(PageText.counted(hosts.hosts(), "host"))
                    : "%s of %s not ok."
                            .formatted(
                                    PageText.number(hosts.trouble()),
                                    PageText.counted(hosts.hosts(), "host"));
        }
        int bad = hosts.failed() + hosts.unreachable();
        return "%s of %s done%s."
                .formatted(
                        PageText.number(hosts.done()),
                        PageText.counted(hosts.hosts(), "host"),
                        bad == 0
                                ? ""
                                : ", " + PageText.number(bad) + " of them failed or unreachable");
    }

    private static String since(RunHead run, Instant now) {
        String who = run.startedBy().isEmpty() ? "" : " by " + PageText.text(run.startedBy());
        String began = "Began " + PageText.date(run.created()) + who;
        return switch (run.state()) {
            case ENDED ->
                    run.ended().isPresent()
                            ? began + ", took " + PageText.took(run.created(), run.ended(), now)
                            : began;
            case WAITING ->
                    "Accepted "
                            + PageText.date(run.created())
                            + who
                            + ", waits for "
                            + PageText.took(run.created(), Optional.empty(), now);
            case PLANNING, RUNNING ->
                    began + ", for " + PageText.took(run.created(), Optional.empty(), now);
            case INTERRUPTED -> began + ", no process works on it now";
        };
    }

    private static List<Button> actions(RunView view, PageRequest request) {
        List<Button> buttons = new ArrayList<>();
        for (RunAction action : RunAction.values()) {
            if (action.isPossible(view.can()) && request.may(action.scope())) {
                buttons.add(new Button(action.word(), action.button(view.can()), action.style()));
            }
        }
        return buttons;
    }

    private static List<Fact> facts(RunView view) {
        RunHead run = view.run();
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("GUID", run.guid(), ""));
        facts.add(
                new Fact(
                        "Began",
                        PageText.date(run.created())
                                + (run.startedBy().isEmpty()
                                        ? ", on the command line"
                                        : ", " + PageText.text(run.startedBy())),
                        run.created().toString()));
        run.ended()
                .ifPresent(end -> facts.add(new Fact("Ended", PageText.date(end), end.toString())));
        run.exitCode()
                .ifPresent(code -> facts.add(new Fact("Exit code", String.valueOf(code), "")));
        add(facts, "Template", run.template());
        add(facts, "Runner", run.runner());
        add(facts, "Workers", view.workers() == 0 ? "" : PageText.number(view.workers()));
        view.people()
                .forEach(
                        act ->
                                facts.add(
                                        new Fact(
                                                PageText.text(act.who()),
                                                PageText.text(act.what())
                                                        + ", "
                                                        + PageText.date(act.time()),
                                                act.time().toString())));
        view.request()
                .forEach(
                        (name, value) -> {
                            if (!name.equals("command")
                                    && !name.equals("runner")
                                    && !isNothing(value)) {
                                add(
                                        facts,
                                        name,
                                        value instanceof List<?> list
                                                ? String.join(
                                                        ", ",
                                                        list.stream().map(String::valueOf).toList())
                                                : String.valueOf(value));
                            }
                        });
        return facts;
    }

    private static boolean isNothing(Object value) {
        return value == null
                || value.toString().isEmpty()
                || value.equals(false)
                || (value instanceof List<?> list && list.isEmpty())
                || (value instanceof Map<?, ?> map && map.isEmpty());
    }

    private static void add(List<Fact> facts, String name, String value) {
        if (!value.isEmpty()) {
            facts.add(new Fact(PageText.text(name), PageText.text(value, 2_000), ""));
        }
    }

    private static String command(Map<String, Object> request) {
        Object command = request.get("command");
        return command instanceof List<?> words
                ? PageText.text(
                        String.join(" ", words.stream().map(String::valueOf).toList()), 4_000)
                : command instanceof String line ? PageText.text(line, 4_000) : "";
    }
}
