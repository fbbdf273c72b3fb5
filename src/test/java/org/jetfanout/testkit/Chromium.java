package org.jetfanout.testkit;

import com.deque.html.axecore.results.Results;
import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Debian's Chromium, without a screen. Not thread-safe. */
public final class Chromium implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final ChromeDriver driver;
    private final Path profile;

    private Chromium(ChromeDriver driver, Path profile) {
        this.driver = driver;
        this.profile = profile;
    }

    /** Starts it. */
    public static Chromium start() throws IOException {
        return start(true);
    }

    /** Starts one whose user has switched off JavaScript for all pages. */
    public static Chromium withoutJavaScript() throws IOException {
        return start(false);
    }

    private static Chromium start(boolean javaScript) throws IOException {
        // no look-up for other drivers, no statistics
        System.setProperty("SE_OFFLINE", "true");
        System.setProperty("SE_AVOID_STATS", "true");
        Path profile = Files.createTempDirectory("chromium");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary("/usr/bin/chromium");
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-extensions",
                "--no-first-run",
                "--user-data-dir=" + profile,
                "--window-size=1280,1000");
        options.setCapability("goog:loggingPrefs", logs);
        if (!javaScript) {
            options.setExperimentalOption(
                    "prefs", Map.of("profile.managed_default_content_settings.javascript", 2));
        }
        ChromeDriverService service =
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(new File("/usr/bin/chromedriver"))
                        .usingPort(FreePort.next())
                        .withTimeout(LIMIT)
                        .build();
        ChromeDriver driver = new ChromeDriver(service, options);
        driver.manage().timeouts().scriptTimeout(LIMIT);
        return new Chromium(driver, profile);
    }

    /** Opens an address, and waits until it is loaded. */
    public void open(String url) {
        driver.get(url);
    }

    /**
     * Logs in as a person does, and waits for the page that was asked for.
     *
     * @param url of that page
     * @param name of the token, which the page then shows
     */
    public void logIn(String url, String token, String name) {
        show(false, 1280, 1000);
        open(url);
        find("#token").sendKeys(token);
        find("main form button").click();
        waitFor("header", name);
    }

    /** The driver itself. */
    public ChromeDriver driver() {
        return driver;
    }

    /** Runs JavaScript in the page. */
    public Object js(String script, Object... arguments) {
        return ((JavascriptExecutor) driver).executeScript(script, arguments);
    }

    /** The first element that a CSS selector finds. */
    public WebElement find(String selector) {
        return driver.findElement(By.cssSelector(selector));
    }

    /** How many elements a CSS selector finds. */
    public int count(String selector) {
        return driver.findElements(By.cssSelector(selector)).size();
    }

    /** What a reader sees of an element; empty where there is none. */
    public String text(String selector) {
        try {
            List<WebElement> found = driver.findElements(By.cssSelector(selector));
            return found.isEmpty() ? "" : found.get(0).getText();
        } catch (StaleElementReferenceException e) {
            return text(selector);
        }
    }

    /** Waits until an element shows a text. */
    public void waitFor(String selector, String text) {
        try {
            Waiting.until(text + " in " + selector, LIMIT, () -> text(selector).contains(text));
        } catch (RuntimeException e) {
            throw new AssertionError(selector + " shows " + text(selector), e);
        }
    }

    /** Shows pages as with this colour scheme and width: a width of less than 800 is a phone. */
    public void show(boolean dark, int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(
                                Map.of(
                                        "name",
                                        "prefers-color-scheme",
                                        "value",
                                        dark ? "dark" : "light"))));
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of(
                        "width",
                        width,
                        "height",
                        height,
                        "deviceScaleFactor",
                        1,
                        "mobile",
                        width < 800));
    }

    /** Stores a picture of what is seen. */
    public void picture(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
    }

    /** Serious and critical findings of axe, a line each. */
    @SuppressWarnings("deprecation") // the other mode opens a tab, and gives it one second
    public List<String> findings() {
        Results results = new AxeBuilder().setLegacyMode().analyze(driver);
        if (results.isErrored()) {
            throw new AssertionError("axe: " + results.getErrorMessage());
        }
        List<String> findings = new ArrayList<>();
        for (Rule rule : results.getViolations()) {
            if (Set.of("serious", "critical").contains(rule.getImpact())) {
                findings.add(
                        rule.getImpact()
                                + " "
                                + rule.getId()
                                + ": "
                                + rule.getHelp()
                                + ": "
                                + rule.getNodes().stream()
                                        .limit(5)
                                        .map(node -> node.getHtml())
                                        .toList());
            }
        }
        return findings;
    }

    /**
     * What the browser has complained of since the last call: errors of scripts, refused content.
     */
    public List<String> complaints() {
        List<String> complaints = new ArrayList<>();
        for (LogEntry entry : driver.manage().logs().get(LogType.BROWSER)) {
            if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
                complaints.add(entry.getMessage());
            }
        }
        return complaints;
    }

    @Override
    public void close() {
        driver.quit();
        try (java.util.stream.Stream<Path> files = Files.walk(profile)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            // it is in the folder for such things
        }
    }
}
