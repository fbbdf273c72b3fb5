package org.jetfanout.service.lines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jetfanout.service.RecordedRun.id;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.RunRecord;
import org.jetfanout.service.RecordedRun;
import org.jetfanout.service.http.RefusedException;
import org.jetfanout.service.lines.LinesView.ShownLine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineFeedsTest {
    private static final String GUID = "11111111-2222-4333-8444-555555555555";
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir Path folder;

    private RecordedRun run;
    private LineFeeds feeds;

    @BeforeEach
    void begin() {
        run = new RecordedRun(folder.resolve("runs"), GUID).request(Map.of()).plan(3, 4);
        run.state(1, BatchState.RUNNING).state(2, BatchState.RUNNING);
        feeds = feeds();
    }

    @AfterEach
    void end() {
        feeds.close();
        run.close();
    }

    private LineFeeds feeds() {
        return new LineFeeds(
                folder.resolve("lines"),
                guid -> {
                    Path record = folder.resolve("runs").resolve(guid);
                    if (!Files.isDirectory(record)) {
                        throw new IllegalArgumentException("no run " + guid);
                    }
                    return record;
                });
    }

    private static SearchBudget budget() {
        return new SearchBudget(LONG, Long.MAX_VALUE);
    }

    private static LinesFilter where(String host, String worker, String level, String text) {
        return new LinesFilter(1, 0, 100, host, worker, level, text, "");
    }

    private static LinesFilter pattern(String pattern) {
        return new LinesFilter(1, 0, 100, "", "", "", "", pattern);
    }

    private static List<String> texts(LinesView view) {
        return view.lines().stream().map(ShownLine::text).toList();
    }

    @Test
    void numbersLinesInTheOrderOfTheirArrival() {
        run.says(1, "one\ntwo\n").later(Duration.ofSeconds(1)).says(2, "three\n");
        run.later(Duration.ofSeconds(1)).says(1, "four\nnot yet a li");
        try (LineFeeds.Feed feed = feeds.open(GUID)) {
            assertThat(feed.await(4, LONG)).isTrue();
            List<ShownLine> lines = feed.range(1, 100);
            assertThat(lines)
                    .extracting(ShownLine::text)
                    .containsExactly("one", "two", "three", "four");
            assertThat(lines).extracting(ShownLine::number).containsExactly(1L, 2L, 3L, 4L);
            assertThat(lines).extracting(ShownLine::worker).containsExactly("w1", "w1", "w2", "w1");
            assertThat(lines.get(3).id()).isEqualTo("4.0001.8");
            assertThat(lines.get(2).time()).isEqualTo(RecordedRun.START.plusSeconds(1));
            assertThat(feed.range(2, 2))
                    .extracting(ShownLine::text)
                    .containsExactly("two", "three");
            assertThat(feed.range(5, 2)).isEmpty();
            assertThat(feed.isComplete()).isFalse();
            run.says(1, "ne\nlast, without a break");
            assertThat(feed.await(5, LONG)).isTrue();
        }
    }

    @Test
    void tellsOfNewLinesAndOfTheEnd() throws InterruptedException {
        CountDownLatch heard = new CountDownLatch(1);
        try (LineFeeds.Feed feed = feeds.open(GUID)) {
            feed.await(1, LONG);
            CountDownLatch complete = new CountDownLatch(1);
            feed.onChange(
                    () -> {
                        if (feed.count() > 0) {
                            heard.countDown();
                        }
                        if (feed.isComplete()) {
                            complete.countDown();
                        }
                    });
            run.says(1, "new\nlast, without a break");
            assertThat(heard.await(60, TimeUnit.SECONDS)).isTrue();
            run.end();
            assertThat(complete.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(feed.range(1, 10))
                    .extracting(ShownLine::text)
                    .containsExactly("new", "last, without a break");
        }
    }

    @Test
    void goesOnWithTheIndexOfAnEarlierProcess() {
        run.says(1, "one\n").says(2, "two\n");
        try (LineFeeds.Feed feed = feeds.open(GUID)) {
            feed.await(2, LONG);
        }
        feeds.close();
        run.says(1, "three\n");
        feeds = feeds();
        try (LineFeeds.Feed feed = feeds.open(GUID)) {
            feed.await(3, LONG);
            assertThat(feed.range(1, 10))
                    .extracting(ShownLine::text)
                    .containsExactly("one", "two", "three");
            assertThat(feed.range(3, 1).get(0).id()).isEqualTo("3.0001.4");
        }
    }

    @Test
    void makesTheIndexAgainWhereItIsBroken() throws IOException {
        run.says(1, "one\ntwo\n");
        try (LineFeeds.Feed feed = feeds.open(GUID)) {
            feed.await(2, LONG);
        }
        feeds.close();
        // as after a power cut: room that was never written
        Files.write(folder.resolve("lines").resolve(GUID).resolve("index"), new byte[16 * 100 + 5]);
        feeds = feeds();
        try (LineFeeds.Feed feed = feeds.open(GUID)) {
            feed.await(2, LONG);
            assertThat(feed.range(1, 10)).extracting(ShownLine::text).containsExactly("one", "two");
        }
    }

    @Test
    void findsALineByItsIdThoughTheNumbersChanged() {
        run.says(1, "one\ntwo\nthree\n");
        try (LineFeeds.Feed feed = feeds.open(GUID)) {
            feed.await(3, LONG);
            assertThat(feed.number(LineId.of("2." + id(1) + ".4").orElseThrow())).hasValue(2L);
            assertThat(feed.number(LineId.of("77." + id(1) + ".4").orElseThrow())).hasValue(2L);
            assertThat(feed.number(LineId.of("2." + id(1) + ".5").orElseThrow())).isEmpty();
            assertThat(feed.number(LineId.of("2.9999.4").orElseThrow())).isEmpty();
        }
        for (String wrong :
                List.of("", "1", "1.2", ".a.1", "1..1", "-1.a.1", "1.a.-1", "1./../x.2", "x.a.1")) {
            assertThat(LineId.of(wrong)).as(wrong).isEmpty();
        }
    }

    @Test
    void searchesByHostWorkerLevelTextAndPattern() {
        String host = run.hosts(1).get(1);
        run.says(1, host + ": Hello there\n" + run.hosts(1).get(0) + ": other\n");
        run.says(2, "hello of w2\n" + host + ": a host of another worker\n");
        try (LineFeeds.Feed feed = feeds.open(GUID)) {
            feed.await(4, LONG);
            assertThat(texts(feed.search(where(host, "", "", ""), budget())))
                    .containsExactly(host + ": Hello there");
            assertThat(feed.search(where("", "w2", "", ""), budget()).lines()).hasSize(2);
            assertThat(feed.search(where("", "", "", "HELLO"), budget()).lines()).hasSize(2);
            assertThat(feed.search(where("", "w1", "", "HELLO"), budget()).lines()).hasSize(1);
            assertThat(feed.search(where("nobody", "", "", ""), budget()).lines()).isEmpty();
            assertThat(texts(feed.search(pattern("^hello .. w\\d$"), budget())))
                    .containsExactly("hello of w2");
            assertThatThrownBy(() -> feed.search(pattern("(["), budget()))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("not a regular expression");
        }
    }

    @Test
    void searchesBackwardsAndForwardsInPages() throws IOException {
        run.lines(2, 5_000);
        try (LineFeeds.Feed feed = feeds.open(GUID)) {
            feed.await(5_000, LONG);
            LinesFilter last = new LinesFilter(0, Long.MAX_VALUE, 10, "", "", "", "7 of", "");
            LinesView page = feed.search(last, budget());
            assertThat(page.lines())
                    .extracting(ShownLine::number)
                    .startsWith(4907L)
                    .endsWith(4997L)
                    .hasSize(10);
            assertThat(page.more()).isTrue();
            LinesView before =
                    feed.search(
                            new LinesFilter(0, page.before(), 10, "", "", "", "7 of", ""),
                            budget());
            assertThat(before.lines())
                    .extracting(ShownLine::number)
                    .startsWith(4807L)
                    .endsWith(4897L)
                    .hasSize(10);
            LinesView first =
                    feed.search(new LinesFilter(1, 0, 3, "", "", "", "7 of", ""), budget());
            assertThat(first.lines()).extracting(ShownLine::number).containsExactly(7L, 17L, 27L);
            assertThat(first.next()).isEqualTo(28);
            assertThat(
                            feed.search(new LinesFilter(28, 0, 1, "", "", "", "7 of", ""), budget())
                                    .lines()
                                    .get(0)
                                    .number())
                    .isEqualTo(37);
            LinesView plain = feed.search(LinesFilter.last(3), budget());
            assertThat(plain.lines())
                    .extracting(ShownLine::number)
                    .containsExactly(4998L, 4999L, 5000L);
            assertThat(plain.next()).isEqualTo(5001);
            LinesView none = feed.search(LinesFilter.from(6_000, 3), budget());
            assertThat(none.lines()).isEmpty();
            assertThat(none.more()).isFalse();
        }
    }

    @Test
    void aSearchEndsWithItsBudgetAndGoesOnLater() throws IOException {
        run.lines(1, 10_000);
        try (LineFeeds.Feed feed = feeds.open(GUID)) {
            feed.await(10_000, LONG);
            LinesFilter none = new LinesFilter(1, 0, 10, "", "", "", "no such text", "");
            LinesView page = feed.search(none, new SearchBudget(LONG, 1));
            assertThat(page.lines()).isEmpty();
            assertThat(page.more()).isTrue();
            assertThat(page.next()).isBetween(2L, 9_999L);
            assertThat(feed.search(none, budget()).more()).isFalse();
        }
    }

    @Test
    void aPatternThatTakesForEverIsRefused() {
        run.says(1, "a".repeat(5_000) + "!\n");
        try (LineFeeds.Feed feed = feeds.open(GUID)) {
            feed.await(1, LONG);
            assertThatThrownBy(() -> feed.search(pattern("(a|aa)+$"), budget()))
                    .isInstanceOf(RefusedException.class)
                    .hasMessage("the pattern takes too long with line 1");
        }
    }

    @Test
    void showsNoEscapeCodesAndNoSecrets() {
        run.says(1, "\u001b[31mred\u001b[0m \u202eback\n");
        run.says(
                1,
                "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq9\n-----END RSA PRIVATE KEY-----\n");
        run.says(1, "password=hunter2hunter2\nafter\n");
        try (LineFeeds.Feed feed = feeds.open(GUID)) {
            feed.await(6, LONG);
            List<ShownLine> lines = feed.range(1, 10);
            assertThat(lines.get(0).text()).isEqualTo("red <U+202E>back");
            assertThat(lines.get(2).text()).isEqualTo("[redacted]");
            // also where the reading begins behind the beginning of the key
            assertThat(feed.range(3, 1).get(0).text()).isEqualTo("[redacted]");
            assertThat(lines.get(4).text()).doesNotContain("hunter2");
            assertThat(lines.get(5).text()).isEqualTo("after");
        }
    }

    @Test
    void cutsALongLineAtTheSamePlacesEverywhere() {
        run.says(1, "first\n" + "x".repeat(200_000) + "\nlast\n");
        try (LineFeeds.Feed feed = feeds.open(GUID)) {
            feed.await(6, LONG);
            List<ShownLine> lines = feed.range(1, 10);
            assertThat(lines)
                    .extracting(ShownLine::cut)
                    .containsExactly(false, true, true, true, false, false);
            for (int number = 1; number <= 6; number++) {
                assertThat(feed.range(number, 1)).containsExactly(lines.get(number - 1));
            }
        }
    }

    @Test
    void goesOnWhereARunIsTakenUpAfterItsEnd() {
        run.says(1, "one\n").end();
        try (LineFeeds.Feed feed = feeds.open(GUID)) {
            feed.await(Long.MAX_VALUE, LONG);
            run.record().reopen();
            run.says(1, "two\n").end();
            assertThat(feed.await(2, LONG)).isTrue();
            long end = System.nanoTime() + LONG.toNanos();
            while (feed.count() < 2 && System.nanoTime() < end) {
                feed.await(2, LONG);
                Thread.onSpinWait();
            }
            assertThat(feed.range(1, 10)).extracting(ShownLine::text).containsExactly("one", "two");
        }
    }

    @Test
    void removesIndexesOfRunsThatAreGone() throws IOException {
        Path old = Files.createDirectories(folder.resolve("lines/gone"));
        feeds.close();
        feeds = feeds();
        long end = System.nanoTime() + LONG.toNanos();
        while (Files.exists(old) && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(old).doesNotExist();
        assertThat(Optional.of(RunRecord.at(folder.resolve("runs").resolve(GUID)))).isPresent();
    }

    @Test
    void readsAnyRangeOfManyLinesAtOnce() throws IOException {
        int lines = Integer.getInteger("jet.lines", 200_000);
        run.lines(3, lines);
        run.end();
        long began = System.nanoTime();
        try (LineFeeds.Feed feed = feeds.open(GUID)) {
            feed.await(lines, LONG);
            long indexed = System.nanoTime();
            System.out.printf("index of %,d lines: %d ms%n", lines, (indexed - began) / 1_000_000);
            long longest = 0;
            for (int i = 1; i <= 20; i++) {
                long from = (long) lines * i / 21;
                long start = System.nanoTime();
                assertThat(feed.range(from, 500).get(499).number()).isEqualTo(from + 499);
                longest = Math.max(longest, System.nanoTime() - start);
            }
            System.out.printf("a range of 500 lines: at most %d ms%n", longest / 1_000_000);
            long start = System.nanoTime();
            LinesView found =
                    feed.search(
                            new LinesFilter(1, 0, 10, "", "", "", "nothing has this", ""),
                            budget());
            System.out.printf("search of all: %d ms%n", (System.nanoTime() - start) / 1_000_000);
            assertThat(found.lines()).isEmpty();
            assertThat(Duration.ofNanos(longest)).isLessThan(Duration.ofSeconds(5));
        }
    }
}
