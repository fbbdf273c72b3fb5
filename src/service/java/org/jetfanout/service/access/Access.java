package org.jetfanout.service.access;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.Daemons;
import org.jetfanout.service.config.ServiceConfig;
import org.jetfanout.service.http.HttpPart;
import org.jetfanout.service.http.Networks;
import org.jetfanout.service.http.Peer;
import org.jetfanout.service.http.Problem;
import org.jetfanout.service.http.RefusedException;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.token.AccessToken;
import org.jetfanout.token.TokenStore;
import org.jetfanout.token.TokenText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may do what: the first handlers of all requests. They find out who sent a request, refuse it
 * where nobody did, and where a browser sends a form that is not from this service. Thread-safe.
 */
public final class Access implements HttpPart {
    /** The field of a form with the word that {@link #csrf} gives. */
    public static final String CSRF_FIELD = "_csrf";

    /** The header with that word, for scripts of the page. */
    public static final String CSRF_HEADER = "X-CSRF-Token";

    /**
     * The header by which a route finds its caller: a key that nobody can guess, because parameters
     * of a request become headers of a message, too.
     */
    private static final String HEADER = "Jet-Caller";

    static final String KEY = "jet.identity";
    private static final Map<String, KnownCaller> UNDER_WAY = new ConcurrentHashMap<>();

    private static final Logger LOG = LoggerFactory.getLogger(Access.class);
    private static final String BEARER = "bearer ";
    private static final Set<HttpMethod> SAFE =
            Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
    private static final Duration USUAL_IDLE = Duration.ofHours(8);
    private static final Duration USUAL_LONGEST = Duration.ofDays(7);
    private static final int FORM_BYTES = 1 << 20;
    private static final int STORE_SECONDS = 30;
    private static final String FORM = "application/x-www-form-urlencoded";

    private final String prefix;
    private final TokenStore tokens;
    private final Optional<TrustedProxy> proxy;
    private final Sessions sessions;
    private final SessionCookie cookie;
    private final CsrfTokens csrf;
    private final FailedLogins failed;
    private final InstantSource clock;
    private final ScheduledExecutorService storing =
            Executors.newSingleThreadScheduledExecutor(Daemons.named("access"));

    /**
     * @param config has {@code tokens:}, {@code proxy:} and {@code sessions:}
     * @param state the folder of the service
     * @throws ConfigurationException where one of them cannot be used
     */
    public Access(ServiceConfig config, Path state) throws IOException {
        this(config, state, InstantSource.system());
    }

    Access(ServiceConfig config, Path state, InstantSource clock) throws IOException {
        this.clock = clock;
        this.prefix = config.prefix();
        this.tokens =
                new TokenStore(
                        config.section("tokens")
                                .map(value -> config.path(value, "tokens"))
                                .orElse(state.resolve(TokenStore.NAME)));
        this.proxy = config.section("proxy").map(value -> TrustedProxy.read(config, value));
        Map<String, YamlValue> keys =
                config.section("sessions")
                        .map(
                                value ->
                                        ServiceConfig.keys(
                                                value,
                                                "sessions",
                                                new TreeSet<>(Set.of("idle", "longest"))))
                        .orElse(Map.of());
        this.sessions =
                new Sessions(
                        state.resolve("sessions.json"),
                        time(keys, "idle", USUAL_IDLE),
                        time(keys, "longest", USUAL_LONGEST),
                        clock);
        this.cookie =
                new SessionCookie(
                        prefix, config.url().map(url -> url.startsWith("https:")).orElse(false));
        this.csrf = new CsrfTokens(state.resolve("csrf.key"));
        this.failed = new FailedLogins(clock);
        if (tokens.all().isEmpty() && proxy.isEmpty()) {
            LOG.warn(
                    "nobody can log in: {} has no tokens (jet-fanout token add makes one)",
                    tokens.file());
        }
        // until close
        var unused =
                storing.scheduleWithFixedDelay(
                        this::store, STORE_SECONDS, STORE_SECONDS, TimeUnit.SECONDS);
    }

    private static Duration time(Map<String, YamlValue> keys, String key, Duration usual) {
        YamlValue value = keys.get(key);
        if (value == null) {
            return usual;
        }
        Duration time = ServiceConfig.duration(value, key);
        if (time.isZero()) {
            throw value.error(key + " must be longer than 0s");
        }
        return time;
    }

    /**
     * Who sent the request that a route answers.
     *
     * @throws RefusedException 401 where nobody did, on a path that takes none
     */
    public static Caller of(Exchange exchange) {
        return identity(exchange).map(KnownCaller::caller).orElseThrow(Access::nobody);
    }

    /**
     * Who sent the request that a handler answers.
     *
     * @throws RefusedException 401 where nobody did, on a path that takes none
     */
    public static Caller of(RoutingContext context) {
        return find(context).orElseThrow(Access::nobody);
    }

    /** Who sent the request that a route answers; empty on a path that takes no caller. */
    public static Optional<Caller> find(Exchange exchange) {
        return identity(exchange).map(KnownCaller::caller);
    }

    /** Who sent the request that a handler answers; empty on a path that takes no caller. */
    public static Optional<Caller> find(RoutingContext context) {
        return Optional.ofNullable(context.<KnownCaller>get(KEY)).map(KnownCaller::caller);
    }

    /**
     * The word that each form of the page has in its hidden field {@link #CSRF_FIELD}, or each
     * request of its scripts in the header {@link #CSRF_HEADER}; empty for callers with a token.
     */
    public static String csrf(Exchange exchange) {
        return identity(exchange).flatMap(KnownCaller::csrf).orElse("");
    }

    /** Whether the caller has a session, which a form can end by {@code POST /logout}. */
    public static boolean hasSession(Exchange exchange) {
        return identity(exchange).flatMap(KnownCaller::session).isPresent();
    }

    /** As {@link #csrf(Exchange)}, for a handler. */
    public static String csrf(RoutingContext context) {
        return Optional.ofNullable(context.<KnownCaller>get(KEY))
                .flatMap(KnownCaller::csrf)
                .orElse("");
    }

    /** As {@link #hasSession(Exchange)}, for a handler. */
    public static boolean hasSession(RoutingContext context) {
        return Optional.ofNullable(context.<KnownCaller>get(KEY))
                .flatMap(KnownCaller::session)
                .isPresent();
    }

    private static Optional<KnownCaller> identity(Exchange exchange) {
        Object header = exchange.getMessage().getHeader(HEADER);
        // a parameter of this name makes a list of it
        Collection<?> keys = header instanceof Collection<?> many ? many : List.of(text(header));
        return keys.stream()
                .map(key -> UNDER_WAY.get(text(key)))
                .filter(it -> it != null)
                .findFirst();
    }

    private static String text(Object value) {
        return String.valueOf(value);
    }

    private static RefusedException nobody() {
        return new RefusedException(401, "log in, or send a token");
    }

    @Override
    public void handlers(Router router) {
        BodyHandler forms = BodyHandler.create(false).setBodyLimit(FORM_BYTES);
        LoginForm login = new LoginForm(prefix, tokens, sessions, cookie, failed, clock);
        router.route().order(ACCESS_ORDER).handler(this::identify);
        router.route().order(ACCESS_ORDER + 1).handler(context -> body(context, forms));
        router.route().order(ACCESS_ORDER + 2).handler(this::checkForm);
        router.post("/login").order(ACCESS_ORDER + 3).handler(login::login);
        router.post("/logout").order(ACCESS_ORDER + 3).handler(login::logout);
    }

    private void identify(RoutingContext context) {
        HttpServerRequest request = context.request();
        request.headers().remove(HEADER);
        String path = path(context);
        Optional<KnownCaller> found;
        try {
            found = identity(context);
        } catch (RefusedException e) {
            refuse(context, e.problem());
            return;
        } catch (ConfigurationException e) {
            // of the file with the tokens
            LOG.error("nobody is let in: {}", e.getMessage());
            refuse(context, new Problem(503, "the service cannot check who asks"));
            return;
        }
        if (found.isPresent()) {
            keep(context, found.get());
            context.next();
        } else if (PublicPaths.has(request.method().name(), path) || isOwnMetrics(context, path)) {
            context.next();
        } else {
            challenge(context, path);
        }
    }

    /** Whoever scrapes on this machine needs no token. */
    private static boolean isOwnMetrics(RoutingContext context, String path) {
        Peer peer = Peer.of(context);
        return path.equals("/metrics") && !peer.proxied() && Networks.isLoopback(peer.connection());
    }

    private static void keep(RoutingContext context, KnownCaller identity) {
        String key = TokenText.random();
        context.request().headers().set(HEADER, key);
        context.put(KEY, identity);
        UNDER_WAY.put(key, identity);
        context.addEndHandler(ended -> UNDER_WAY.remove(key));
    }

    private Optional<KnownCaller> identity(RoutingContext context) {
        HttpServerRequest request = context.request();
        Peer peer = Peer.of(context);
        Optional<String> session = cookie.take(context);
        Optional<Caller> proxied =
                proxy.flatMap(it -> it.caller(request.headers(), peer.connection()));
        String authorization = request.getHeader("Authorization");
        request.headers().remove("Authorization");
        if (authorization != null && authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            String text = authorization.substring(BEARER.length()).strip();
            return Optional.of(
                    new KnownCaller(byToken(text, peer), Optional.empty(), Optional.empty()));
        }
        if (proxied.isPresent()) {
            Caller user = proxied.get();
            return Optional.of(
                    new KnownCaller(user, Optional.of(csrf.ofUser(user.name())), Optional.empty()));
        }
        return session.flatMap(this::bySession);
    }

    private Caller byToken(String text, Peer peer) {
        Optional<AccessToken> token = tokens.find(text, clock.instant());
        if (token.isEmpty()) {
            int count = failed.add(peer.address());
            LOG.warn("a wrong or expired token from {} ({} in a row)", peer.address(), count);
            if (count > FailedLogins.MOST) {
                throw new RefusedException(429, "too many wrong tokens from your address");
            }
            throw new RefusedException(401, "this token is not known, or has expired");
        }
        return caller(token.get());
    }

    private Optional<KnownCaller> bySession(String id) {
        Instant now = clock.instant();
        return sessions.find(id)
                .flatMap(session -> tokens.findHash(session.token(), now))
                .map(
                        token ->
                                new KnownCaller(
                                        caller(token),
                                        Optional.of(csrf.ofSession(id)),
                                        Optional.of(id)));
    }

    private static Caller caller(AccessToken token) {
        return new Caller(token.name(), token.scopes(), token.templates());
    }

    /** Reads a form, for the word that it must have. */
    private void body(RoutingContext context, BodyHandler forms) {
        boolean form = isForm(context.request());
        if (form && (mustHaveWord(context) || isLogin(context))) {
            forms.handle(context);
        } else {
            context.next();
        }
    }

    private void checkForm(RoutingContext context) {
        if (!mustHaveWord(context)) {
            context.next();
            return;
        }
        HttpServerRequest request = context.request();
        String expected = context.<KnownCaller>get(KEY).csrf().orElseThrow();
        String given = request.getHeader(CSRF_HEADER);
        if (given == null && isForm(request)) {
            given = request.getFormAttribute(CSRF_FIELD);
        }
        if (isFromElsewhere(request) || !CsrfTokens.isSame(expected, given)) {
            LOG.warn(
                    "refused a form without the word of this service's pages, from {}",
                    Peer.of(context).address());
            refuseForm(
                    context,
                    isPage(request, path(context)),
                    "this form is not from a page of this service, or is too old: load the page"
                            + " again");
            return;
        }
        request.headers().remove(CSRF_HEADER);
        request.formAttributes().remove(CSRF_FIELD);
        context.next();
    }

    private static boolean isForm(HttpServerRequest request) {
        String type = request.getHeader("Content-Type");
        return type != null && type.toLowerCase(Locale.ROOT).startsWith(FORM);
    }

    private boolean mustHaveWord(RoutingContext context) {
        KnownCaller identity = context.get(KEY);
        return identity != null
                && identity.csrf().isPresent()
                && !SAFE.contains(context.request().method())
                && !isLogin(context);
    }

    /** The login itself needs a token, which no other site has. */
    private boolean isLogin(RoutingContext context) {
        return path(context).equals("/login");
    }

    /** Whether the browser says that another site's page sent this. */
    static boolean isFromElsewhere(HttpServerRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        return site != null && !Set.of("same-origin", "none").contains(site);
    }

    private void challenge(RoutingContext context, String path) {
        HttpServerRequest request = context.request();
        boolean page =
                isPage(request, path)
                        && (HttpMethod.GET.equals(request.method())
                                || HttpMethod.HEAD.equals(request.method()));
        if (page && "cross-site".equals(request.getHeader("Sec-Fetch-Site"))) {
            // a link of another site: the browser sends the cookie only when a page of ours asks
            context.response()
                    .putHeader("Content-Type", "text/html; charset=utf-8")
                    .end(
                            "<!doctype html><html lang=\"en\"><meta http-equiv=\"refresh\""
                                    + " content=\"0\"><title>jet-fanout</title></html>\n");
        } else if (page) {
            LoginForm.redirect(
                    context, prefix + "/login?next=" + LoginForm.encoded(local(request)));
        } else if (isPage(request, path)) {
            // a form after the end of its session; it is asked for again, because it was not kept
            LoginForm.redirect(
                    context,
                    prefix
                            + "/login?failed=ended"
                            + (isFromElsewhere(request) || path.equals("/logout")
                                    ? ""
                                    : "&next=" + LoginForm.encoded(path)));
        } else {
            context.response().putHeader("WWW-Authenticate", "Bearer realm=\"jet-fanout\"");
            refuse(context, nobody().problem());
        }
    }

    /** Whether a browser wants to show what it gets. */
    static boolean isPage(HttpServerRequest request, String path) {
        String accept = request.getHeader("Accept");
        return !path.startsWith("/api/")
                && accept != null
                && accept.contains("text/html")
                && request.getHeader("HX-Request") == null;
    }

    /** The path without the prefix, as the router reads it. */
    private String path(RoutingContext context) {
        return withoutPrefix(context.normalizedPath());
    }

    private String local(HttpServerRequest request) {
        return withoutPrefix(request.uri());
    }

    private String withoutPrefix(String path) {
        return !prefix.isEmpty() && path.startsWith(prefix + "/")
                ? path.substring(prefix.length())
                : path;
    }

    /**
     * Refuses a form.
     *
     * @param page whether a browser shows the answer: then the part that makes pages words it
     */
    static void refuseForm(RoutingContext context, boolean page, String detail) {
        RefusedException refused = new RefusedException(403, detail);
        if (page) {
            context.fail(403, refused);
        } else {
            refuse(context, refused.problem());
        }
    }

    static void refuse(RoutingContext context, Problem problem) {
        if (problem.status() == 429) {
            context.response()
                    .putHeader("Retry-After", Long.toString(FailedLogins.MEMORY.toSeconds()));
        }
        context.response()
                .setStatusCode(problem.status())
                .putHeader("Content-Type", Problem.TYPE)
                .end(problem.json(context.normalizedPath()));
    }

    private void store() {
        sessions.store();
        try {
            tokens.storeUses();
        } catch (ConfigurationException e) {
            LOG.warn("when tokens were used is not stored: {}", e.getMessage());
        }
    }

    @Override
    public Optional<String> unready() {
        try {
            tokens.all();
            return Optional.empty();
        } catch (ConfigurationException e) {
            return Optional.of("the file with the tokens cannot be used");
        }
    }

    @Override
    public void close() {
        storing.shutdown();
        store();
    }
}
