package org.jetfanout.it.ansible;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jetfanout.testkit.Program;

/**
 * What the events in a run's record say of each host: its tasks, in their order, and how they
 * ended.
 */
final class AnsibleEventFiles {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, List<String>> byHost = new TreeMap<>();

    AnsibleEventFiles(Program.Ended run) throws IOException {
        for (JsonNode batch : run.records("batches.ndjson")) {
            Path file = run.record("output/" + batch.path("batch").asText() + ".events.ndjson");
            if (Files.exists(file)) {
                for (String line : Files.readAllLines(file)) {
                    add(JSON.readTree(line));
                }
            }
        }
    }

    private void add(JsonNode event) {
        String status =
                switch (event.path("event").asText()) {
                    case "runner_on_ok" -> event.path("changed").asBoolean() ? "changed" : "ok";
                    case "runner_on_failed" ->
                            event.path("ignored").asBoolean() ? "ignored" : "failed";
                    case "runner_on_skipped" -> "skipped";
                    case "runner_on_unreachable" -> "unreachable";
                    default -> "";
                };
        if (!status.isEmpty()) {
            byHost.computeIfAbsent(event.path("host").asText(), host -> new ArrayList<>())
                    .add(event.path("task").asText() + " | " + status);
        }
    }

    /** Task and status, of these hosts. */
    Map<String, List<String>> tasks(Collection<String> hosts) {
        Map<String, List<String>> tasks = new TreeMap<>(byHost);
        tasks.keySet().retainAll(hosts);
        return tasks;
    }
}
