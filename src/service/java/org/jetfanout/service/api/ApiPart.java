package org.jetfanout.service.api;

import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jetfanout.runner.Outcome;
import org.jetfanout.service.access.Caller;
import org.jetfanout.service.http.HttpPart;
import org.jetfanout.service.http.RefusedException;
import org.jetfanout.service.lines.LinesFilter;
import org.jetfanout.service.runs.RerunSelection;
import org.jetfanout.service.runs.RunStarts;
import org.jetfanout.service.runs.StartRequest;
import org.jetfanout.service.runs.Started;
import org.jetfanout.service.templates.Templates;
import org.jetfanout.service.views.HostState;
import org.jetfanout.service.views.HostsFilter;
import org.jetfanout.service.views.NoSuchRun;
import org.jetfanout.service.views.RunHead;
import org.jetfanout.service.views.RunPhase;
import org.jetfanout.service.views.RunsFilter;
import org.jetfanout.service.views.Views;
import org.jetfanout.token.Scope;

/** The API: the operations of {@code routes/service/api.camel.yaml}. Thread-safe. */
public final class ApiPart implements HttpPart {
    private static final Set<Outcome> RERUN =
            EnumSet.of(
                    Outcome.FAILED, Outcome.UNREACHABLE, Outcome.UNFINISHED, Outcome.NOT_STARTED);

    private final Views views;
    private final RunStarts starts;
    private final Templates templates;
    private final String prefix;

    // Mutable state
    private final Map<String, Scope> scopes = new ConcurrentHashMap<>();
    private volatile List<OperationSpec> operations = List.of();

    /**
     * @param prefix the path before all paths; empty for none
     */
    public ApiPart(Views views, RunStarts starts, Templates templates, String prefix) {
        this.views = views;
        this.starts = starts;
        this.templates = templates;
        this.prefix = prefix;
    }

    @Override
    public List<String> routes() {
        return List.of("api");
    }

    @Override
    public Map<String, Object> beans() {
        Map<String, Object> beans = new LinkedHashMap<>();
        beans.put("api.openapi", (Processor) this::openApi);
        read(beans, "runs", this::runs);
        ofRun(beans, "run", Scope.READ, asked -> Answer.of(views.run(asked.guid())));
        ofRun(
                beans,
                "plan",
                Scope.READ,
                asked ->
                        Answer.of(
                                views.plan(
                                        asked.guid(),
                                        (int) asked.number("limit", 500),
                                        asked.text("after"))));
        ofRun(beans, "hosts", Scope.READ, this::hosts);
        ofRun(
                beans,
                "host",
                Scope.READ,
                asked -> Answer.of(views.host(asked.guid(), asked.path().get("host"))));
        ofRun(beans, "workers", Scope.READ, asked -> Answer.of(views.workers(asked.guid())));
        ofRun(beans, "lines", Scope.READ, this::lines);
        ofRun(
                beans,
                "signatures",
                Scope.READ,
                asked ->
                        Answer.of(
                                views.signatures(
                                        asked.guid(),
                                        (int) asked.number("limit", 500),
                                        asked.text("after"))));
        ofRun(beans, "timeline", Scope.READ, asked -> Answer.of(views.timeline(asked.guid())));
        ofRun(
                beans,
                "records",
                Scope.READ,
                asked -> stream("application/x-ndjson", views.records(asked.guid())));
        ofRun(
                beans,
                "output",
                Scope.READ,
                asked -> stream("text/plain; charset=utf-8", views.output(asked.guid())));
        read(beans, "templates", asked -> Answer.of(TemplateList.of(templates.of(asked.caller()))));
        read(beans, "template", this::template);
        operation(beans, "start", this::start);
        scopes.put("api-start", Scope.RUN);
        ofRun(beans, "cancel", Scope.CANCEL, asked -> done(asked, "cancel", this::cancel));
        ofRun(beans, "resume", Scope.RUN, asked -> done(asked, "resume", this::resume));
        ofRun(beans, "rerun", Scope.RUN, this::rerun);
        ofRun(
                beans,
                "pause",
                Scope.CANCEL,
                asked -> done(asked, "pause", a -> starts.pause(a.guid(), a.caller().name())));
        ofRun(
                beans,
                "continue",
                Scope.APPROVE,
                asked -> done(asked, "continue", a -> starts.goOn(a.guid(), a.caller().name())));
        ofRun(beans, "approve", Scope.APPROVE, this::approve);
        return beans;
    }

    @Override
    public void started(CamelContext camel) {
        operations = OperationSpec.all(camel, Operation.BASE);
    }

    @Override
    public void close() {
        views.close();
    }

    /** Answers what no operation answers: a path with another method, or a path of nobody. */
    @Override
    public void handlers(Router router) {
        router.route(Operation.BASE + "/*")
                .last()
                .handler(
                        context -> {
                            String path = context.normalizedPath();
                            int base = path.indexOf(Operation.BASE);
                            Set<String> methods = methods(path.substring(Math.max(0, base)));
                            if (methods.isEmpty()) {
                                context.fail(404);
                            } else if (methods.contains(context.request().method().name())) {
                                // its route takes other bodies, or gives other answers
                                context.fail(isJson(context) ? 406 : 415);
                            } else {
                                context.response().putHeader("Allow", String.join(", ", methods));
                                context.fail(405);
                            }
                        });
    }

    private static boolean isJson(RoutingContext context) {
        String type = context.request().getHeader("Content-Type");
        return type == null || type.startsWith(Answer.JSON);
    }

    private Set<String> methods(String path) {
        Set<String> methods = new TreeSet<>();
        for (OperationSpec spec : operations) {
            if (spec.isFor(path)) {
                methods.add(spec.verb().asVerb().toUpperCase(Locale.ROOT));
            }
        }
        return methods;
    }

    private void operation(
            Map<String, Object> beans, String name, Function<ApiRequest, Answer> work) {
        beans.put("api." + name, new Operation("api-" + name, work));
    }

    private void read(Map<String, Object> beans, String name, Function<ApiRequest, Answer> work) {
        scopes.put("api-" + name, Scope.READ);
        operation(
                beans,
                name,
                asked -> {
                    asked.caller().require(Scope.READ);
                    return work.apply(asked);
                });
    }

    /** An operation on a run: one that the caller may not see is as one that there is not. */
    private void ofRun(
            Map<String, Object> beans,
            String name,
            Scope scope,
            Function<ApiRequest, Answer> work) {
        scopes.put("api-" + name, scope);
        operation(
                beans,
                name,
                asked -> {
                    asked.caller().require(scope);
                    requireVisible(asked.caller(), asked.guid());
                    return work.apply(asked);
                });
    }

    private void requireVisible(Caller caller, String guid) {
        RunHead head = views.head(guid);
        Optional<String> template = Optional.of(head.template()).filter(name -> !name.isEmpty());
        if (!caller.maySee(template)) {
            throw new NoSuchRun("there is no run " + guid);
        }
    }

    private Answer runs(ApiRequest asked) {
        return Answer.of(
                views.runs(
                        new RunsFilter(
                                asked.texts("state").stream()
                                        .flatMap(word -> RunPhase.of(word).stream())
                                        .collect(Collectors.toSet()),
                                Set.copyOf(asked.texts("result")),
                                asked.text("template"),
                                asked.text("who"),
                                asked.text("text"),
                                asked.moment("since"),
                                asked.moment("until"),
                                asked.caller().templates(),
                                (int) asked.number("limit", 50),
                                asked.text("after"))));
    }

    private Answer hosts(ApiRequest asked) {
        return Answer.of(
                views.hosts(
                        asked.guid(),
                        new HostsFilter(
                                asked.texts("outcome").stream()
                                        .flatMap(word -> HostState.of(word).stream())
                                        .collect(Collectors.toSet()),
                                asked.text("host"),
                                asked.text("worker"),
                                (int) asked.number("limit", 100),
                                asked.text("after"))));
    }

    private Answer lines(ApiRequest asked) {
        long before = asked.number("before", 0);
        if (before > 0 && !asked.text("from").isEmpty()) {
            throw new RefusedException(400, "give from or before, not both");
        }
        return Answer.of(
                views.lines(
                        asked.guid(),
                        new LinesFilter(
                                before > 0 ? 0 : asked.number("from", 1),
                                before,
                                (int) asked.number("limit", 500),
                                asked.text("host"),
                                asked.text("worker"),
                                asked.text("level"),
                                asked.text("text"),
                                asked.text("pattern"))));
    }

    private static Answer stream(String type, InputStream body) {
        return new Answer(200, type, body, Map.of());
    }

    private Answer template(ApiRequest asked) {
        return Answer.of(TemplateView.of(templates.get(asked.path().get("name"), asked.caller())));
    }

    private Answer start(ApiRequest asked) {
        asked.caller().require(Scope.RUN);
        JsonBody body = JsonBody.of(asked.body(), Set.of("template", "variables", "limit", "args"));
        Optional<String> template = body.text("template");
        if (template.isPresent() == body.has("args")) {
            throw new RefusedException(422, "give a template, or args: one of them");
        }
        if (template.isPresent()) {
            return accepted(
                    templates.start(
                            template.get(),
                            body.values("variables"),
                            body.text("limit"),
                            asked.caller(),
                            asked.key()));
        }
        if (body.has("variables") || body.has("limit")) {
            throw new RefusedException(422, "variables and limit are for templates");
        }
        asked.caller().requireCommandLines();
        return accepted(
                starts.start(
                        StartRequest.of(body.texts("args"), asked.caller().name(), asked.key())));
    }

    private Answer accepted(Started started) {
        views.changed(started.guid());
        return Answer.of(
                started.again() ? 200 : 201,
                new Accepted(started.guid(), started.queued(), started.again()),
                Map.of("Location", prefix + Operation.BASE + "/runs/" + started.guid()));
    }

    private Answer rerun(ApiRequest asked) {
        JsonBody body = JsonBody.of(asked.body(), Set.of("outcomes", "extraVars"));
        Set<Outcome> outcomes = EnumSet.noneOf(Outcome.class);
        for (String word : body.texts("outcomes")) {
            outcomes.add(
                    RERUN.stream()
                            .filter(outcome -> outcome.word().equals(word))
                            .findFirst()
                            .orElseThrow(() -> wrongOutcome(word)));
        }
        if (outcomes.isEmpty()) {
            throw new RefusedException(
                    422, "outcomes must name at least one of " + String.join(", ", rerunWords()));
        }
        return accepted(
                starts.rerun(
                        asked.guid(),
                        new RerunSelection(outcomes, body.texts("extraVars"), asked.key()),
                        asked.caller().name()));
    }

    private static RefusedException wrongOutcome(String word) {
        return new RefusedException(
                422,
                "outcomes must be of %s, not %s"
                        .formatted(
                                String.join(", ", rerunWords()),
                                org.jetfanout.text.Quoted.of(word)));
    }

    /** The outcomes of hosts that a new run can take. */
    static List<String> rerunWords() {
        return RERUN.stream().map(Outcome::word).sorted().toList();
    }

    private int cancel(ApiRequest asked) {
        starts.cancel(asked.guid(), asked.caller().name());
        return 0;
    }

    private int resume(ApiRequest asked) {
        starts.resume(asked.guid(), asked.caller().name());
        return 0;
    }

    private Answer done(ApiRequest asked, String what, Function<ApiRequest, Integer> work) {
        JsonBody.optional(asked.body(), Set.of());
        int wave = work.apply(asked);
        views.changed(asked.guid());
        return Answer.of(202, new Done(asked.guid(), what, wave), Map.of());
    }

    private Answer approve(ApiRequest asked) {
        JsonBody body = JsonBody.optional(asked.body(), Set.of("wave"));
        Optional<Integer> wanted = body.number("wave");
        int waits = views.run(asked.guid()).can().approve();
        if (wanted.isPresent() && wanted.get() != waits) {
            throw new RefusedException(
                    409,
                    waits == 0
                            ? "no wave waits for an approval"
                            : "it is wave " + waits + " that waits for an approval");
        }
        int wave = starts.approve(asked.guid(), asked.caller().name());
        views.changed(asked.guid());
        return Answer.of(202, new Done(asked.guid(), "approve", wave), Map.of());
    }

    private void openApi(Exchange exchange) {
        byte[] document =
                new OpenApiDocument(exchange.getContext(), prefix, Map.copyOf(scopes)).bytes();
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, Answer.JSON);
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 200);
        exchange.getMessage().setBody(document);
    }
}
