package org.jetfanout.service.page;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jetfanout.service.views.HostState;
import org.jetfanout.service.views.HostsFilter;
import org.jetfanout.service.views.HostsView;

/** The model of the hosts of a run. Its accessors are the names in {@code hosts.mustache}. */
record HostsPage(
        PageFrame frame,
        RunTop run,
        String host,
        String worker,
        List<RunsPage.Option> outcomes,
        boolean filtered,
        String csv,
        String none,
        List<Group> groups,
        Table table,
        String list,
        String matched) {
    /** How many hosts are looked at for links to their lines, and shown in the table. */
    private static final int HOSTS = 500;

    /** So many hosts of a reason have links to their lines. */
    private static final int LINKS = 40;

    /** Outcomes with at most so many reasons show their hosts at once. */
    private static final int OPEN = 3;

    record Group(
            String kind,
            String number,
            String words,
            String help,
            List<Reason> reasons,
            String more) {}

    record Reason(
            String id,
            boolean open,
            String number,
            String hosts,
            String reason,
            String ranges,
            boolean cut,
            String names,
            String csv,
            List<Link> links,
            String more) {
        boolean hasLinks() {
            return !links.isEmpty();
        }
    }

    record Link(String name, String address) {}

    record Table(List<Row> rows, String more) {}

    record Row(String name, String address, String kind, String words, String reason, String on) {}

    /** What the query asks for. */
    static HostsFilter filter(PageRequest request) {
        Set<HostState> outcomes = new HashSet<>();
        request.queries("outcome").forEach(word -> HostState.of(word).ifPresent(outcomes::add));
        return new HostsFilter(
                outcomes,
                request.query("host"),
                request.query("worker"),
                HOSTS,
                request.query("after"));
    }

    static HostsPage of(PageFrame frame, RunTop run, PageRequest request, HostsView hosts) {
        String asked = request.query("outcome");
        List<RunsPage.Option> outcomes = new ArrayList<>();
        outcomes.add(new RunsPage.Option("", "all", asked.isEmpty()));
        for (HostState state : HostState.values()) {
            outcomes.add(
                    new RunsPage.Option(state.word(), words(state), asked.equals(state.word())));
        }
        boolean filtered =
                !asked.isEmpty()
                        || !request.query("host").isEmpty()
                        || !request.query("worker").isEmpty();
        boolean table = filtered || !request.query("list").isEmpty();
        Map<String, List<Link>> links = links(frame, run, hosts);
        List<Group> groups = new ArrayList<>();
        for (HostsView.Group group : hosts.groups()) {
            groups.add(group(frame, run, request, group, links));
        }
        return new HostsPage(
                frame,
                run,
                request.query("host"),
                request.query("worker"),
                outcomes,
                filtered,
                frame.base() + "/runs/" + run.guid() + "/hosts.csv" + query(request).orNothing(),
                hosts.totals().hosts() == 0
                        ? run.ended()
                                ? "The run came to no plan, so it has no hosts."
                                : "There is no plan yet: the hosts are here when there is one."
                        : hosts.matched() == 0 ? "No host fits the filter." : "",
                groups,
                table && hosts.matched() > 0 ? table(frame, run, request, hosts) : null,
                table ? "" : "?list=1",
                PageText.counted(hosts.matched(), "host"));
    }

    private static LinkQuery query(PageRequest request) {
        return new LinkQuery()
                .with("outcome", request.query("outcome"))
                .with("host", request.query("host"))
                .with("worker", request.query("worker"));
    }

    private static Table table(PageFrame frame, RunTop run, PageRequest request, HostsView hosts) {
        List<Row> rows = new ArrayList<>();
        for (HostsView.Host host : hosts.hosts()) {
            rows.add(
                    new Row(
                            PageText.text(host.host(), 300),
                            lines(frame, run, host.host()),
                            kind(host.outcome()),
                            words(host.outcome()),
                            PageText.text(host.reason(), 1_000),
                            PageText.text(host.worker())));
        }
        return new Table(
                rows,
                hosts.next().isEmpty()
                        ? ""
                        : "?" + query(request).with("list", "1").with("after", hosts.next()));
    }

    private static Group group(
            PageFrame frame,
            RunTop run,
            PageRequest request,
            HostsView.Group group,
            Map<String, List<Link>> links) {
        List<Reason> reasons = new ArrayList<>();
        boolean open = group.outcome().isTrouble() && group.reasons().size() <= OPEN;
        List<HostsView.Reason> all =
                group.reasons().isEmpty()
                        ? List.of(
                                new HostsView.Reason(
                                        "", group.count(), group.ranges(), group.cut()))
                        : group.reasons();
        for (HostsView.Reason reason : all) {
            String query =
                    new LinkQuery()
                            .with("outcome", group.outcome().word())
                            .with("host", request.query("host"))
                            .with("worker", request.query("worker"))
                            .with("reason", reason.reason())
                            .orNothing();
            String below = frame.base() + "/runs/" + run.guid() + "/hosts";
            List<Link> known = links.getOrDefault(key(group.outcome(), reason.reason()), List.of());
            reasons.add(
                    new Reason(
                            "g-" + group.outcome().word() + "-" + reasons.size(),
                            open,
                            PageText.number(reason.count()),
                            reason.count() == 1 ? "host" : "hosts",
                            reason.reason().isEmpty()
                                    ? words(group.outcome())
                                    : PageText.text(reason.reason(), 2_000),
                            PageText.text(reason.ranges()),
                            reason.cut(),
                            below + ".txt" + query,
                            below + ".csv" + query,
                            known,
                            known.size() < reason.count()
                                    ? below
                                            + new LinkQuery()
                                                    .with("outcome", group.outcome().word())
                                                    .orNothing()
                                    : ""));
        }
        return new Group(
                kind(group.outcome()),
                PageText.number(group.count()),
                words(group.outcome()),
                help(group.outcome()),
                reasons,
                group.moreReasons() == 0
                        ? ""
                        : "and " + PageText.counted(group.moreReasons(), "further reason"));
    }

    private static Map<String, List<Link>> links(PageFrame frame, RunTop run, HostsView hosts) {
        Map<String, List<Link>> links = new HashMap<>();
        for (HostsView.Host host : hosts.hosts()) {
            List<Link> some =
                    links.computeIfAbsent(
                            key(host.outcome(), HostList.reason(host)), it -> new ArrayList<>());
            if (some.size() < LINKS) {
                some.add(new Link(PageText.text(host.host(), 300), lines(frame, run, host.host())));
            }
        }
        return links;
    }

    private static String key(HostState outcome, String reason) {
        return outcome + " " + reason;
    }

    private static String lines(PageFrame frame, RunTop run, String host) {
        return frame.base()
                + "/runs/"
                + run.guid()
                + "/lines"
                + new LinkQuery().with("host", host).orNothing();
    }

    /** The shape and colour of an outcome. */
    static String kind(HostState state) {
        return switch (state) {
            case RUNNING -> "running";
            case WAITING -> "queued";
            default -> state.word().replace('_', '-');
        };
    }

    private static String words(HostState state) {
        return switch (state) {
            case RUNNING -> "with their worker now";
            case WAITING -> "not begun yet";
            default -> state.words();
        };
    }

    private static String help(HostState state) {
        return switch (state) {
            case FAILED -> "A task failed on them.";
            case UNREACHABLE -> "The worker could not connect to them.";
            case UNFINISHED ->
                    "They have no result: their worker was lost, or the runner did not come to their end. Something may have changed there.";
            case NOT_STARTED -> "Nobody began with them: nothing has changed there.";
            case RUNNING, WAITING, CHANGED, OK -> "";
        };
    }
}
