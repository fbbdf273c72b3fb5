package org.jetfanout.service.page;

import io.vertx.ext.web.Router;
import java.io.InputStream;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.Build;
import org.jetfanout.runner.Outcome;
import org.jetfanout.service.access.Access;
import org.jetfanout.service.access.AccessDenied;
import org.jetfanout.service.access.Caller;
import org.jetfanout.service.config.ServiceConfig;
import org.jetfanout.service.http.HttpPart;
import org.jetfanout.service.http.RefusedException;
import org.jetfanout.service.lines.LinesFilter;
import org.jetfanout.service.lines.LinesView;
import org.jetfanout.service.runs.KeyInUseException;
import org.jetfanout.service.runs.NotNowException;
import org.jetfanout.service.runs.QueueFullException;
import org.jetfanout.service.runs.RerunSelection;
import org.jetfanout.service.runs.RunStarts;
import org.jetfanout.service.runs.Started;
import org.jetfanout.service.runs.TemplateBusyException;
import org.jetfanout.service.templates.InvalidValuesException;
import org.jetfanout.service.templates.RunTemplate;
import org.jetfanout.service.templates.Templates;
import org.jetfanout.service.views.HostsFilter;
import org.jetfanout.service.views.HostsView;
import org.jetfanout.service.views.NoSuchRun;
import org.jetfanout.service.views.RunPhase;
import org.jetfanout.service.views.RunView;
import org.jetfanout.service.views.Views;
import org.jetfanout.token.Scope;

/**
 * The page: the beans of {@code routes/service/page.camel.yaml}, each of which makes the model of
 * one template, and the assets. Thread-safe.
 */
public final class PagePart implements HttpPart {
    /** How many characters of names of hosts an address may have. */
    private static final int LONGEST_LIMIT = 4000;

    private final ServiceConfig config;
    private final Views views;
    private final RunStarts runs;
    private final Templates templates;
    private final String version;
    private final PageAssets assets = new PageAssets();
    private final RefusedForms refused;

    /** Makes the answer to a request: the body, which is a model, a text or a stream. */
    private interface Answer {
        Object to(PageRequest request, Exchange exchange);
    }

    /**
     * @param views what is shown
     * @param runs what is done with runs
     * @param templates what can be started
     */
    public PagePart(ServiceConfig config, Views views, RunStarts runs, Templates templates) {
        this.config = config;
        this.views = views;
        this.runs = runs;
        this.templates = templates;
        this.version = Build.ofThis().version();
        this.refused =
                new RefusedForms(
                        config.prefix(),
                        (context, title) ->
                                frame(
                                        title,
                                        true,
                                        Access.find(context),
                                        Access.csrf(context),
                                        Access.hasSession(context)));
    }

    @Override
    public List<String> routes() {
        return List.of("page");
    }

    @Override
    public void handlers(Router router) {
        assets.handlers(router);
        refused.handlers(router);
    }

    @Override
    public void started(CamelContext camel) {
        refused.started(camel);
    }

    @Override
    public Map<String, Object> beans() {
        Map<String, Object> beans = new LinkedHashMap<>();
        beans.put("page.home", page(this::home));
        beans.put("page.login", page(this::login));
        beans.put("page.runs", page(this::runs));
        beans.put("page.run", page(this::run));
        beans.put("page.hosts", page(this::hosts));
        beans.put("page.workers", page(this::workers));
        beans.put("page.lines", page(this::lines));
        beans.put("page.plan", page(this::plan));
        beans.put("page.signatures", page(this::signatures));
        beans.put("page.hosts.csv", page(this::hostsCsv));
        beans.put("page.hosts.names", page(this::hostsNames));
        beans.put("page.lines.text", page(this::linesText));
        beans.put("page.confirm", page(this::confirm));
        beans.put("page.act", page(this::act));
        beans.put("page.start", page(this::start));
        beans.put("page.template", page(this::template));
        beans.put("page.begin", page(this::begin));
        beans.put("page.failed", (Processor) this::failed);
        return beans;
    }

    private Processor page(Answer answer) {
        return exchange -> {
            PageRequest request = new PageRequest(exchange, config.prefix());
            Object body = answer.to(request, exchange);
            Message message = exchange.getMessage();
            Map<String, Object> answered = answered(exchange);
            // those of the request: the answer has its own
            message.removeHeaders("*");
            message.setHeader(Exchange.CONTENT_TYPE, "text/html; charset=utf-8");
            message.setHeader("Cache-Control", "no-store");
            answered.forEach(message::setHeader);
            message.setBody(body);
        };
    }

    /** Headers that an answer sets itself. */
    private static Map<String, Object> answered(Exchange exchange) {
        @SuppressWarnings("unchecked")
        Map<String, Object> headers = exchange.getProperty("JetPageHeaders", Map.class);
        return headers == null ? Map.of() : headers;
    }

    /** Leads the browser elsewhere: the rest of the route, which is a template, is left out. */
    private static Object leadTo(Exchange exchange, String address) {
        exchange.setProperty(
                "JetPageHeaders", Map.of(Exchange.HTTP_RESPONSE_CODE, 303, "Location", address));
        exchange.setRouteStop(true);
        return "";
    }

    private static Object file(Exchange exchange, String type, String name, Object body) {
        exchange.setProperty(
                "JetPageHeaders",
                Map.of(
                        Exchange.CONTENT_TYPE,
                        type + "; charset=utf-8",
                        "Content-Disposition",
                        "attachment; filename=\"" + name + "\""));
        return body;
    }

    private PageFrame frame(Exchange exchange, String title, boolean runs) {
        return frame(
                title,
                runs,
                Access.find(exchange),
                Access.csrf(exchange),
                Access.hasSession(exchange));
    }

    private PageFrame frame(
            String title, boolean runs, Optional<Caller> caller, String csrf, boolean session) {
        return new PageFrame(
                title,
                config.prefix(),
                assets.links(config.prefix()),
                version,
                caller.map(Caller::name).map(PageText::text).orElse(""),
                csrf,
                session,
                "",
                "",
                runs,
                !runs,
                caller.filter(it -> it.scopes().contains(Scope.RUN)).isPresent());
    }

    private Object home(PageRequest request, Exchange exchange) {
        return leadTo(exchange, config.prefix() + "/runs");
    }

    private Object login(PageRequest request, Exchange exchange) {
        return new LoginPage(
                frame(exchange, "Log in", true),
                request.query("next"),
                switch (request.query("failed")) {
                    case "" -> "";
                    case "later" -> "Too many tries. Wait a minute, then try again.";
                    case "ended" -> "Nothing was done, because you are not logged in any more.";
                    default ->
                            "This token is not valid, or it has expired. On the server, jet-fanout token list shows which there are.";
                });
    }

    /** The model of {@code login.mustache}. */
    private record LoginPage(PageFrame frame, String next, String failed) {}

    private Object runs(PageRequest request, Exchange exchange) {
        request.caller().require(Scope.READ);
        Instant now = Instant.now();
        return RunsPage.of(
                frame(exchange, "Runs", true)
                        .withStream(config.prefix() + "/api/v1/runs/stream", "runs"),
                request,
                views.runs(RunsPage.filter(request, now)),
                templates.of(request.caller()).stream()
                        .map(RunTemplate::name)
                        .collect(Collectors.toSet()),
                now);
    }

    private Object run(PageRequest request, Exchange exchange) {
        RunView view = view(request);
        return leadTo(exchange, config.prefix() + "/runs/" + view.run().guid() + "/hosts");
    }

    /** The run that a request is about, where the caller may see it. */
    private RunView view(PageRequest request) {
        Caller caller = request.caller();
        caller.require(Scope.READ);
        RunView view = views.run(request.guid());
        if (!caller.maySee(Optional.of(view.run().template()).filter(it -> !it.isEmpty()))) {
            throw new NoSuchRun("no run " + request.guid());
        }
        return view;
    }

    private RunTop top(PageRequest request, RunView view, String tab) {
        Optional<TimeChart> chart =
                view.run().totals().hosts() == 0 || tab.equals("lines")
                        ? Optional.empty()
                        : TimeChart.of(
                                views.timeline(view.run().guid()),
                                view.run().state() == RunPhase.ENDED);
        return RunTop.of(view, chart.orElse(null), request, tab, Instant.now());
    }

    private PageFrame runFrame(Exchange exchange, RunView view, String tab) {
        PageFrame frame =
                frame(
                        exchange,
                        StateSign.of(view.run()).words()
                                + " · "
                                + RunsPage.name(view.run())
                                + " · "
                                + tab,
                        true);
        boolean lasts = view.run().state() == RunPhase.ENDED;
        return lasts
                ? frame
                : frame.withStream(
                        config.prefix()
                                + "/api/v1/runs/"
                                + view.run().guid()
                                + "/stream?lines=false",
                        "status");
    }

    private Object hosts(PageRequest request, Exchange exchange) {
        RunView view = view(request);
        return HostsPage.of(
                runFrame(exchange, view, "hosts"),
                top(request, view, "hosts"),
                request,
                views.hosts(view.run().guid(), HostsPage.filter(request)));
    }

    private Object workers(PageRequest request, Exchange exchange) {
        RunView view = view(request);
        return WorkersPage.of(
                runFrame(exchange, view, "workers"),
                top(request, view, "workers"),
                views.workers(view.run().guid()),
                request,
                Instant.now());
    }

    private Object lines(PageRequest request, Exchange exchange) {
        RunView view = view(request);
        String problem = "";
        LinesView lines;
        try {
            lines = views.lines(view.run().guid(), LinesPage.filter(request));
        } catch (IllegalArgumentException e) {
            problem = PageText.text(String.valueOf(e.getMessage()));
            lines = new LinesView(List.of(), 1, 1, 0, false, false);
        }
        return LinesPage.of(
                runFrame(exchange, view, "lines"),
                top(request, view, "lines"),
                request,
                lines,
                problem);
    }

    private Object plan(PageRequest request, Exchange exchange) {
        RunView view = view(request);
        return PlanPage.of(
                runFrame(exchange, view, "plan"),
                top(request, view, "plan"),
                views.plan(view.run().guid(), PlanPage.BATCHES, request.query("after")));
    }

    private Object signatures(PageRequest request, Exchange exchange) {
        RunView view = view(request);
        return SignaturesPage.of(
                runFrame(exchange, view, "signatures"),
                top(request, view, "signatures"),
                views.signatures(
                        view.run().guid(), SignaturesPage.REQUESTS, request.query("after")));
    }

    private Object hostsCsv(PageRequest request, Exchange exchange) {
        RunView view = view(request);
        return file(
                exchange,
                "text/csv",
                "hosts-" + view.run().guid() + ".csv",
                HostList.csv(
                        filter -> views.hosts(view.run().guid(), filter),
                        HostsPage.filter(request),
                        request.query("reason")));
    }

    private Object hostsNames(PageRequest request, Exchange exchange) {
        RunView view = view(request);
        exchange.setProperty(
                "JetPageHeaders", Map.of(Exchange.CONTENT_TYPE, "text/plain; charset=utf-8"));
        return HostList.lines(
                filter -> views.hosts(view.run().guid(), filter),
                HostsPage.filter(request),
                request.query("reason"));
    }

    private Object linesText(PageRequest request, Exchange exchange) {
        RunView view = view(request);
        String guid = view.run().guid();
        LinesFilter asked = LinesPage.filter(request);
        InputStream lines =
                new LinesDownload(
                        from ->
                                views.lines(
                                        guid,
                                        new LinesFilter(
                                                from,
                                                0,
                                                LinesFilter.MOST,
                                                asked.host(),
                                                asked.worker(),
                                                asked.level(),
                                                asked.text(),
                                                asked.pattern())));
        return file(exchange, "text/plain", "lines-" + guid + ".txt", lines);
    }

    private static RunAction action(PageRequest request) {
        RunAction action =
                RunAction.of(request.part(3))
                        .orElseThrow(() -> new RefusedException(404, "there is no such page"));
        request.caller().require(action.scope());
        return action;
    }

    private Object confirm(PageRequest request, Exchange exchange) {
        RunView view = view(request);
        RunAction action = action(request);
        return ConfirmPage.of(
                frame(exchange, action.title(), true), view, action, "", "", ranges(view, action));
    }

    /** Does what somebody has read, or says that it has changed meanwhile. */
    private Object act(PageRequest request, Exchange exchange) {
        String guid = view(request).run().guid();
        RunAction action = action(request);
        // not what was shown a moment ago
        views.changed(guid);
        RunView view = view(request);
        String changed = "";
        String instead = "";
        if (!action.seen(view.can()).equals(request.form("seen"))) {
            changed =
                    "The run has changed since you looked. Nothing was done. This is how it stands now:";
        } else {
            try {
                String lead = act(action, guid, request);
                views.changed(guid);
                return leadTo(exchange, config.prefix() + "/runs/" + lead + "/hosts");
            } catch (NotNowException | ConfigurationException e) {
                changed = "Nothing was done: " + PageText.text(e.getMessage());
                instead = startAgain(view, action, request.caller());
            } catch (QueueFullException e) {
                changed = "Nothing was done: " + PageText.text(e.getMessage());
            }
        }
        return ConfirmPage.of(
                frame(exchange, action.title(), true),
                view,
                action,
                changed,
                instead,
                ranges(view, action));
    }

    /**
     * The form of the run's template, for the hosts that could not be done again because some of
     * the run's values were not kept; empty where the caller may not use it, or it takes no hosts.
     */
    private String startAgain(RunView view, RunAction action, Caller caller) {
        boolean limits =
                templates.of(caller).stream()
                        .anyMatch(one -> one.name().equals(view.run().template()) && one.limit());
        if (!limits || action.outcomes().isEmpty()) {
            return "";
        }
        String hosts =
                HostList.lines(
                                filter -> views.hosts(view.run().guid(), filter),
                                new HostsFilter(action.outcomes(), "", "", 0, ""),
                                "")
                        .strip()
                        .replace('\n', ',');
        return "/start/"
                + PageRequest.encoded(view.run().template())
                // longer addresses are refused: then the names are left to the caller
                + new LinkQuery()
                        .with("limit", hosts.length() <= LONGEST_LIMIT ? hosts : "")
                        .orNothing();
    }

    /** Returns the run to look at then. */
    private String act(RunAction action, String guid, PageRequest request) {
        String who = request.caller().name();
        switch (action) {
            case APPROVE -> runs.approve(guid, who);
            case CONTINUE -> runs.goOn(guid, who);
            case PAUSE -> runs.pause(guid, who);
            case RESUME -> runs.resume(guid, who);
            case CANCEL -> runs.cancel(guid, who);
            case RERUN_FAILED, RERUN_LOST -> {
                return runs.rerun(
                                guid,
                                new RerunSelection(
                                        action.outcomes().stream()
                                                .map(state -> Outcome.valueOf(state.name()))
                                                .collect(Collectors.toSet()),
                                        List.of(),
                                        Optional.of(request.form("key"))
                                                .filter(key -> !key.isEmpty())),
                                who)
                        .guid();
            }
        }
        return guid;
    }

    /** The hosts that a new run takes, folded to ranges. */
    private String ranges(RunView view, RunAction action) {
        if (action.outcomes().isEmpty()) {
            return "";
        }
        HostsView hosts =
                views.hosts(view.run().guid(), new HostsFilter(action.outcomes(), "", "", 0, ""));
        return String.join(
                ", ",
                hosts.groups().stream()
                        .map(group -> group.ranges() + (group.cut() ? ", …" : ""))
                        .toList());
    }

    private Object start(PageRequest request, Exchange exchange) {
        request.caller().require(Scope.RUN);
        return StartPage.of(frame(exchange, "Start a run", false), templates.of(request.caller()));
    }

    private RunTemplate asked(PageRequest request) {
        request.caller().require(Scope.RUN);
        return templates.get(request.part(1), request.caller());
    }

    private Object template(PageRequest request, Exchange exchange) {
        RunTemplate template = asked(request);
        return StartPage.Form.of(
                frame(exchange, "Start " + PageText.text(template.name()), false),
                template,
                Map.of(),
                template.limit() ? request.query("limit") : "",
                "",
                Map.of());
    }

    /** Starts a run, or shows the form again with what is wrong. */
    private Object begin(PageRequest request, Exchange exchange) {
        RunTemplate template = asked(request);
        Map<String, String> values = new LinkedHashMap<>();
        for (String variable : template.variables().keySet()) {
            String value = request.form("v." + variable);
            if (!value.isEmpty()) {
                values.put(variable, value);
            }
        }
        String limit = request.form("limit");
        String problem;
        Map<String, String> troubles = Map.of();
        try {
            Started started =
                    templates.start(
                            template.name(),
                            values,
                            Optional.of(limit).filter(it -> !it.isEmpty()),
                            request.caller(),
                            Optional.of(request.form("key")).filter(key -> !key.isEmpty()));
            return leadTo(exchange, config.prefix() + "/runs/" + started.guid() + "/hosts");
        } catch (InvalidValuesException e) {
            problem = "some values cannot be used.";
            troubles = e.troubles();
        } catch (ConfigurationException
                | TemplateBusyException
                | QueueFullException
                | KeyInUseException e) {
            problem = e.getMessage();
        }
        return StartPage.Form.of(
                frame(exchange, "Start " + PageText.text(template.name()), false),
                template,
                values,
                limit,
                problem,
                troubles);
    }

    /** What a browser gets where something failed. Its own words only if they are meant for it. */
    private void failed(Exchange exchange) {
        Throwable thrown = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        int status = 500;
        String title = "That went wrong";
        String text = "The service failed. Its log says why.";
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof NoSuchRun) {
                status = 404;
                title = "There is no such run";
                text = "It was never here, or its record was removed.";
            } else if (cause instanceof AccessDenied denied) {
                status = 403;
                title = "You may not do that";
                text = PageText.text(denied.getMessage());
            } else if (cause instanceof RefusedException refused) {
                status = refused.problem().status();
                title = status == 404 ? "There is no such page" : "That cannot be done";
                text = PageText.text(refused.problem().detail());
            } else if (cause instanceof IllegalArgumentException) {
                status = 400;
                title = "That address is not one of ours";
                text = "A part of the address cannot be read. Begin again at the list of runs.";
            } else {
                continue;
            }
            break;
        }
        PageFrame frame = frame(exchange, title, true);
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        message.setHeader(Exchange.CONTENT_TYPE, "text/html; charset=utf-8");
        message.setHeader("Cache-Control", "no-store");
        message.setBody(new MessagePage(frame, text, ""));
    }
}
