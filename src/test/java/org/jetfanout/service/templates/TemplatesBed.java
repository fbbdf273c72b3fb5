package org.jetfanout.service.templates;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jetfanout.service.config.ServiceConfig;
import org.jetfanout.service.runs.StartRequest;
import org.jetfanout.service.runs.Started;

/** Templates in a folder, whose starts are written down, and a clock that a test sets. */
final class TemplatesBed implements InstantSource {
    static final String SECRET = "0123456789abcdef0123456789abcdef";

    private final Path folder;

    // Mutable state
    private final List<StartRequest> starts = new ArrayList<>();
    private final Map<String, String> byKey = new LinkedHashMap<>();
    private Instant now = Instant.parse("2026-03-04T05:06:07Z");
    private RuntimeException refusal;

    TemplatesBed(Path folder) throws IOException {
        this.folder = folder;
        Path secret = folder.resolve("secret");
        Files.writeString(secret, SECRET + "\n");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    }

    Templates templates(String text) throws IOException {
        Path file = folder.resolve("service.yml");
        Files.writeString(file, "templates:\n" + text.indent(2));
        return Templates.read(ServiceConfig.read(file), this::start);
    }

    /** As RunStarts: the same key is the same start. */
    private synchronized Started start(StartRequest request) {
        if (refusal != null) {
            throw refusal;
        }
        String same = request.key().map(byKey::get).orElse(null);
        if (same != null) {
            return new Started(same, false, true);
        }
        String guid = UUID.randomUUID().toString();
        request.key().ifPresent(key -> byKey.put(key, guid));
        starts.add(request);
        return new Started(guid, false, false);
    }

    synchronized List<StartRequest> starts() {
        return List.copyOf(starts);
    }

    /** From now on, starts fail so; null for no more. */
    synchronized void refuse(RuntimeException e) {
        refusal = e;
    }

    synchronized void set(String time) {
        now = Instant.parse(time);
    }

    synchronized void pass(Duration time) {
        now = now.plus(time);
    }

    @Override
    public synchronized Instant instant() {
        return now;
    }
}
