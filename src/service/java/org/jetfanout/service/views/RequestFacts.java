package org.jetfanout.service.views;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.record.Json;
import org.jetfanout.runner.known.Runners;

/**
 * What request.json says about a run, for people. Immutable.
 *
 * @param runner its name; empty where it is unknown
 * @param title what the run does, in a few words
 * @param template that it was started from; empty for none
 * @param startedBy who started it by the service; empty for the command line
 */
record RequestFacts(String runner, String title, String template, String startedBy) {
    static final RequestFacts NONE = new RequestFacts("", "", "", "");

    private static final int LONGEST_TITLE = 160;
    private static final TypeReference<LinkedHashMap<String, Object>> KEYS =
            new TypeReference<>() {};

    static RequestFacts of(Optional<JsonNode> request) {
        return request.map(
                        json ->
                                new RequestFacts(
                                        Shown.text(json.path(Runners.KEY).asText("jetp")),
                                        title(json),
                                        Shown.text(json.path("startedFrom").asText()),
                                        Shown.text(json.path("startedBy").asText())))
                .orElse(NONE);
    }

    /** All that was given, by key. */
    static Map<String, Object> given(Optional<JsonNode> request) {
        Map<String, Object> given = new LinkedHashMap<>();
        request.map(json -> Shown.given(Json.mapper().convertValue(json, KEYS)))
                .ifPresent(
                        all ->
                                ((Map<?, ?>) all)
                                        .forEach((key, value) -> given.put((String) key, value)));
        return given;
    }

    private static String title(JsonNode json) {
        List<String> words = new ArrayList<>();
        for (JsonNode playbook : json.path("playbooks")) {
            words.add(fileName(playbook.asText()));
        }
        if (words.isEmpty() && json.path("command").isTextual()) {
            words.add(json.path("command").asText());
        }
        for (String key : List.of("script", "file", "source")) {
            if (words.isEmpty() && json.path(key).isTextual()) {
                words.add(fileName(json.path(key).asText()));
            }
        }
        for (JsonNode argument : json.path("arguments")) {
            words.add(argument.asText());
        }
        String title = Shown.text(String.join(" ", words).strip());
        return title.length() <= LONGEST_TITLE ? title : title.substring(0, LONGEST_TITLE) + "…";
    }

    private static String fileName(String path) {
        try {
            Path name = Path.of(path).getFileName();
            return name == null ? path : name.toString();
        } catch (InvalidPathException e) {
            return path;
        }
    }
}
