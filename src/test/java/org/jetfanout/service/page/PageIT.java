package org.jetfanout.service.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jetfanout.record.BatchState;
import org.jetfanout.testkit.Chromium;
import org.jetfanout.testkit.ServeProgram;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;

/** The page in a real browser, before a service that is a program of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PageIT {
    private static final Path PICTURES = Path.of("target/screenshots");
    private static final Instant BEFORE = Instant.parse("2026-01-02T03:04:05Z");

    private static final String TEMPLATES =
            """
            templates:
              deploy:
                description: Puts a version on hosts
                command: [exec, -i, inventory, --limit-groups, web, --, deploy, "{version}", "{region}"]
                variables:
                  version: {type: text, pattern: '[0-9.]+', description: the version}
                  region: {type: choice, choices: [eu, us]}
                limit: true
                schedule: {cron: "0 3 * * *", zone: Europe/Berlin, variables: {version: "1.0", region: eu}}
            """;

    private ServeProgram serve;
    private Chromium chromium;
    private String ended;
    private String nasty;

    @BeforeAll
    void start(@TempDir Path home) throws IOException {
        Path runs = home.resolve("state/jet-fanout/runs");
        Files.createDirectories(runs);
        ended = PageRecords.ended(runs, BEFORE, 5, 60, 600);
        nasty = PageRecords.nasty(runs, BEFORE.plusSeconds(1000));
        serve = ServeProgram.start(home, TEMPLATES);
        chromium = Chromium.start();
        chromium.logIn(serve.url("/runs"), serve.token("night-shift"), "night-shift");
    }

    @AfterAll
    void stop() {
        if (chromium != null) {
            chromium.close();
        }
        if (serve != null) {
            serve.close();
        }
    }

    @BeforeEach
    void desktop() {
        chromium.show(false, 1280, 1000);
        chromium.complaints();
    }

    private void open(String path) {
        chromium.open(serve.url(path));
    }

    private static String run(String guid, String tab) {
        return "/runs/" + guid + "/" + tab;
    }

    @Test
    void eachPageIsUsableInLightAndDarkAndOnAPhone() throws IOException {
        try (PageRecords gate = PageRecords.atGate(serve.runs())) {
            Map<String, String> pages = new LinkedHashMap<>();
            pages.put("login", "/login");
            pages.put("login-failed", "/login?failed=1");
            pages.put("runs", "/runs");
            pages.put("runs-none", "/runs?text=nothing-has-this-name");
            for (String tab : RunTop.TABS) {
                pages.put(tab, run(ended, tab + (tab.equals("lines") ? "?limit=40" : "")));
            }
            pages.put("hosts-one-by-one", run(ended, "hosts?outcome=failed"));
            pages.put("hosts-none", run(ended, "hosts?host=nothing-has-this-name"));
            pages.put("lines-none", run(ended, "lines?text=nothing-says-this"));
            pages.put("lines-bad-pattern", run(ended, "lines?pattern=%28"));
            pages.put("lines-of-harm", run(nasty, "lines"));
            pages.put("hosts-of-harm", run(nasty, "hosts"));
            pages.put("at-gate", run(gate.guid, "workers"));
            pages.put("plan-with-waves", run(gate.guid, "plan"));
            pages.put("confirm", run(ended, "do/rerun-failed"));
            pages.put("approve", run(gate.guid, "do/approve"));
            pages.put("start", "/start");
            pages.put("template", "/start/deploy");
            pages.put("no-such-run", "/runs/nothing/hosts");
            List<String> problems = new ArrayList<>();
            for (Map.Entry<String, String> page : pages.entrySet()) {
                open(page.getValue());
                for (String way : List.of("light", "phone-dark")) {
                    boolean phone = way.startsWith("phone");
                    chromium.show(phone, phone ? 390 : 1280, phone ? 844 : 1000);
                    String where = page.getKey() + "-" + way;
                    chromium.picture(PICTURES.resolve(where + ".png"));
                    chromium.findings().forEach(it -> problems.add(where + ": " + it));
                    long width = (Long) chromium.js("return document.documentElement.scrollWidth");
                    if (phone && width > 390) {
                        problems.add(where + " is " + width + " wide");
                    }
                }
                chromium.complaints().stream()
                        // the page of an error has its status
                        .filter(it -> !it.contains("the server responded with a status of 4"))
                        .forEach(it -> problems.add(page.getKey() + ": " + it));
            }
            assertThat(problems).isEmpty();
        }
    }

    @Test
    void aPageThatIsOpenShowsWhatHappens() {
        try (PageRecords run = PageRecords.live(serve.runs(), 2, 50)) {
            open(run(run.guid, "hosts"));
            chromium.waitFor("#live-head", "0 of 100 hosts done");
            chromium.js("window.sameDocument = true");
            run.tally(0, 20, 3);
            chromium.waitFor("#live-head", "23 of 100 hosts done, 3 of them failed");
            run.result(0, BatchState.ENDED);
            chromium.waitFor("#live", "install nginx: rc 100");
            run.result(1, BatchState.ENDED);
            run.end();
            chromium.waitFor("#live-head", "ended, exit code");
            assertThat(chromium.js("return window.sameDocument")).isEqualTo(true);
            assertThat(chromium.complaints()).isEmpty();
            Waiting.until(
                    "a screen reader hears how it ended",
                    () ->
                            chromium.js("return document.getElementById('said').textContent")
                                    .toString()
                                    .contains("ended, exit code"));
        }
    }

    @Test
    void theListOfRunsShowsANewRun() {
        open("/runs");
        chromium.js("window.sameDocument = true");
        try (PageRecords run = PageRecords.live(serve.runs(), 1, 5)) {
            Waiting.until("the new run is listed", () -> chromium.count("#r-" + run.guid) == 1);
            assertThat(chromium.js("return window.sameDocument")).isEqualTo(true);
            chromium.waitFor("#r-" + run.guid, "running");
        }
        chromium.waitFor("#live", "interrupted");
    }

    @Test
    void linesAreFollowedAndNewOnesAreThereAtOnce() {
        try (PageRecords run = PageRecords.live(serve.runs(), 2, 5)) {
            run.say(0, "first line\n");
            open(run(run.guid, "lines"));
            chromium.waitFor("#lines", "first line");
            List<Long> times = new ArrayList<>();
            for (int i = 0; i < 15; i++) {
                String text = "line number " + i + " of this run";
                long from = System.nanoTime();
                run.say(i % 2, text + "\n");
                chromium.waitFor("#lines li:last-child", text);
                times.add((System.nanoTime() - from) / 1_000_000);
            }
            times.sort(null);
            System.out.println("a line is in the page after " + times.get(7) + " ms (median)");
            assertThat(times.get(7)).isLessThan(15_000);
            // somebody reads further above: the page stays there
            chromium.find("#follow").click();
            run.say(0, "not followed\n");
            chromium.waitFor("#live-head", "running");
            assertThat(chromium.text("#lines")).doesNotContain("not followed");
        }
    }

    @Test
    void followingWithAFilterShowsOnlyWhatFits() {
        try (PageRecords run = PageRecords.live(serve.runs(), 1, 5)) {
            run.say(0, "apple one\npear one\n");
            open(run(run.guid, "lines?pattern=app%28le%29"));
            chromium.waitFor("#lines", "apple one");
            run.say(0, "pear two\napple two\n");
            chromium.waitFor("#lines", "apple two");
            assertThat(chromium.text("#lines")).doesNotContain("pear");
        }
    }

    @Test
    void twoTabsShowTheSame() {
        try (PageRecords run = PageRecords.live(serve.runs(), 1, 10)) {
            open(run(run.guid, "workers"));
            String first = chromium.driver().getWindowHandle();
            chromium.driver().switchTo().newWindow(WindowType.TAB);
            open(run(run.guid, "lines"));
            run.say(0, "in the second tab\n");
            chromium.waitFor("#lines", "in the second tab");
            chromium.driver().switchTo().window(first);
            run.tally(0, 4, 1);
            chromium.waitFor("#live", "4 ok");
            for (String tab : chromium.driver().getWindowHandles()) {
                if (!tab.equals(first)) {
                    chromium.driver().switchTo().window(tab).close();
                }
            }
            chromium.driver().switchTo().window(first);
        }
    }

    @Test
    void textOfHostsIsShownAndDoesNothing() {
        for (String tab : RunTop.TABS) {
            open(run(nasty, tab));
            assertHarmless();
        }
        open(run(nasty, "lines"));
        String lines = chromium.text("#lines");
        assertThat(lines)
                .contains("<script>window.pwned=1</script>")
                .contains("<img src=x onerror=\"window.pwned=2\">")
                .contains("abc<U+202E>gnp.exe")
                .doesNotContain("\u001b")
                .doesNotContain("\u202e");
        // the same by the stream
        try (PageRecords run = PageRecords.live(serve.runs(), 1, 5)) {
            open(run(run.guid, "lines"));
            for (String text : PageRecords.NASTY) {
                run.say(0, text + "\n");
            }
            run.say(0, "the last one\n");
            chromium.waitFor("#lines", "the last one");
            assertThat(chromium.text("#lines"))
                    .contains("<script>window.pwned=1</script>")
                    .contains("abc<U+202E>gnp.exe");
            assertHarmless();
        }
        open("/runs");
        assertThat(chromium.text("#live")).contains("<b onclick=window.pwned=9>.yml");
        assertHarmless();
    }

    private void assertHarmless() {
        assertThat(chromium.js("return window.pwned")).isNull();
        assertThat(
                        chromium.count(
                                "main script, main img, main b, main i, main [onload], main [onclick]"))
                .isZero();
        assertThat(chromium.complaints()).isEmpty();
    }

    @Test
    void aServiceThatStartsAgainIsFoundAgain() throws IOException {
        try (PageRecords run = PageRecords.live(serve.runs(), 1, 10)) {
            open(run(run.guid, "lines"));
            run.say(0, "before the restart\n");
            chromium.waitFor("#lines", "before the restart");
            serve.kill();
            chromium.waitFor("#connection", "Connection lost");
            chromium.picture(PICTURES.resolve("connection-lost.png"));
            run.say(0, "while it was away\n");
            run.tally(0, 7, 0);
            serve.start();
            chromium.waitFor("#lines", "while it was away");
            chromium.waitFor("#live-head", "7 of 10 hosts done");
            Waiting.until("the banner is gone", () -> !chromium.find("#connection").isDisplayed());
            run.say(0, "after the restart\n");
            chromium.waitFor("#lines", "after the restart");
            assertThat(chromium.text("#lines").split("before the restart", -1)).hasSize(2);
        } finally {
            chromium.complaints();
        }
    }

    @Test
    void theKeyboardIsEnough() {
        open(run(ended, "hosts"));
        WebElement first = press(Keys.TAB);
        assertThat(first.getText()).isEqualTo("To the content");
        assertThat(first.getRect().x).isNotNegative();
        press(Keys.ENTER);
        List<String> seen = new ArrayList<>();
        boolean opened = false;
        for (int i = 0; i < 60 && !opened; i++) {
            WebElement now = press(Keys.TAB);
            seen.add(now.getTagName() + " " + now.getText());
            // whoever has no mouse sees where he is
            assertThat(
                            chromium.js(
                                    "return getComputedStyle(arguments[0]).outlineStyle + getComputedStyle(arguments[0]).boxShadow",
                                    now))
                    .as(seen.toString())
                    .isNotEqualTo("nonenone");
            opened = now.getText().equals("Lines");
        }
        assertThat(opened).as(seen.toString()).isTrue();
        assertThat(seen).noneMatch(it -> it.endsWith(" Log out"));
        press(Keys.ENTER);
        Waiting.until("the lines", () -> chromium.driver().getCurrentUrl().endsWith("/lines"));
        chromium.js("document.getElementById('window').focus()");
        long before = (Long) chromium.js("return document.getElementById('window').scrollTop | 0");
        press(Keys.HOME);
        Waiting.until(
                "the lines scroll by keys",
                () ->
                        (Long) chromium.js("return document.getElementById('window').scrollTop | 0")
                                < before);
    }

    private WebElement press(Keys key) {
        chromium.driver().switchTo().activeElement().sendKeys(key);
        return chromium.driver().switchTo().activeElement();
    }

    @Test
    void readingNeedsNoJavaScript() {
        // the driver of the browser needs scripts itself: what the server sends is looked at
        assertThat(html(run(ended, "hosts"))).contains("install nginx: rc 100").contains("as text");
        assertThat(html(run(ended, "lines?text=failed"))).contains("failed: rc 100");
        assertThat(html(run(ended, "lines?from=1")))
                .contains("<li id=\"L1\"")
                .contains("id=\"newer\"");
        assertThat(html(run(ended, "lines?from=501"))).contains("<li id=\"L501\"");
        assertThat(html("/runs?state=trouble")).contains("site.yml");
    }

    private String html(String path) {
        return (String)
                chromium.driver()
                        .executeAsyncScript(
                                "const done = arguments[1];"
                                        + "fetch(arguments[0]).then(a => a.text()).then(done, e => done('' + e))",
                                serve.url(path));
    }

    @Test
    void aLineHasALinkOfItsOwn() {
        open(run(ended, "lines?from=980#L1000"));
        Waiting.until("the line is marked", () -> chromium.count("#L1000.picked") == 1);
        assertThat(
                        (Boolean)
                                chromium.js(
                                        "const w = document.getElementById('window').getBoundingClientRect();"
                                                + "const l = document.getElementById('L1000').getBoundingClientRect();"
                                                + "return l.top >= w.top && l.bottom <= w.bottom"))
                .isTrue();
        // as somebody has sent it around, without the place
        open(run(ended, "lines") + "#L7");
        Waiting.until("the line is marked", () -> chromium.count("#L7.picked") == 1);
    }

    @Test
    void namesOfHostsAreCopied() {
        chromium.driver()
                .executeCdpCommand(
                        "Browser.grantPermissions",
                        Map.of(
                                "permissions",
                                List.of("clipboardReadWrite", "clipboardSanitizedWrite")));
        open(run(ended, "hosts"));
        WebElement button = chromium.find("#o-failed [data-copy]");
        button.click();
        Waiting.until(
                "it says so",
                () -> {
                    String words = button.getText();
                    if (words.startsWith("Copy ")) {
                        button.click(); // it has said so for 3 s, while nobody looked
                    }
                    return words.equals("Copied");
                });
        String copied =
                (String)
                        chromium.driver()
                                .executeAsyncScript(
                                        "const done = arguments[0]; navigator.clipboard.readText().then(done, e => done('' + e))");
        assertThat(copied.lines())
                .hasSizeGreaterThan(4)
                .allMatch(host -> host.matches("web1-\\d\\d-\\d{4}\\.example\\.com"));
        assertThat(Set.copyOf(copied.lines().toList())).hasSize((int) copied.lines().count());
    }
}
