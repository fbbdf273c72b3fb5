package org.jetfanout.service.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jetfanout.service.ServedRuns;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a browser shows, and a program gets, where a form is refused. */
class RefusedFormsTest {
    private static final Pattern WORD = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");
    private static final String[] BROWSER = {"Accept", "text/html,application/xhtml+xml"};

    private final HttpClient http =
            HttpClient.newBuilder()
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .cookieHandler(new CookieManager())
                    .build();

    private ServedRuns served;

    @BeforeEach
    void serve(@TempDir Path folder) throws Exception {
        served =
                new ServedRuns(
                        folder, 10, "templates: {list: {command: [exec, -i, inventory, --, ls]}}");
    }

    @AfterEach
    void stop() {
        served.close();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(served.page(path)).headers(BROWSER).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> form(String path, Map<String, String> fields, String... headers)
            throws Exception {
        String body =
                fields.entrySet().stream()
                        .map(
                                field ->
                                        field.getKey()
                                                + "="
                                                + URLEncoder.encode(
                                                        field.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&"));
        URI address = served.page(path);
        return http.send(
                HttpRequest.newBuilder(address)
                        .headers(headers)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private String word(String path) throws Exception {
        Matcher word = WORD.matcher(get(path).body());
        assertThat(word.find()).isTrue();
        return word.group(1);
    }

    private void logIn() throws Exception {
        assertThat(form("/login", Map.of("token", served.token()), BROWSER).statusCode())
                .isEqualTo(303);
    }

    private static String type(HttpResponse<String> answer) {
        return answer.headers().firstValue("Content-Type").orElse("");
    }

    @Test
    void aWrongOrMissingWordIsAPageInPlainWords() throws Exception {
        logIn();
        for (Map<String, String> fields :
                List.of(Map.of("_csrf", "guessed"), Map.<String, String>of())) {
            HttpResponse<String> answer = form("/start/list", fields, BROWSER);
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(type(answer)).startsWith("text/html");
            assertThat(answer.body())
                    .contains("<h1>Nothing was done</h1>")
                    .contains("This form is not from a page of this service, or is too old")
                    .contains("<a href=\"/fanout/start/list\">Load the page again</a>")
                    // it is a page like the others
                    .contains("everything")
                    .contains("/fanout/logout");
            assertThat(answer.headers().firstValue("Content-Security-Policy")).isPresent();
            assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
        }
        HttpResponse<String> elsewhere =
                form(
                        "/start/list",
                        Map.of("_csrf", word("/start/list")),
                        "Accept",
                        "text/html",
                        "Sec-Fetch-Site",
                        "cross-site");
        assertThat(elsewhere.statusCode()).isEqualTo(403);
        assertThat(type(elsewhere)).startsWith("text/html");
        assertThat(get("/runs").body()).contains("There are no runs yet");
    }

    @Test
    void aFormOfALoginBeforeIsTooOld() throws Exception {
        logIn();
        String word = word("/start/list");
        logIn();
        assertThat(form("/start/list", Map.of("_csrf", word), BROWSER).body())
                .contains("Load the page again");
    }

    @Test
    void afterTheEndOfASessionTheLoginSaysSoAndLeadsBack() throws Exception {
        logIn();
        String word = word("/start/list");
        assertThat(form("/logout", Map.of("_csrf", word), BROWSER).statusCode()).isEqualTo(303);
        HttpResponse<String> answer = form("/start/list", Map.of("_csrf", word), BROWSER);
        assertThat(answer.statusCode()).isEqualTo(303);
        String login = answer.headers().firstValue("Location").orElseThrow();
        assertThat(login).isEqualTo("/fanout/login?failed=ended&next=%2Fstart%2Flist");
        assertThat(get(login.replaceFirst("/fanout", "")).body())
                .contains("Nothing was done, because you are not logged in any more.")
                .contains("name=\"next\" value=\"/start/list\"");
        assertThat(form("/logout", Map.of("_csrf", word), BROWSER).headers().firstValue("Location"))
                .contains("/fanout/login?failed=ended");
    }

    @Test
    void aLogoutThatIsRefusedLeadsToNoPageOfItsOwn() throws Exception {
        logIn();
        HttpResponse<String> answer = form("/logout", Map.of(), BROWSER);
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("To the runs").doesNotContain("Load the page again");
    }

    @Test
    void aLoginOfAnotherSiteIsRefusedWithAPage() throws Exception {
        HttpResponse<String> answer =
                form(
                        "/login",
                        Map.of("token", served.token()),
                        "Accept",
                        "text/html",
                        "Sec-Fetch-Site",
                        "cross-site");
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("This form is not from this service");
        assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
    }

    @Test
    void programsAndScriptsGetTheProblem() throws Exception {
        logIn();
        for (String[] headers :
                new String[][] {
                    {"Accept", "application/json"}, {"Accept", "text/html", "HX-Request", "true"}
                }) {
            HttpResponse<String> answer = form("/start/list", Map.of(), headers);
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(type(answer)).isEqualTo("application/problem+json");
            assertThat(answer.body()).contains("load the page again");
        }
        HttpResponse<String> api = form("/api/v1/runs/x/cancel", Map.of(), "Accept", "text/html");
        assertThat(api.statusCode()).isEqualTo(403);
        assertThat(type(api)).isEqualTo("application/problem+json");
    }
}
