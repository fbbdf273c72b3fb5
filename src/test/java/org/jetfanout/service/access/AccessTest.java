package org.jetfanout.service.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.camel.Processor;
import org.jetfanout.service.config.ServiceConfig;
import org.jetfanout.service.http.HealthPart;
import org.jetfanout.service.http.HttpPart;
import org.jetfanout.service.http.HttpServer;
import org.jetfanout.token.Scope;
import org.jetfanout.token.TokenStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what, asked over HTTP: with a token, a session, as a user of a proxy, as nobody. */
class AccessTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final String ROUTE =
            """
            - route:
                id: echo
                from:
                  uri: platform-http:/echo
                  steps:
                    - process:
                        ref: echo
            - route:
                id: echo-run
                from:
                  uri: platform-http:/api/v1/echo
                  steps:
                    - process:
                        ref: echo.run
            """;

    private final HttpClient http =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();

    @TempDir private Path folder;
    private final SetClock clock = new SetClock();
    private TokenStore tokens;
    private HttpServer server;
    private String prefix = "";

    /** A clock that a test sets. */
    private static final class SetClock implements java.time.InstantSource {
        private Instant now = Instant.parse("2026-03-04T05:06:07Z");

        @Override
        public synchronized Instant instant() {
            return now;
        }

        synchronized void pass(Duration time) {
            now = now.plus(time);
        }
    }

    /** Says who asked, and which headers a route sees. */
    private static final class Echo implements HttpPart {
        @Override
        public Map<String, Object> beans() {
            Processor echo =
                    exchange -> {
                        String who =
                                Access.find(exchange)
                                        .map(
                                                caller ->
                                                        caller.name()
                                                                + " "
                                                                + Scope.text(caller.scopes()))
                                        .orElse("nobody");
                        String headers = String.valueOf(exchange.getMessage().getHeaders());
                        String word = Access.csrf(exchange);
                        exchange.getMessage().removeHeaders("*");
                        exchange.getMessage().setBody(who + "\n" + word + "\n" + headers);
                    };
            Processor run =
                    exchange -> {
                        Caller caller = Access.of(exchange);
                        caller.require(Scope.RUN);
                        caller.requireTemplate("deploy");
                        exchange.getMessage().removeHeaders("*");
                        exchange.getMessage().setBody("started");
                    };
            return Map.of("echo", echo, "echo.run", run);
        }
    }

    @BeforeEach
    void begin() throws IOException {
        Files.createDirectories(folder.resolve("routes"));
        Files.writeString(folder.resolve("routes/echo.camel.yaml"), ROUTE);
        Path secret = folder.resolve("proxy.secret");
        Files.writeString(secret, SECRET + "\n");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        tokens = new TokenStore(folder.resolve("tokens.json"));
    }

    @AfterEach
    void end() {
        if (server != null) {
            server.close();
        }
    }

    private void serve(String config) throws IOException {
        Path file = folder.resolve("service.yml");
        Files.writeString(file, "listen: 127.0.0.1:0\nroutes: routes\n" + config);
        ServiceConfig read = ServiceConfig.read(file);
        prefix = read.prefix();
        server =
                HttpServer.start(
                        read,
                        List.of(
                                new HealthPart(List::of),
                                new Access(read, folder, clock),
                                new Echo()));
    }

    private String token(String name, Scope... scopes) {
        return tokens.add(
                name, Set.of(scopes), Optional.empty(), clock.instant(), Optional.empty());
    }

    private HttpResponse<String> send(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + server.port() + prefix + path))
                        .timeout(Duration.ofSeconds(30))
                        .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path, String... headers)
            throws IOException, InterruptedException {
        return send("GET", path, "", headers);
    }

    private HttpResponse<String> form(String path, Map<String, String> fields, String... headers)
            throws IOException, InterruptedException {
        List<String> pairs = new ArrayList<>();
        fields.forEach(
                (name, value) ->
                        pairs.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8)));
        List<String> all = new ArrayList<>(List.of(headers));
        all.addAll(List.of("Content-Type", "application/x-www-form-urlencoded"));
        return send("POST", path, String.join("&", pairs), all.toArray(String[]::new));
    }

    /** The cookie of a session, as the browser sends it. */
    private String login(String token) throws IOException, InterruptedException {
        HttpResponse<String> answer = form("/login", Map.of("token", token));
        assertThat(answer.statusCode()).isEqualTo(303);
        return answer.headers().firstValue("Set-Cookie").orElseThrow().replaceFirst(";.*", "");
    }

    private static String first(HttpResponse<String> answer) {
        return answer.body().lines().findFirst().orElse("");
    }

    private static String word(HttpResponse<String> page) {
        return page.body().lines().toList().get(1);
    }

    @Test
    void aTokenSaysWhoItIsAndNoRouteSeesIt() throws Exception {
        serve("");
        String text = token("ci", Scope.READ, Scope.RUN);
        HttpResponse<String> answer = get("/echo", "Authorization", "Bearer " + text);
        assertThat(first(answer)).isEqualTo("ci read, run");
        assertThat(word(answer)).isEmpty();
        assertThat(answer.body()).doesNotContain(text).doesNotContainIgnoringCase("authorization");
        assertThat(first(get("/echo", "Authorization", "bearer  " + text))).startsWith("ci ");
        // no browser sends it by itself, so it needs no word
        assertThat(send("POST", "/echo", "{}", "Authorization", "Bearer " + text).statusCode())
                .isEqualTo(200);
        tokens.remove("ci");
        assertThat(get("/echo", "Authorization", "Bearer " + text).statusCode()).isEqualTo(401);
    }

    @Test
    void nobodyGetsAProblemOrTheLoginPage() throws Exception {
        serve("");
        HttpResponse<String> program = get("/api/v1/echo");
        assertThat(program.statusCode()).isEqualTo(401);
        assertThat(program.headers().firstValue("Content-Type"))
                .contains("application/problem+json");
        assertThat(program.headers().firstValue("WWW-Authenticate"))
                .contains("Bearer realm=\"jet-fanout\"");
        assertThat(program.body()).contains("\"status\":401").doesNotContain("\tat ");
        HttpResponse<String> browser = get("/echo?a=b%20c", "Accept", "text/html,*/*");
        assertThat(browser.statusCode()).isEqualTo(303);
        assertThat(browser.headers().firstValue("Location"))
                .contains("/login?next=%2Fecho%3Fa%3Db%2520c");
        assertThat(get("/echo", "Accept", "text/html", "HX-Request", "true").statusCode())
                .isEqualTo(401);
        assertThat(get("/api/v1/echo", "Accept", "text/html").statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/assets/../echo",
                "/assets/%2e%2e/echo",
                "/health/live/../../echo",
                "//echo",
                "/./echo",
                "/login/../echo",
                "/echo/",
                "/echo;x=/login",
                "/%65cho",
                "/login/echo"
            })
    void noPathLeadsAroundTheQuestion(String path) throws Exception {
        serve("");
        assertThat(get(path).statusCode()).isIn(401, 404);
        assertThat(get(path).body()).doesNotContain("nobody\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?Jet-Caller=ci",
                "?jet-caller=ci&jet-caller=x",
                "?Authorization=Bearer%20x",
                "?token=x"
            })
    void parametersNameNoCaller(String query) throws Exception {
        serve("");
        token("ci", Scope.READ);
        assertThat(get("/echo" + query).statusCode()).isEqualTo(401);
        assertThat(get("/echo" + query, "Jet-Caller", "ci").statusCode()).isEqualTo(401);
        // and they do not hide the one that there is
        String text = token("other", Scope.READ);
        assertThat(first(get("/echo" + query, "Authorization", "Bearer " + text)))
                .isEqualTo("other read");
    }

    @Test
    void scopesAndTemplatesAreRefusedWithAReason() throws Exception {
        serve("");
        String reader = token("reader", Scope.READ);
        HttpResponse<String> answer = get("/api/v1/echo", "Authorization", "Bearer " + reader);
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("'reader' lacks the scope run");
        String other =
                tokens.add(
                        "other",
                        Set.of(Scope.RUN),
                        Optional.of(Set.of("test")),
                        clock.instant(),
                        Optional.empty());
        assertThat(get("/api/v1/echo", "Authorization", "Bearer " + other).body())
                .contains("'other' may not use the template 'deploy'");
    }

    @Test
    void aSessionBeginsWithTheFormAndEndsWithTheOther() throws Exception {
        serve("");
        String text = token("ann", Scope.READ);
        HttpResponse<String> in = form("/login", Map.of("token", text, "next", "/runs?x=1"));
        assertThat(in.headers().firstValue("Location")).contains("/runs?x=1");
        String set = in.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(set)
                .containsIgnoringCase("; HttpOnly")
                .contains("SameSite=Strict", "Path=/", "Max-Age=")
                .doesNotContain("Secure")
                .doesNotContain(text);
        String cookie = set.replaceFirst(";.*", "");
        HttpResponse<String> page = get("/echo", "Cookie", cookie + "; theme=dark");
        assertThat(first(page)).isEqualTo("ann read");
        assertThat(page.body()).doesNotContain(cookie.substring(cookie.indexOf('=') + 1));

        assertThat(form("/logout", Map.of("_csrf", "x"), "Cookie", cookie).statusCode())
                .isEqualTo(403);
        HttpResponse<String> out = form("/logout", Map.of("_csrf", word(page)), "Cookie", cookie);
        assertThat(out.statusCode()).isEqualTo(303);
        assertThat(out.headers().firstValue("Set-Cookie").orElseThrow()).contains("Max-Age=0");
        assertThat(get("/echo", "Cookie", cookie).statusCode()).isEqualTo(401);
    }

    @Test
    void aFormNeedsTheWordOfItsOwnSession() throws Exception {
        serve("");
        String ann = login(token("ann", Scope.RUN));
        String bob = login(token("bob", Scope.RUN));
        String word = word(get("/echo", "Cookie", ann));
        assertThat(first(form("/echo", Map.of("_csrf", word, "a", "b"), "Cookie", ann)))
                .isEqualTo("ann run");
        assertThat(send("POST", "/echo", "{}", "Cookie", ann, "X-CSRF-Token", word).statusCode())
                .isEqualTo(200);
        for (String method : List.of("POST", "PUT", "DELETE", "PATCH")) {
            assertThat(send(method, "/echo", "", "Cookie", ann).statusCode()).isEqualTo(403);
        }
        assertThat(form("/echo", Map.of(), "Cookie", ann).statusCode()).isEqualTo(403);
        // no part here makes a page of it
        HttpResponse<String> browser =
                form("/echo", Map.of(), "Cookie", ann, "Accept", "text/html");
        assertThat(browser.statusCode()).isEqualTo(403);
        assertThat(browser.body()).contains("load the page again");
        assertThat(form("/echo", Map.of("_csrf", word), "Cookie", bob).statusCode()).isEqualTo(403);
        // in the address it would stand in logs
        assertThat(send("POST", "/echo?_csrf=" + word, "", "Cookie", ann).statusCode())
                .isEqualTo(403);
        assertThat(
                        form(
                                        "/echo",
                                        Map.of("_csrf", word),
                                        "Cookie",
                                        ann,
                                        "Sec-Fetch-Site",
                                        "cross-site")
                                .statusCode())
                .isEqualTo(403);
    }

    @Test
    void aSessionEndsByItselfWithItsTokenAndAtARestartItGoesOn() throws Exception {
        serve("sessions: {idle: 1h, longest: 3h}");
        String cookie = login(token("ann", Scope.READ));
        server.close();
        assertThat(Files.readString(folder.resolve("sessions.json")))
                .doesNotContain(cookie.substring(cookie.indexOf('=') + 1));
        for (String file : List.of("sessions.json", "csrf.key")) {
            assertThat(
                            PosixFilePermissions.toString(
                                    Files.getPosixFilePermissions(folder.resolve(file))))
                    .isEqualTo("rw-------");
        }
        serve("sessions: {idle: 1h, longest: 3h}");
        assertThat(get("/echo", "Cookie", cookie).statusCode()).isEqualTo(200);
        for (int i = 0; i < 3; i++) {
            clock.pass(Duration.ofMinutes(59));
            assertThat(get("/echo", "Cookie", cookie).statusCode()).isEqualTo(200);
        }
        clock.pass(Duration.ofMinutes(4));
        assertThat(get("/echo", "Cookie", cookie).statusCode()).as("longest").isEqualTo(401);
        String idle = login(token("bob", Scope.READ));
        clock.pass(Duration.ofMinutes(61));
        assertThat(get("/echo", "Cookie", idle).statusCode()).as("idle").isEqualTo(401);
        String removed = login(token("cid", Scope.READ));
        tokens.remove("cid");
        assertThat(get("/echo", "Cookie", removed).statusCode()).as("removed").isEqualTo(401);
    }

    @Test
    void wrongTokensAreCountedForEachAddress() throws Exception {
        serve("trusted_proxies: [127.0.0.1]");
        String text = token("ann", Scope.READ);
        for (int i = 0; i < FailedLogins.MOST; i++) {
            assertThat(form("/login", Map.of("token", "jft_no")).headers().firstValue("Location"))
                    .contains("/login?failed=1&next=%2F");
        }
        assertThat(
                        form("/login", Map.of("token", text), "Accept", "text/html")
                                .headers()
                                .firstValue("Location"))
                .contains("/login?failed=later&next=%2F");
        HttpResponse<String> later = form("/login", Map.of("token", text));
        assertThat(later.statusCode()).isEqualTo(429);
        assertThat(later.headers().firstValue("Retry-After")).contains("60");
        assertThat(
                        form("/login", Map.of("token", text), "X-Forwarded-For", "192.0.2.7")
                                .statusCode())
                .as("another address")
                .isEqualTo(303);
        assertThat(get("/echo", "Authorization", "Bearer jft_no").statusCode()).isEqualTo(429);
        assertThat(get("/echo", "Authorization", "Bearer " + text).statusCode())
                .as("programs go on")
                .isEqualTo(200);
        clock.pass(FailedLogins.MEMORY.plusSeconds(1));
        assertThat(form("/login", Map.of("token", text)).statusCode()).isEqualTo(303);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example/",
                "//evil.example/",
                "/\\evil.example/",
                "javascript:alert(1)",
                "",
                "/a\r\nSet-Cookie: x=y",
                "/a b",
                "runs"
            })
    void theLoginLeadsNowhereElse(String to) throws Exception {
        serve("");
        HttpResponse<String> answer =
                form("/login", Map.of("token", token("ann", Scope.READ), "next", to));
        assertThat(answer.headers().firstValue("Location")).contains("/");
        assertThat(answer.headers().allValues("Set-Cookie")).hasSize(1);
    }

    @Test
    void behindAPrefixEverythingIsTheSame() throws Exception {
        serve("prefix: /fanout\nurl: https://ops.example.org/fanout");
        HttpResponse<String> browser = get("/echo", "Accept", "text/html");
        assertThat(browser.headers().firstValue("Location")).contains("/fanout/login?next=%2Fecho");
        HttpResponse<String> in =
                form("/login", Map.of("token", token("ann", Scope.READ), "next", "/echo"));
        assertThat(in.headers().firstValue("Location")).contains("/fanout/echo");
        assertThat(in.headers().firstValue("Set-Cookie").orElseThrow())
                .contains("Path=/fanout/", "Secure");
    }

    @Test
    void aLinkOfAnotherSiteFindsTheSession() throws Exception {
        serve("");
        HttpResponse<String> page =
                get("/echo", "Accept", "text/html", "Sec-Fetch-Site", "cross-site");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("http-equiv=\"refresh\"").doesNotContain("nobody");
    }

    private static final String PROXY =
            """
            proxy:
              peers: [%s]
              header: X-User
              secret_file: proxy.secret
              scopes: {ann: [read, run], "*": [read]}
              templates: {ann: [deploy]}
            """;

    @Test
    void aTrustedProxyNamesTheUser() throws Exception {
        serve(PROXY.formatted("127.0.0.0/8"));
        String[] ann = {"X-User", "ann", "X-Proxy-Secret", SECRET};
        HttpResponse<String> answer = get("/echo", ann);
        assertThat(first(answer)).isEqualTo("ann read, run");
        assertThat(answer.body()).doesNotContain(SECRET);
        assertThat(first(get("/echo", "X-User", "bob", "X-Proxy-Secret", SECRET)))
                .isEqualTo("bob read");
        // the browser logs in at the proxy by itself, so forms need the word
        assertThat(form("/echo", Map.of(), ann).statusCode()).isEqualTo(403);
        assertThat(form("/echo", Map.of("_csrf", word(answer)), ann).statusCode()).isEqualTo(200);
        assertThat(
                        form(
                                        "/echo",
                                        Map.of("_csrf", word(answer)),
                                        "X-User",
                                        "bob",
                                        "X-Proxy-Secret",
                                        SECRET)
                                .statusCode())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ann|",
                "ann|wrong-0123456789abcdef",
                "`a\tb`|" + SECRET,
                "` `|" + SECRET,
                "schedule:deploy|" + SECRET,
                "webhook:x|" + SECRET
            })
    void withoutTheSecretOrAPlainNameTheHeaderIsNothing(String user, String secret)
            throws Exception {
        serve(PROXY.formatted("127.0.0.1"));
        Stream<String> headers =
                Stream.concat(
                        Stream.of("X-User", user),
                        secret == null ? Stream.of() : Stream.of("X-Proxy-Secret", secret));
        assertThat(get("/echo", headers.toArray(String[]::new)).statusCode()).isEqualTo(401);
    }

    @Test
    void fromElsewhereOrTwiceTheHeaderIsNothing() throws Exception {
        serve(PROXY.formatted("192.0.2.1") + "trusted_proxies: [127.0.0.1]\n");
        String[] ann = {"X-User", "ann", "X-Proxy-Secret", SECRET, "X-Forwarded-For", "192.0.2.1"};
        assertThat(get("/echo", ann).statusCode()).isEqualTo(401);
        String text = token("ci", Scope.READ);
        HttpResponse<String> other =
                get(
                        "/echo",
                        "X-User",
                        "ann",
                        "X-Proxy-Secret",
                        SECRET,
                        "Authorization",
                        "Bearer " + text);
        assertThat(first(other)).isEqualTo("ci read");
        assertThat(other.body()).doesNotContain(SECRET);
        server.close();
        serve(PROXY.formatted("127.0.0.1"));
        assertThat(
                        get("/echo", "X-User", "bob", "X-User", "ann", "X-Proxy-Secret", SECRET)
                                .statusCode())
                .isEqualTo(401);
    }

    @Test
    void aBrokenFileOfTokensLetsNobodyIn() throws Exception {
        serve("");
        String text = token("ci", Scope.READ);
        Files.writeString(tokens.file(), "{");
        assertThat(get("/echo", "Authorization", "Bearer " + text).statusCode()).isEqualTo(503);
        assertThat(get("/echo").statusCode()).isEqualTo(401);
    }
}
