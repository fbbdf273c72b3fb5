package org.jetfanout.service.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jetfanout.testkit.Chromium;
import org.jetfanout.testkit.ServeProgram;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page before a run of 10,000 hosts and a million lines. */
class BigPageIT {
    private static final Path PICTURES = Path.of("target/screenshots");

    /** Remembers each time in which the page did not answer for more than 50 ms. */
    private static final String WATCH =
            "window.longTasks = [];"
                    + "new PerformanceObserver(list => list.getEntries().forEach(it => window.longTasks.push(it.duration)))"
                    + ".observe({type: 'longtask'});";

    @Test
    void tenThousandHostsAndAMillionLinesDoNotFreezeThePage(@TempDir Path home) throws IOException {
        Path runs = home.resolve("state/jet-fanout/runs");
        Files.createDirectories(runs);
        String guid = PageRecords.ended(runs, Instant.now().minusSeconds(120), 25, 400, 40_000);
        try (ServeProgram serve = ServeProgram.start(home, "");
                Chromium chromium = Chromium.start()) {
            chromium.logIn(
                    serve.url("/runs/" + guid + "/lines"),
                    serve.token("night-shift"),
                    "night-shift");
            Waiting.until("the lines", () -> chromium.count("#window") == 1);
            // the first look counts all lines
            Waiting.until(
                    "a million lines",
                    Duration.ofMinutes(8),
                    () -> {
                        chromium.open(serve.url("/runs/" + guid + "/lines"));
                        return chromium.text("#where").contains("of 1,000,000");
                    });
            assertThat(chromium.count("#lines li")).isEqualTo(500);
            chromium.js(WATCH);
            for (int i = 0; i < 80; i++) {
                scrollUp(chromium);
                chromium.find("#where").getText();
            }
            Waiting.until(
                    "older lines",
                    () -> {
                        // where a load took long, nothing has scrolled since
                        scrollUp(chromium);
                        return chromium.count("#lines li") > 1_500;
                    });
            assertThat(chromium.count("#lines li")).isLessThanOrEqualTo(2_000);
            List<?> tasks = (List<?>) chromium.js("return window.longTasks");
            double longest =
                    tasks.stream().mapToDouble(it -> ((Number) it).doubleValue()).max().orElse(0);
            System.out.printf(
                    "scrolling through a million lines: %d long tasks, %d of more than 200 ms, the longest"
                            + " %.0f ms%n",
                    tasks.size(),
                    tasks.stream().filter(it -> ((Number) it).doubleValue() > 200).count(),
                    longest);
            // a frozen page would have one of minutes
            assertThat(longest).isLessThan(20_000);

            long from = System.nanoTime();
            chromium.open(serve.url("/runs/" + guid + "/lines?from=500000#L500020"));
            Waiting.until("the line", () -> chromium.count("#L500020.picked") == 1);
            System.out.printf("line 500,020: %d ms%n", (System.nanoTime() - from) / 1_000_000);

            from = System.nanoTime();
            chromium.open(serve.url("/runs/" + guid + "/hosts"));
            assertThat(chromium.text("main")).contains("of 10,000 hosts not ok");
            System.out.printf("10,000 hosts: %d ms%n", (System.nanoTime() - from) / 1_000_000);
            chromium.picture(PICTURES.resolve("ten-thousand-hosts.png"));
            if (Boolean.getBoolean("jet.docs.write")) {
                chromium.picture(Path.of("docs/page.png"));
            }
            assertThat(chromium.findings()).isEmpty();
        }
    }

    private static void scrollUp(Chromium chromium) {
        chromium.js(
                "const w = document.getElementById('window');"
                        + "w.scrollTop = Math.max(0, w.scrollTop - 2000);");
    }
}
