package org.jetfanout.demo;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * Writes what jetp would write: lines to standard output, events to the file {@code $JET_LOG}.
 * Thread-safe.
 */
final class JetpVoice implements AutoCloseable {
    private static final JsonFactory JSON = new JsonFactory();
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss Z", Locale.ENGLISH);
    private static final String RULE = "-".repeat(58);

    private final PrintStream out =
            new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    private final String run = UUID.randomUUID().toString().toUpperCase(Locale.ROOT);
    private final ZonedDateTime start = ZonedDateTime.now(ZoneOffset.UTC);
    private final OutputStream events;

    // Mutable state, guarded by this
    private final Map<String, Object> place = new LinkedHashMap<>();

    /**
     * @param log path of the file for events; empty for none
     */
    JetpVoice(String log) throws IOException {
        events =
                log.isEmpty()
                        ? OutputStream.nullOutputStream()
                        : Files.newOutputStream(
                                Path.of(log), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    synchronized void line(String text) {
        out.println(text);
    }

    /** Writes a line under a rule: the play or task that begins. */
    synchronized void step(String text) {
        out.println(RULE);
        out.println("> " + text);
    }

    synchronized void good(String text) {
        out.println("\u001b[34m✓ " + text + "\u001b[39m");
    }

    synchronized void bad(String text) {
        out.println("\u001b[31m! " + text + "\u001b[39m");
    }

    synchronized void says(String host, String text) {
        out.println("\u001b[36m  ..... " + host + " : " + text + "\u001b[39m");
    }

    /** Sets a field that all events have from now on. */
    synchronized void about(String key, Object value) {
        place.put(key, value);
    }

    /** Writes an event. */
    synchronized void event(String name, Map<String, ?> fields) {
        StringWriter text = new StringWriter();
        ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("event", name);
            json.writeStringField("run", run);
            json.writeStringField("now", TIME.format(now));
            json.writeStringField("start", TIME.format(start));
            json.writeNumberField("elapsed", Duration.between(start, now).toSeconds());
            write(json, place);
            write(json, fields);
            json.writeEndObject();
            json.flush();
            events.write((text + "\n").getBytes(StandardCharsets.UTF_8));
            events.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(JsonGenerator json, Map<String, ?> fields) throws IOException {
        for (Map.Entry<String, ?> field : fields.entrySet()) {
            if (field.getValue() instanceof Map<?, ?> inner) {
                json.writeObjectFieldStart(field.getKey());
                for (Map.Entry<?, ?> entry : inner.entrySet()) {
                    json.writeNumberField((String) entry.getKey(), (Integer) entry.getValue());
                }
                json.writeEndObject();
            } else if (field.getValue() instanceof Integer number) {
                json.writeNumberField(field.getKey(), number);
            } else {
                json.writeStringField(field.getKey(), field.getValue().toString());
            }
        }
    }

    @Override
    public void close() throws IOException {
        events.close();
        out.flush();
    }
}
