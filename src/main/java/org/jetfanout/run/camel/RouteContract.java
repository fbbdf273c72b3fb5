package org.jetfanout.run.camel;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Route;
import org.jetfanout.ConfigurationException;
import org.jetfanout.dispatch.StepNames;
import org.jetfanout.site.inventory.HostRanges;

/**
 * What users must not change in routes: which routes there are, in which file, and where they
 * begin. docs/routes.md describes it for users. Pure functions.
 */
public final class RouteContract {
    private static final String DOCS = ". See docs/routes.md";
    private static final String SINK = "sink-";
    private static final String PACK = "pack";
    private static final String QUEUE = "queue";

    /** The route that takes batches from the queue. */
    public static final String DISPATCH = "dispatch";

    /** For each file, its routes and the endpoints at which they begin. */
    private static final Map<String, Map<String, String>> FILES = files();

    private RouteContract() {}

    private static Map<String, Map<String, String>> files() {
        Map<String, Map<String, String>> files = new LinkedHashMap<>();
        files.put("run", Map.of("run", "direct:run"));
        files.put("plan", Map.of("plan", "direct:plan"));
        files.put(PACK, Map.of(PACK, "direct:pack"));
        files.put(QUEUE, Map.of(QUEUE, "direct:queue"));
        files.put("send", Map.of("send", "direct:send"));
        files.put("gate", Map.of("gate", "direct:gate"));
        files.put(DISPATCH, Map.of(DISPATCH, "sjms2:queue:{{jet.queue}}"));
        files.put("record", inOrder("record", "direct:record", "result", "direct:result"));
        files.put("check", Map.of("check", "direct:check"));
        return files;
    }

    private static Map<String, String> inOrder(
            String first, String firstFrom, String second, String secondFrom) {
        Map<String, String> routes = new LinkedHashMap<>();
        routes.put(first, firstFrom);
        routes.put(second, secondFrom);
        return routes;
    }

    /**
     * Whether the user's file for the queue also has the route pack, as it had in version 0.1. That
     * is allowed.
     */
    private static boolean isOfVersion01(RouteFile file, String owner) {
        return file.name().equals(QUEUE) && owner.equals(PACK);
    }

    /**
     * The packaged files that are replaced because all of their routes are in one of the user's own
     * files.
     */
    static Set<String> replaced(Collection<RouteFile> own) {
        Set<String> ids =
                own.stream()
                        .flatMap(file -> file.routes().stream())
                        .map(RouteFile.Begin::id)
                        .collect(Collectors.toSet());
        return FILES.keySet().stream()
                .filter(name -> ids.containsAll(FILES.get(name).keySet()))
                .collect(Collectors.toSet());
    }

    /** The names of the files, in the order of a run. */
    static List<String> names() {
        return List.copyOf(FILES.keySet());
    }

    /** The ids of the routes, in the order of a run. */
    static List<String> routes() {
        return FILES.values().stream().flatMap(routes -> routes.keySet().stream()).toList();
    }

    /** Whether there is a packaged file of this name. */
    static boolean hasFile(String name) {
        return FILES.containsKey(name);
    }

    /**
     * Checks one of the user's own files.
     *
     * @throws ConfigurationException with its line, where a route of the contract is missing,
     *     begins at another endpoint, or is in a file in which it cannot replace the packaged route
     */
    static void check(RouteFile file) {
        for (RouteFile.Begin route : file.routes()) {
            owner(route)
                    .filter(owner -> !owner.equals(file.name()) && !isOfVersion01(file, owner))
                    .ifPresent(
                            owner -> {
                                throw ConfigurationException.at(
                                        file.file(),
                                        route.line(),
                                        ("route '%s' (from %s) belongs to %s.camel.yaml: rename"
                                                        + " the file to replace the packaged one, or give"
                                                        + " the route another id and another 'from'")
                                                .formatted(route.id(), route.from(), owner));
                            });
        }
        FILES.getOrDefault(file.name(), Map.of()).forEach((id, from) -> check(file, id, from));
        if (file.name().equals(DISPATCH)) {
            checkStep(
                    file,
                    StepNames.COMMAND,
                    "must say what it wants of the worker: each turn of its loop must begin with");
            checkStep(
                    file,
                    StepNames.PAUSE,
                    "must wait before it connects again: each turn of its loop must end with");
        }
    }

    private static void checkStep(RouteFile file, String step, String rule) {
        if (!file.has(step)) {
            throw ConfigurationException.at(
                    file.file(),
                    file.line(DISPATCH).orElse(1),
                    "route '%s' %s 'ref: %s'%s".formatted(DISPATCH, rule, step, DOCS));
        }
    }

    private static void check(RouteFile file, String id, String from) {
        List<String> others = new ArrayList<>();
        for (RouteFile.Begin route : file.routes()) {
            if (route.id().equals(id)) {
                if (!route.from().equals(from)) {
                    throw ConfigurationException.at(
                            file.file(),
                            route.line(),
                            "route '%s' must start with 'from' %s, not %s%s"
                                    .formatted(id, from, route.from(), DOCS));
                }
                return;
            }
            others.add(route.id().isEmpty() ? "a route without an id" : "'" + route.id() + "'");
        }
        throw ConfigurationException.at(
                file.file(),
                "no route has the id '%s' (found: %s)%s"
                        .formatted(
                                id, others.isEmpty() ? "none" : String.join(", ", others), DOCS));
    }

    /** The file to which a route belongs by its id or its first endpoint. */
    private static Optional<String> owner(RouteFile.Begin route) {
        for (Map.Entry<String, Map<String, String>> file : FILES.entrySet()) {
            if (file.getValue().containsKey(route.id())
                    || file.getValue().containsValue(route.from())) {
                return Optional.of(file.getKey());
            }
        }
        String sink = Routes.sinkEndpoint("");
        return route.from().startsWith(sink)
                ? Optional.of("sinks/" + route.from().substring(sink.length()))
                : route.id().startsWith(SINK)
                        ? Optional.of("sinks/" + route.id().substring(SINK.length()))
                        : Optional.empty();
    }

    /**
     * Checks the routes that were loaded, in whatever form they were written.
     *
     * @param names of the files whose routes are needed
     * @param queue the name of the run's queue; empty where there is none
     */
    static void check(CamelContext context, List<String> names, Optional<String> queue) {
        for (String name : names) {
            FILES.get(name)
                    .forEach(
                            (id, from) ->
                                    check(
                                            context,
                                            id,
                                            from.replace("{{jet.queue}}", queue.orElse(""))));
        }
        for (Route route : context.getRoutes()) {
            checkStarted(
                    route.getId(),
                    context.getRouteController().getRouteStatus(route.getId()).isStarted());
        }
        for (Endpoint endpoint : context.getEndpoints()) {
            String uri = uri(endpoint);
            if (uri.startsWith("direct:")
                    && context.getRoutes().stream()
                            .noneMatch(route -> uri(route.getEndpoint()).equals(uri))) {
                throw new ConfigurationException(noRouteAt(uri));
            }
        }
        queue.filter(run -> names.contains(QUEUE))
                .ifPresent(
                        run -> {
                            if (context.getEndpoints().stream()
                                    .noneMatch(
                                            endpoint ->
                                                    uri(endpoint).equals("sjms2:queue:" + run)
                                                            && endpoint.getEndpointUri()
                                                                    .contains("producers"))) {
                                throw new ConfigurationException(
                                        "no route sends to sjms2:queue:{{jet.queue}} with the"
                                                + " connection factory #producers"
                                                + DOCS);
                            }
                        });
    }

    /**
     * Checks that a route starts by itself. What is sent to one that does not start waits and then
     * fails. The dispatch route starts later.
     */
    static void checkStarted(String id, boolean started) {
        if (started == id.equals(DISPATCH)) {
            throw new ConfigurationException(
                    (started
                                    ? "route '%s' must have 'autoStartup: false': jet-fanout"
                                            + " starts it when all batches are queued%s"
                                    : "route '%s' does not start: remove its 'autoStartup: false'%s")
                            .formatted(id, DOCS));
        }
    }

    /**
     * Fails where a route did not do with each batch what it must.
     *
     * @param batches ids of the batches that it missed
     */
    public static void requireAll(String route, String what, List<String> batches) {
        if (!batches.isEmpty()) {
            throw new ConfigurationException(
                    "route %s %s %s: %s. docs/routes.md says what each route must do"
                            .formatted(
                                    route,
                                    what,
                                    batches.size() == 1
                                            ? "a batch"
                                            : batches.size() + " of the batches",
                                    HostRanges.fold(batches)));
        }
    }

    /** The error for a step that sends to an endpoint without a route. */
    static String noRouteAt(String uri) {
        return "the routes send to %s, but no route starts from it%s".formatted(uri, DOCS);
    }

    private static void check(CamelContext context, String id, String from) {
        Route route = context.getRoute(id);
        if (route == null) {
            throw new ConfigurationException("no route has the id '" + id + "'" + DOCS);
        }
        if (!uri(route.getEndpoint()).equals(from)) {
            throw new ConfigurationException(
                    "route '%s' must start with 'from' %s, not %s%s"
                            .formatted(id, from, uri(route.getEndpoint()), DOCS));
        }
    }

    /** The endpoint without parameters, in one of the two ways to write it. */
    static String uri(Endpoint endpoint) {
        return endpoint.getEndpointUri()
                .replaceFirst("\\?.*", "")
                .replaceFirst("^([a-z0-9]+):(//)?", "$1:");
    }
}
