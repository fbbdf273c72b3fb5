package org.jetfanout.service.templates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jetfanout.machine.BackOff;
import org.jetfanout.machine.Daemons;
import org.jetfanout.machine.PemFiles;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.service.runs.EndedRun;
import org.jetfanout.text.Quoted;
import org.jetfanout.token.TokenText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells others by webhook that a run has ended. What is to be told is in a file until it was taken,
 * and is sent again with growing pauses, also after a restart. Thread-safe.
 */
final class Tellings implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Tellings.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIME_LIMIT = Duration.ofSeconds(10);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);
    private static final Duration GIVEN_UP = Duration.ofHours(24);
    private static final int MOST_AT_ONCE = 8;
    private static final int SUCCESS = 2;

    private final Templates templates;
    private final EndedSummary summaries;
    private final Path folder;
    private final InstantSource clock;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(Daemons.named("tell"));

    // Mutable state: only of its thread
    private final Map<String, Telling> waiting = new LinkedHashMap<>();
    private final Map<Optional<Path>, HttpClient> clients = new LinkedHashMap<>();
    private int sending;

    /** What is to be told. */
    private static final class Telling {
        private final Path file;
        private final String id;
        private final String template;
        private final Instant since;
        private final byte[] body;
        private final BackOff pauses =
                new BackOff(FIRST_PAUSE, LONGEST_PAUSE, ThreadLocalRandom.current());

        // Mutable state
        private Instant next;
        private boolean sending;

        Telling(Path file, String id, String template, Instant since, byte[] body) {
            this.file = file;
            this.id = id;
            this.template = template;
            this.since = since;
            this.body = body;
            this.next = since;
        }
    }

    /**
     * @param state the folder of the service
     */
    Tellings(Templates templates, EndedSummary summaries, Path state, InstantSource clock)
            throws IOException {
        this.templates = templates;
        this.summaries = summaries;
        this.folder = state.resolve("tell");
        this.clock = clock;
        Files.createDirectories(folder, PrivateFiles.FOLDER);
    }

    /** Sends what an earlier process has not. */
    @SuppressWarnings("FutureReturnValueIgnored") // it goes on until close
    void begin() {
        thread.execute(
                () -> {
                    try (Stream<Path> files = Files.list(folder)) {
                        files.filter(file -> file.toString().endsWith(".json"))
                                .sorted()
                                .forEach(this::take);
                    } catch (IOException e) {
                        LOG.error("{} cannot be read: {}", folder, e.getMessage());
                    }
                });
        thread.scheduleWithFixedDelay(this::look, 0, 1, TimeUnit.SECONDS);
    }

    /** A run has ended. What is to be told of it is on the disk when this returns. */
    void ended(EndedRun run) {
        Optional<RunTemplate> template =
                run.template().flatMap(templates::find).filter(it -> it.tell().isPresent());
        if (template.isEmpty()) {
            return;
        }
        String body = summaries.of(run).toString();
        // the same end is told with the same id, should it be told twice
        String id = run.guid() + "." + TokenText.hash(body).substring(0, 8);
        ObjectNode json = JSON.createObjectNode();
        json.put("id", id).put("template", template.get().name());
        json.put("since", clock.instant().toString()).put("body", body);
        byte[] bytes = json.toString().getBytes(StandardCharsets.UTF_8);
        Path file = folder.resolve(id + ".json");
        try {
            PrivateFiles.replace(file, true, out -> out.write(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread.execute(
                () -> {
                    take(file);
                    look();
                });
    }

    private void take(Path file) {
        try {
            JsonNode json = JSON.readTree(Files.readAllBytes(file));
            String id = json.path("id").asText();
            waiting.putIfAbsent(
                    id,
                    new Telling(
                            file,
                            id,
                            json.path("template").asText(),
                            Instant.parse(json.path("since").asText()),
                            json.path("body").asText().getBytes(StandardCharsets.UTF_8)));
        } catch (IOException | DateTimeException e) {
            LOG.error("{} cannot be read: {}", file, e.getMessage());
        }
    }

    private void look() {
        Instant now = clock.instant();
        for (Telling telling : List.copyOf(waiting.values())) {
            if (!telling.sending && sending < MOST_AT_ONCE && !now.isBefore(telling.next)) {
                Optional<TellRules> rules =
                        templates.find(telling.template).flatMap(RunTemplate::tell);
                if (rules.isEmpty()) {
                    giveUp(telling, "template " + telling.template + " tells nobody any more");
                } else {
                    send(telling, rules.get(), now);
                }
            }
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what comes of it is told to this thread
    private void send(Telling telling, TellRules rules, Instant now) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(rules.url())
                        .timeout(TIME_LIMIT)
                        .header("Content-Type", "application/json")
                        .header("User-Agent", "jet-fanout")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(telling.body));
        List<String> headers =
                WebhookSignature.headers(rules.secret(), telling.id, now, telling.body);
        request.headers(headers.toArray(String[]::new));
        HttpClient client;
        try {
            client = client(rules);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            failed(telling, String.valueOf(e.getMessage()), Optional.empty());
            return;
        }
        telling.sending = true;
        sending++;
        client.sendAsync(request.build(), HttpResponse.BodyHandlers.discarding())
                .whenComplete(
                        (answer, e) ->
                                thread.execute(
                                        () -> {
                                            telling.sending = false;
                                            sending--;
                                            if (answer == null) {
                                                failed(telling, reason(e), Optional.empty());
                                            } else {
                                                answered(telling, answer);
                                            }
                                        }));
    }

    private static String reason(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return Quoted.excerpt(
                cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage());
    }

    /** No redirects: they would take what is signed for one to another. */
    private HttpClient client(TellRules rules) throws GeneralSecurityException {
        HttpClient known = clients.get(rules.authorities());
        if (known != null) {
            return known;
        }
        HttpClient.Builder builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(TIME_LIMIT);
        if (rules.authorities().isPresent()) {
            builder.sslContext(PemFiles.context(PemFiles.certificates(rules.authorities().get())));
        }
        HttpClient made = builder.build();
        clients.put(rules.authorities(), made);
        return made;
    }

    private void answered(Telling telling, HttpResponse<Void> answer) {
        if (answer.statusCode() / 100 != SUCCESS) {
            failed(
                    telling,
                    "the answer is " + answer.statusCode(),
                    answer.headers()
                            .firstValue("Retry-After")
                            .filter(text -> text.matches("\\d{1,5}"))
                            .map(text -> Duration.ofSeconds(Long.parseLong(text))));
            return;
        }
        waiting.remove(telling.id);
        try {
            Files.deleteIfExists(telling.file);
        } catch (IOException e) {
            LOG.warn("{} cannot be removed, and is sent again later: {}", telling.file, e + "");
        }
    }

    private void failed(Telling telling, String why, Optional<Duration> asked) {
        Instant now = clock.instant();
        if (now.isAfter(telling.since.plus(GIVEN_UP))) {
            giveUp(telling, why);
            return;
        }
        Duration pause = telling.pauses.next(asked);
        telling.next = now.plus(pause);
        LOG.warn(
                "template {} could not tell the end of run {} ({}): again in {} s",
                telling.template,
                telling.id,
                why,
                Math.max(1, pause.toSeconds()));
    }

    private void giveUp(Telling telling, String why) {
        waiting.remove(telling.id);
        Path kept = folder.resolve("given-up");
        LOG.error("gave up to tell the end of run {}: {}. It is kept in {}", telling.id, why, kept);
        try {
            Files.createDirectories(kept, PrivateFiles.FOLDER);
            Files.move(
                    telling.file,
                    kept.resolve(telling.file.getFileName()),
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.error("{} cannot be moved: {}", telling.file, e.getMessage());
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
