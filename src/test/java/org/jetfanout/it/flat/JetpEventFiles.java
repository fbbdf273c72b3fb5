package org.jetfanout.it.flat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What jetp's events say of each host, in the order in which they say it. */
final class JetpEventFiles {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, List<String>> byHost = new TreeMap<>();

    JetpEventFiles(List<Path> files) throws IOException {
        for (Path file : files) {
            for (String line : Files.readAllLines(file)) {
                JsonNode event = JSON.readTree(line);
                if (event.has("host")) {
                    byHost.computeIfAbsent(event.get("host").asText(), host -> new ArrayList<>())
                            .add(said(event));
                }
            }
        }
    }

    private static String said(JsonNode event) {
        List<String> said = new ArrayList<>();
        for (String field : List.of("event", "play", "role", "task", "task_status", "cmd_rc")) {
            said.add(event.path(field).asText());
        }
        return String.join("/", said);
    }

    Map<String, List<String>> byHost() {
        return byHost;
    }
}
