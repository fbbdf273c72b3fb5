package org.jetfanout.service.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jetfanout.record.BatchState;
import org.jetfanout.runner.Outcome;
import org.jetfanout.service.RecordedRun;
import org.jetfanout.service.ServedRuns;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The list of runs where the folder has 200 that have ended, and one that goes on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LongListTest {
    private static final int ENDED = 200;

    /** Generous: a machine with other work. Without other work it is a small part of this. */
    private static final Duration MOST = Duration.ofSeconds(10);

    private static final Pattern ROW =
            Pattern.compile("<tr role=\"row\" id=\"r-([0-9a-f-]{36})\">");
    private static final Pattern OLDER = Pattern.compile("<a href=\"([^\"]+)\">Older runs</a>");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir static Path folder;

    /** Newest first. */
    private final List<String> all = new ArrayList<>();

    private final List<Duration> times = new ArrayList<>();

    // Mutable state
    private ServedRuns served;
    private RecordedRun goes;

    @BeforeAll
    void begin() throws IOException, InterruptedException {
        served = new ServedRuns(folder, 10, "");
        for (int i = 0; i < ENDED; i++) {
            try (RecordedRun run = run(i)) {
                // each tenth has trouble; each fourth is of anna and a template
                run.request(
                                i % 4 == 0
                                        ? Map.of("startedBy", "anna", "startedFrom", "deploy")
                                        : Map.of())
                        .plan(1, 3);
                run.ends(
                        1,
                        BatchState.ENDED,
                        i % 10 == 0
                                ? RecordedRun.result("host1-00002", Outcome.FAILED, "rc 2")
                                : Map.of());
                run.end();
            }
        }
        goes = run(ENDED).request(Map.of()).plan(1, 3);
        goes.state(1, BatchState.RUNNING);
        Collections.reverse(all);
        measure();
    }

    private RecordedRun run(int number) {
        String guid = "%08x-0000-4000-8000-000000000000".formatted(number * 0x9e3779b1);
        all.add(guid);
        return new RecordedRun(
                served.runs(), guid, RecordedRun.START.plus(Duration.ofMinutes(number)));
    }

    @AfterAll
    void end() {
        served.close();
        goes.close();
    }

    private String get(URI uri) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                served.client()
                        .send(
                                HttpRequest.newBuilder(uri)
                                        .header("Authorization", "Bearer " + served.token())
                                        .timeout(Duration.ofSeconds(60))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private JsonNode list(String query) throws IOException, InterruptedException {
        return JSON.readTree(get(served.uri("/runs?" + query)));
    }

    private static List<String> rows(String page) {
        return ROW.matcher(page).results().map(row -> row.group(1)).toList();
    }

    /** An attribute as a browser reads it. */
    private static String plain(String attribute) {
        return Pattern.compile("&#(x?[0-9a-fA-F]+);")
                .matcher(attribute.replace("&amp;", "&"))
                .replaceAll(
                        code ->
                                Character.toString(
                                        Integer.decode(code.group(1).replace("x", "0x"))));
    }

    /** All rows, page by page, as somebody who follows "Older runs" sees them. */
    private List<List<String>> pages(String query) throws IOException, InterruptedException {
        List<List<String>> pages = new ArrayList<>();
        String next = query;
        while (!next.isEmpty()) {
            String page = get(served.page("/runs" + next));
            pages.add(rows(page));
            assertThat(pages).as("pages that end, not " + next).hasSizeLessThan(10);
            next =
                    OLDER.matcher(page)
                            .results()
                            .map(link -> plain(link.group(1)))
                            .findFirst()
                            .orElse("");
        }
        return pages;
    }

    @Test
    void theApiGivesAllOfThemInOneAnswerOrInPages() throws Exception {
        JsonNode one = list("limit=500");
        assertThat(one.findValuesAsText("guid")).isEqualTo(all);
        assertThat(one.path("total").asInt()).isEqualTo(ENDED + 1);
        assertThat(one.path("next").asText("")).isEmpty();
        assertThat(list("").findValuesAsText("guid")).isEqualTo(all.subList(0, 50));
        List<String> paged = new ArrayList<>();
        String after = "";
        do {
            JsonNode page = list("limit=60" + after);
            assertThat(page.path("total").asInt()).isEqualTo(ENDED + 1);
            paged.addAll(page.findValuesAsText("guid"));
            String next = page.path("next").asText("");
            after = next.isEmpty() ? "" : "&after=" + next;
        } while (!after.isEmpty());
        assertThat(paged).isEqualTo(all);
    }

    @Test
    void theApiFiltersAllOfThemNotAPageOnly() throws Exception {
        assertThat(list("state=running&limit=1").findValuesAsText("guid"))
                .containsExactly(all.get(0));
        assertThat(list("state=ended&limit=1").path("total").asInt()).isEqualTo(ENDED);
        assertThat(list("result=trouble&limit=500").findValuesAsText("guid"))
                .hasSize(ENDED / 10)
                .endsWith(all.get(ENDED));
        assertThat(list("template=deploy&who=anna&limit=1").path("total").asInt())
                .isEqualTo(ENDED / 4);
        assertThat(list("text=" + all.get(ENDED)).findValuesAsText("guid"))
                .containsExactly(all.get(ENDED));
        assertThat(list("until=2026-01-02T03:14:05Z").path("total").asInt()).isEqualTo(10);
    }

    @Test
    void thePageShowsAllOfThemFiftyAtATime() throws Exception {
        List<List<String>> pages = pages("?");
        assertThat(pages).extracting(List::size).containsExactly(50, 50, 50, 50, 1);
        assertThat(pages.stream().flatMap(List::stream)).containsExactlyElementsOf(all);
        assertThat(get(served.page("/runs"))).contains("201 runs, 1 under way");
    }

    @Test
    void thePageKeepsItsFilterOverThePages() throws Exception {
        List<List<String>> pages = pages("?state=ok");
        assertThat(pages).extracting(List::size).containsExactly(50, 50, 50, 30);
        assertThat(pages.stream().flatMap(List::stream))
                .doesNotHaveDuplicates()
                .doesNotContain(all.get(0), all.get(ENDED));
        assertThat(pages("?state=under+way")).containsExactly(List.of(all.get(0)));
        assertThat(pages("?template=deploy&state=trouble").get(0)).hasSize(ENDED / 20);
    }

    @Test
    void theListComesSoonAlsoTheFirstTime() {
        assertThat(times).allMatch(time -> time.compareTo(MOST) < 0);
    }

    /** How long a service takes that has not read a record yet, and then again. */
    private void measure() throws IOException, InterruptedException {
        for (URI uri :
                List.of(
                        served.uri("/runs?limit=500"),
                        served.uri("/runs?limit=500"),
                        served.page("/runs"),
                        served.page("/runs"))) {
            long begin = System.nanoTime();
            get(uri);
            times.add(Duration.ofNanos(System.nanoTime() - begin));
        }
        System.out.printf(
                "list of %d runs: by the API %d ms, then %d ms; by the page %d ms, then %d ms%n",
                all.size(),
                times.get(0).toMillis(),
                times.get(1).toMillis(),
                times.get(2).toMillis(),
                times.get(3).toMillis());
    }
}
