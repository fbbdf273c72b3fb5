package org.jetfanout.service.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jetfanout.record.RunRecord;
import org.jetfanout.status.RunStatus;
import org.jetfanout.testkit.Chromium;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.ServeProgram;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.TestUser;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;

/** What people do with the page and real runs: each button, what it says before, what it did. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PageRunIT {
    private static final Duration LONG = Duration.ofMinutes(5);

    @RegisterExtension static final Fleet fleet = Fleet.start(68, 2);

    private Site site;
    private ServeProgram serve;
    private Chromium chromium;
    private String token;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        site = new Site(fleet, folder);
        site.writeSettings();
        String words =
                "--playbook, %s, --inventory, %s, --worker-config, %s, --user, %s"
                        .formatted(
                                site.file("pb/site.yml"),
                                site.file("inv"),
                                site.file("workers.yml"),
                                TestUser.name());
        serve =
                ServeProgram.start(
                        site.file("home"),
                        """
                        keep_connections: 1m
                        templates:
                          site:
                            command: [%1$s, --threads, "{threads}"]
                            variables: { threads: { pattern: '[0-9]+' } }
                            limit: true
                          values:
                            command: [%1$s, --extra-vars, "version={version}"]
                            variables: { version: { pattern: '[0-9.]+' } }
                            limit: true
                          waves:
                            command: [%1$s, --waves, "50%%,100%%"]
                          asked:
                            command: [%1$s, --waves, "50%%,100%%", --approve]
                        """
                                .formatted(words),
                        Map.of("SSH_AUTH_SOCK", fleet.agent().socket().toString()));
        token = serve.token("night-shift");
        chromium = Chromium.start();
        logIn(chromium);
    }

    private void logIn(Chromium browser) {
        browser.logIn(serve.url("/runs"), token, "night-shift");
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
    void allIsWell() throws IOException {
        for (String host : Site.hosts(12)) {
            site.behave(host, "ok");
        }
    }

    /** Starts a run from a template by the page. Returns its GUID. */
    private String begin(Chromium browser, String template) {
        browser.open(serve.url("/start"));
        browser.driver().findElement(org.openqa.selenium.By.linkText(template)).click();
        if (template.equals("site")) {
            browser.find("#v-threads").sendKeys("10");
        }
        if (template.equals("values")) {
            browser.find("#v-version").sendKeys("1.2");
        }
        browser.find("main form button").click();
        return guid(browser, "");
    }

    /** The run whose page is shown, once it is another one than before. */
    private static String guid(Chromium browser, String before) {
        Waiting.until(
                "the page of a run",
                () -> browser.driver().getCurrentUrl().matches(".*/runs/[0-9a-f-]{36}/hosts"));
        Waiting.until("another run", () -> !shownGuid(browser).equals(before) || before.isEmpty());
        return shownGuid(browser);
    }

    private static String shownGuid(Chromium browser) {
        return browser.driver().getCurrentUrl().replaceAll(".*/runs/([^/]+).*", "$1");
    }

    private RunStatus ended(String guid) {
        Waiting.until("the end of " + guid, LONG, () -> status(guid).exitCode().isPresent());
        return status(guid);
    }

    private RunStatus status(String guid) {
        try (RunRecord record = RunRecord.at(serve.runs().resolve(guid))) {
            return RunStatus.of(record);
        }
    }

    private List<String> deeds(String guid) {
        List<String> deeds = new ArrayList<>();
        try (RunRecord record = RunRecord.at(serve.runs().resolve(guid))) {
            record.people(
                    row -> deeds.add(row.path("who").asText() + " " + row.path("what").asText()));
        }
        return deeds;
    }

    /** Follows a button to the page that says what it will do. */
    private static String ask(Chromium browser, String action) {
        Waiting.until(
                "the button " + action,
                LONG,
                () -> browser.count("a[href$='/do/" + action + "']") == 1);
        browser.open(browser.find("a[href$='/do/" + action + "']").getAttribute("href"));
        return browser.text("#what");
    }

    private static void press(Chromium browser) {
        browser.find("main form button[type=submit]").click();
    }

    @Test
    void aRealRunIsSeenInTwoTabsAlsoIfTheServiceStartsAgain() throws IOException {
        site.behave("h01", "slow:20").behave("h02", "fail");
        String guid = begin(chromium, "site");
        chromium.waitFor("#live-head", "running");
        chromium.js("window.sameDocument = true");
        String hosts = chromium.driver().getWindowHandle();
        chromium.driver().switchTo().newWindow(WindowType.TAB);
        String lines = chromium.driver().getWindowHandle();
        chromium.open(serve.url("/runs/" + guid + "/lines"));
        chromium.waitFor("#lines", "first task");

        serve.kill();
        chromium.waitFor("#connection", "Connection lost");
        serve.start();
        // the run goes on by itself, and both tabs hear of its end
        chromium.waitFor("#live-head", "ended, exit code 2");
        List<String> shown = chromium.text("#lines").lines().toList();
        assertThat(shown).isNotEmpty();
        assertThat(shown.stream().filter(line -> line.contains("PLAY RECAP")).count())
                .isLessThanOrEqualTo(2); // one of each worker
        chromium.driver().close();
        chromium.driver().switchTo().window(hosts);
        chromium.waitFor("#live-head", "ended, exit code 2");
        chromium.waitFor("#live", "h02");
        assertThat(chromium.js("return window.sameDocument")).isEqualTo(true);
        assertThat(lines).isNotEqualTo(hosts);
        assertThat(status(guid).totals().failed()).isEqualTo(1);
        assertThat(status(guid).totals().changed()).isEqualTo(11);
        assertThat(deeds(guid)).first().isEqualTo("night-shift started");
        chromium.complaints();
    }

    @Test
    void failedAndLostHostsAreDoneAgain() throws IOException {
        site.behave("h02", "fail").behave("h03", "fail").behave("h05", "unreachable");
        String guid = begin(chromium, "site");
        chromium.waitFor("#live-head", "ended, exit code 6");
        site.behave("h02", "ok").behave("h05", "ok");
        assertThat(ask(chromium, "rerun-failed"))
                .contains("for 2 hosts that failed")
                .contains("does not touch the other 10 hosts");
        assertThat(chromium.text(".ranges")).isEqualTo("h[02-03]");
        press(chromium);
        String failed = guid(chromium, guid);
        chromium.waitFor("#live-head", "ended, exit code 2");
        assertThat(ended(failed).totals().hosts()).isEqualTo(2);
        assertThat(status(failed).totals().failed()).isEqualTo(1);
        assertThat(deeds(failed)).containsExactly("night-shift started");

        chromium.open(serve.url("/runs/" + guid + "/hosts"));
        assertThat(ask(chromium, "rerun-lost"))
                .contains("for 1 host: 1 unreachable")
                .contains("does not touch the other 11 hosts");
        press(chromium);
        String lost = guid(chromium, guid);
        assertThat(ended(lost).totals().hosts()).isEqualTo(1);
        assertThat(ended(lost).totals().changed()).isEqualTo(1);
        assertThat(deeds(guid))
                .containsExactly(
                        "night-shift started",
                        "night-shift rerun as " + failed,
                        "night-shift rerun as " + lost);
    }

    @Test
    void hostsThatFailedAreNamedWhileTheirBatchRuns() throws IOException {
        site.behave("h02", "fail").behave("h04", "hang");
        String guid = begin(chromium, "site");
        chromium.waitFor("#o-failed", "so far; its batch has not ended");
        assertThat(chromium.text("#o-failed")).contains("1 failed", "h02");
        assertThat(chromium.text("#live-head")).contains("1 of them failed");
        ask(chromium, "cancel");
        press(chromium);
        assertThat(ended(guid).totals().failed()).isEqualTo(1);
        Waiting.until("the reason", () -> !chromium.text("#o-failed").contains("so far"));
        assertThat(chromium.text("#o-failed")).contains("1 failed", "h02");
    }

    /** The record keeps no values, because they may be secrets. */
    @Test
    void hostsOfARunWhoseValuesAreGoneAreDoneAgainByItsTemplate() throws IOException {
        site.behave("h02", "fail").behave("h03", "fail");
        String guid = begin(chromium, "values");
        chromium.waitFor("#live-head", "ended, exit code 2");
        ask(chromium, "rerun-failed");
        press(chromium);
        chromium.waitFor("main", "Nothing was done");
        assertThat(deeds(guid)).containsExactly("night-shift started");
        site.behave("h02", "ok").behave("h03", "ok");
        chromium.driver()
                .findElement(org.openqa.selenium.By.linkText("Start its template for these hosts"))
                .click();
        assertThat(chromium.find("#limit").getAttribute("value").split(",", -1))
                .containsExactlyInAnyOrder("h02", "h03");
        chromium.find("#v-version").sendKeys("1.3");
        press(chromium);
        String again = guid(chromium, guid);
        assertThat(ended(again).totals().hosts()).isEqualTo(2);
        assertThat(status(again).exitCode()).hasValue(0);
    }

    @Test
    void aRunIsPausedContinuedAndCancelled() throws IOException {
        site.behave("h01", "slow:40").behave("h12", "hang");
        String guid = begin(chromium, "waves");
        assertThat(ask(chromium, "pause"))
                .contains("No wave begins after wave 1 of 2")
                .contains("Jobs that run go on");
        press(chromium);
        chromium.waitFor("#live-head", "ontinue");
        assertThat(deeds(guid)).contains("night-shift paused before wave 2");
        Waiting.until("the first wave has ended", LONG, () -> done(guid) == 6);
        assertThat(ask(chromium, "continue"))
                .contains("The wait before wave 2 of 2 ends. 6 of 12 hosts are done.");
        press(chromium);
        Waiting.until("the second wave", LONG, () -> done(guid) > 6);
        assertThat(ask(chromium, "cancel"))
                .containsPattern("[12] jobs? on workers ends?\\.")
                .containsPattern("[1-6] of 12 hosts become unfinished");
        press(chromium);
        assertThat(ended(guid).exitCode()).hasValue(130);
        chromium.waitFor("#live-head", "exit code 130");
        assertThat(status(guid).totals().unfinished()).isPositive();
        assertThat(deeds(guid))
                .contains("night-shift continued with wave 2", "night-shift cancelled");
    }

    private int done(String guid) {
        try (RunRecord record = RunRecord.at(serve.runs().resolve(guid))) {
            return RunStatus.of(record).totals().done();
        }
    }

    @Test
    void aWaveIsApprovedByKeyboardAlone() {
        String guid = begin(chromium, "asked");
        Waiting.until("the gate", LONG, () -> chromium.count("a[href$='/do/approve']") == 1);
        tabTo("Approve wave 2").sendKeys(Keys.ENTER);
        chromium.waitFor("#what", "Wave 2 of 2 begins: 6 hosts.");
        tabTo("Approve wave 2").sendKeys(Keys.ENTER);
        chromium.waitFor("#live-head", "ended, all well");
        assertThat(deeds(guid))
                .containsExactly("night-shift started", "night-shift approved wave 2");
        assertThat(status(guid).totals().changed()).isEqualTo(12);
    }

    private WebElement tabTo(String words) {
        for (int i = 0; i < 60; i++) {
            chromium.driver().switchTo().activeElement().sendKeys(Keys.TAB);
            WebElement now = chromium.driver().switchTo().activeElement();
            if (now.getText().equals(words)) {
                return now;
            }
        }
        throw new AssertionError("no " + words + " with the keyboard");
    }

    @Test
    void aFormOfAnotherSiteDoesNothing() {
        String guid = begin(chromium, "asked");
        Waiting.until("the gate", LONG, () -> chromium.count("a[href$='/do/approve']") == 1);
        ask(chromium, "approve");
        chromium.js("document.querySelector('main input[name=_csrf]').value = 'guessed'");
        press(chromium);
        chromium.waitFor("main h1", "Nothing was done");
        assertThat(chromium.text("main .notice")).contains("load the page again");
        assertThat(deeds(guid)).containsExactly("night-shift started");
        assertThat(chromium.findings()).isEmpty();
        chromium.complaints(); // of the status 403
        // and the same in good order, but with what somebody saw before
        chromium.driver()
                .findElement(org.openqa.selenium.By.linkText("Load the page again"))
                .click();
        chromium.waitFor("#what", "Wave 2 of 2 begins");
        chromium.js("document.querySelector('main input[name=seen]').value = '7'");
        press(chromium);
        chromium.waitFor("main", "Nothing was done");
        assertThat(deeds(guid)).containsExactly("night-shift started");
        press(chromium); // now with what is so
        chromium.waitFor("#live-head", "ended, all well");
        assertThat(deeds(guid)).contains("night-shift approved wave 2");
    }

    @Test
    void allOfItWorksWithoutJavaScript() throws IOException {
        site.behave("h04", "hang").behave("h02", "fail");
        try (Chromium plain = Chromium.withoutJavaScript()) {
            logIn(plain);
            String guid = begin(plain, "site");
            Waiting.until(
                    "all others are done",
                    LONG,
                    () -> {
                        plain.open(serve.url("/runs/" + guid + "/lines"));
                        return plain.text("#lines").contains("first task");
                    });
            assertThat(ask(plain, "cancel")).contains("become unfinished");
            press(plain);
            assertThat(ended(guid).exitCode()).hasValue(130);
            site.behave("h04", "ok").behave("h02", "ok");
            // the page may show what was so half a second ago
            Waiting.until(
                    "the page says how it ended",
                    () -> {
                        plain.open(serve.url("/runs/" + guid + "/hosts"));
                        return plain.text("#live-head").contains("exit code 130");
                    });
            assertThat(ask(plain, "rerun-lost")).contains("unfinished");
            press(plain);
            String again = guid(plain, guid);
            assertThat(ended(again).exitCode()).hasValue(0);
            assertThat(deeds(guid))
                    .containsExactly(
                            "night-shift started",
                            "night-shift cancelled",
                            "night-shift rerun as " + again);
        }
    }
}
