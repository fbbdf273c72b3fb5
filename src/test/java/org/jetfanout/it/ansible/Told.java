package org.jetfanout.it.ansible;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a callback plugin of the user's own, {@code told.py}, noted of a run. */
final class Told {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<JsonNode> results = new ArrayList<>();
    private final Map<String, JsonNode> stats = new TreeMap<>();

    Told(Path file) throws IOException {
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                JsonNode told = JSON.readTree(line);
                if (told.has("stats")) {
                    stats.put(told.get("host").asText(), told.get("stats"));
                } else {
                    results.add(told);
                }
            }
        }
    }

    /** What each of these hosts did, in its order: play, task, status, and what the task said. */
    Map<String, List<String>> tasks(Collection<String> hosts) {
        Map<String, List<String>> tasks = new TreeMap<>();
        for (JsonNode result : results) {
            String host = result.get("host").asText();
            if (hosts.contains(host)) {
                tasks.computeIfAbsent(host, name -> new ArrayList<>())
                        .add(
                                String.join(
                                        " | ",
                                        result.get("play").asText(),
                                        result.get("task").asText(),
                                        result.get("status").asText(),
                                        result.get("said").toString()));
            }
        }
        return tasks;
    }

    /** What each of these hosts did, in its order: task and status. */
    Map<String, List<String>> statuses(Collection<String> hosts) {
        Map<String, List<String>> tasks = new TreeMap<>();
        for (JsonNode result : results) {
            String host = result.get("host").asText();
            if (hosts.contains(host)) {
                tasks.computeIfAbsent(host, name -> new ArrayList<>())
                        .add(result.get("task").asText() + " | " + result.get("status").asText());
            }
        }
        return tasks;
    }

    /** The outcomes that the counts at the end tell. They cannot tell unfinished hosts. */
    Map<String, String> outcomes(Map<String, String> expected) {
        Map<String, String> outcomes = new TreeMap<>();
        expected.forEach(
                (host, outcome) ->
                        outcomes.put(host, outcome.equals("unfinished") ? outcome : outcome(host)));
        return outcomes;
    }

    private String outcome(String host) {
        JsonNode counts = stats.get(host);
        if (counts == null) {
            return "ok";
        }
        if (counts.path("failures").asInt() > 0) {
            return "failed";
        }
        if (counts.path("unreachable").asInt() > 0) {
            return "unreachable";
        }
        return counts.path("changed").asInt() > 0 ? "changed" : "ok";
    }

    /** No host began a play before all hosts had ended the plays before it. */
    void playsAreInOrder(List<String> plays) {
        Map<String, double[]> times = new LinkedHashMap<>();
        plays.forEach(play -> times.put(play, new double[] {Double.MAX_VALUE, 0}));
        for (JsonNode result : results) {
            double[] time = times.get(result.get("play").asText());
            if (time != null && result.get("begun").asDouble() > 0) {
                time[0] = Math.min(time[0], result.get("begun").asDouble());
                time[1] = Math.max(time[1], result.get("ended").asDouble());
            }
        }
        double ended = 0;
        for (Map.Entry<String, double[]> play : times.entrySet()) {
            assertThat(play.getValue()[0])
                    .as("play %s begins after the plays before it have ended", play.getKey())
                    .isGreaterThan(ended);
            ended = Math.max(ended, play.getValue()[1]);
        }
    }

    /** The plays in the order in which they first said something. */
    List<String> plays() {
        return results.stream().map(result -> result.get("play").asText()).distinct().toList();
    }
}
