package org.jetfanout.service.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.runner.Outcome;

/**
 * A start as the service keeps it, from the moment in which it is accepted. Immutable.
 *
 * @param guid of its run
 * @param accepted when it was asked for
 * @param who asked
 * @param template of which it is
 * @param concurrency of the template
 * @param environment variables that replace those of the service
 * @param key the same key means the same start; empty for none
 * @param mark by which the same start is known; empty without a key
 * @param task what it does; without words when the run's record has them
 * @param stage how far it has come
 * @param exitCode of the run when it has ended
 */
record KeptStart(
        String guid,
        Instant accepted,
        String who,
        Optional<String> template,
        Concurrency concurrency,
        Map<String, String> environment,
        Optional<String> key,
        String mark,
        Task task,
        Stage stage,
        int exitCode) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** How far a start has come. */
    enum Stage {
        /** Its turn has not come. */
        WAITING,
        /** Its run may have begun. */
        BEGUN,
        /** Its run has ended; nobody was told. */
        ENDED,
        /** All is done. */
        DONE
    }

    KeptStart {
        environment = Map.copyOf(environment);
    }

    KeptStart at(Stage next, int code) {
        return with(task, next, code);
    }

    KeptStart at(Stage next) {
        return at(next, exitCode);
    }

    /** The same start, whose words are in the record of its run. */
    KeptStart withoutWords() {
        return with(
                new Task(task.kind(), List.of(), task.ofCaller(), task.earlier(), task.outcomes()),
                stage,
                exitCode);
    }

    private KeptStart with(Task next, Stage reached, int code) {
        return new KeptStart(
                guid,
                accepted,
                who,
                template,
                concurrency,
                environment,
                key,
                mark,
                next,
                reached,
                code);
    }

    WaitingStart waiting() {
        return new WaitingStart(guid, accepted, who, template, template.orElseGet(task::title));
    }

    /** What the run's record keeps of it, by the keys of request.json. */
    Map<String, Object> startedBy() {
        Map<String, Object> by = new LinkedHashMap<>();
        by.put("startedBy", who);
        template.ifPresent(name -> by.put("startedFrom", name));
        if (!environment.isEmpty()) {
            by.put("startedWith", environment);
        }
        return by;
    }

    byte[] json() {
        ObjectNode json = JSON.createObjectNode();
        json.put("guid", guid);
        json.put("accepted", accepted.toString());
        json.put("who", who);
        template.ifPresent(name -> json.put("template", name));
        json.put("concurrency", concurrency.name());
        json.set("environment", JSON.valueToTree(environment));
        key.ifPresent(text -> json.put("key", text).put("mark", mark));
        json.put("kind", task.kind().name());
        texts(json.putArray("words"), task.words());
        json.put("ofCaller", task.ofCaller());
        json.put("earlier", task.earlier());
        texts(json.putArray("outcomes"), task.outcomes().stream().map(Outcome::name).toList());
        json.put("stage", stage.name());
        json.put("exitCode", exitCode);
        return (json + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads what {@link #json} wrote.
     *
     * @throws IllegalArgumentException where it is something else
     */
    static KeptStart of(JsonNode json) {
        Set<Outcome> outcomes = EnumSet.noneOf(Outcome.class);
        texts(json.path("outcomes")).forEach(name -> outcomes.add(Outcome.valueOf(name)));
        Map<String, String> environment = new LinkedHashMap<>();
        json.path("environment")
                .properties()
                .forEach(entry -> environment.put(entry.getKey(), entry.getValue().asText()));
        return new KeptStart(
                json.path("guid").asText(),
                Instant.parse(json.path("accepted").asText()),
                json.path("who").asText(),
                text(json, "template"),
                Concurrency.valueOf(json.path("concurrency").asText()),
                environment,
                text(json, "key"),
                json.path("mark").asText(),
                new Task(
                        Task.Kind.valueOf(json.path("kind").asText()),
                        texts(json.path("words")),
                        json.path("ofCaller").asBoolean(true),
                        json.path("earlier").asText(),
                        outcomes),
                Stage.valueOf(json.path("stage").asText()),
                json.path("exitCode").asInt());
    }

    private static Optional<String> text(JsonNode json, String name) {
        return json.has(name) ? Optional.of(json.get(name).asText()) : Optional.empty();
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static void texts(ArrayNode to, List<String> texts) {
        texts.forEach(to::add);
    }
}
