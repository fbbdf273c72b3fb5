package org.jetfanout.service.page;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jetfanout.service.views.RunHead;
import org.jetfanout.service.views.RunPhase;
import org.jetfanout.service.views.RunsFilter;
import org.jetfanout.service.views.RunsView;

/** The model of the list of runs. Its accessors are the names in {@code runs.mustache}. */
record RunsPage(
        PageFrame frame,
        List<Option> states,
        String template,
        List<String> templates,
        String who,
        String text,
        List<Option> times,
        boolean filtered,
        String say,
        boolean none,
        List<Row> rows,
        String more) {
    private static final int ROWS = 50;
    private static final Set<RunPhase> UNDER_WAY =
            Set.of(RunPhase.WAITING, RunPhase.PLANNING, RunPhase.RUNNING);

    /** A choice of a form. */
    record Option(String word, String words, boolean on) {}

    record Row(
            String guid,
            String shortGuid,
            String name,
            StateSign state,
            Optional<OutcomeBar> hosts,
            String progress,
            String whoRan,
            String templateName,
            String templateQuery,
            String created,
            String createdText,
            String took) {
        /** Empty where there is no plan yet. */
        OutcomeBar bar() {
            return hosts.orElse(null);
        }

        static Row of(RunHead run, Instant now) {
            boolean over = run.state() == RunPhase.ENDED;
            return new Row(
                    run.guid(),
                    run.guid().substring(0, Math.min(8, run.guid().length())),
                    RunsPage.name(run),
                    StateSign.of(run),
                    run.totals().hosts() == 0
                            ? Optional.empty()
                            : Optional.of(OutcomeBar.of(run.totals(), over)),
                    RunsPage.progress(run),
                    run.startedBy().isEmpty() ? "command line" : PageText.text(run.startedBy()),
                    PageText.text(run.template()),
                    new LinkQuery().with("template", run.template()).toString(),
                    run.created().toString(),
                    PageText.date(run.created()),
                    took(run, now));
        }

        private static String took(RunHead run, Instant now) {
            return switch (run.state()) {
                case ENDED ->
                        run.ended().isPresent()
                                ? "took " + PageText.took(run.created(), run.ended(), now)
                                : "";
                case WAITING -> "for " + PageText.took(run.created(), Optional.empty(), now);
                case PLANNING, RUNNING ->
                        "for " + PageText.took(run.created(), Optional.empty(), now);
                case INTERRUPTED -> "";
            };
        }
    }

    /** What a run is called: what it does, else its GUID. */
    static String name(RunHead run) {
        return run.title().isEmpty() ? run.guid() : PageText.text(run.title(), 200);
    }

    /** Its wave, or the play before which its workers wait; empty for most runs. */
    static String progress(RunHead run) {
        List<String> parts = new ArrayList<>();
        run.wave().map(RunHead.Wave::text).filter(it -> !it.isEmpty()).ifPresent(parts::add);
        run.wave().map(RunHead.Wave::stopped).filter(it -> !it.isEmpty()).ifPresent(parts::add);
        run.barrier().map(RunHead.Barrier::text).ifPresent(parts::add);
        return PageText.text(String.join(" · ", parts));
    }

    /** What the query asks for. */
    static RunsFilter filter(PageRequest request, Instant now) {
        Set<RunPhase> states = new HashSet<>();
        Set<String> results = new HashSet<>();
        for (String word : request.queries("state")) {
            switch (word) {
                case "under way" -> states.addAll(UNDER_WAY);
                case "ok", "trouble" -> results.add(word);
                default -> RunPhase.of(word).ifPresent(states::add);
            }
        }
        if (!results.isEmpty() && !states.isEmpty()) {
            // "running, or ended with trouble": a result alone selects ended runs only
            results.clear();
            states.add(RunPhase.ENDED);
        }
        return new RunsFilter(
                states,
                results,
                request.query("template"),
                request.query("who"),
                request.query("text"),
                since(request.query("since")).map(now::minus),
                Optional.empty(),
                request.caller().templates(),
                ROWS,
                request.query("after"));
    }

    private static Optional<Duration> since(String word) {
        return switch (word) {
            case "1h" -> Optional.of(Duration.ofHours(1));
            case "1d" -> Optional.of(Duration.ofDays(1));
            case "7d" -> Optional.of(Duration.ofDays(7));
            case "30d" -> Optional.of(Duration.ofDays(30));
            default -> Optional.empty();
        };
    }

    static RunsPage of(
            PageFrame frame, PageRequest request, RunsView runs, Set<String> known, Instant now) {
        List<String> asked = request.queries("state");
        List<Option> states = new ArrayList<>();
        for (String word : List.of("under way", "interrupted", "trouble", "ok")) {
            String words =
                    switch (word) {
                        case "trouble" -> "ended with trouble";
                        case "ok" -> "ended, all well";
                        default -> word;
                    };
            states.add(new Option(word, words, asked.contains(word)));
        }
        Set<String> templates = new TreeSet<>(known);
        runs.runs().stream()
                .map(RunHead::template)
                .filter(t -> !t.isEmpty())
                .forEach(templates::add);
        List<Option> times = new ArrayList<>();
        String since = request.query("since");
        times.add(new Option("", "at any time", since.isEmpty()));
        times.add(new Option("1h", "in the last hour", since.equals("1h")));
        times.add(new Option("1d", "in the last day", since.equals("1d")));
        times.add(new Option("7d", "in the last 7 days", since.equals("7d")));
        times.add(new Option("30d", "in the last 30 days", since.equals("30d")));
        boolean filtered =
                !asked.isEmpty()
                        || !since.isEmpty()
                        || !request.query("template").isEmpty()
                        || !request.query("who").isEmpty()
                        || !request.query("text").isEmpty();
        long alive = runs.runs().stream().filter(RunHead::isAlive).count();
        LinkQuery more = new LinkQuery();
        asked.forEach(word -> more.with("state", word));
        more.with("template", request.query("template"))
                .with("who", request.query("who"))
                .with("text", request.query("text"))
                .with("since", since)
                .with("after", runs.next());
        return new RunsPage(
                frame,
                states,
                request.query("template"),
                List.copyOf(templates),
                request.query("who"),
                request.query("text"),
                times,
                filtered,
                PageText.counted(runs.total(), "run")
                        + ", "
                        + PageText.number(alive)
                        + " under way",
                runs.runs().isEmpty(),
                runs.runs().stream().map(run -> Row.of(run, now)).toList(),
                runs.next().isEmpty() ? "" : "?" + more);
    }
}
