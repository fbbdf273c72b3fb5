package org.jetfanout.pack;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.BatchPlay;
import org.jetfanout.runner.Payload;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.ssh.agent.ShownKeys;

/**
 * A message as JSON, value by value: Jackson would first learn by reflection what a message
 * consists of, which takes longer than anything else between the packed batch and its queue. Pure
 * functions.
 */
final class MessageJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private MessageJson() {}

    static byte[] write(BatchMessage message) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        try (JsonGenerator json = JSON.getFactory().createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("guid", message.guid());
            batch(json, message.batch());
            texts(json, "command", message.command());
            sources(json, message.sources());
            plays(json, message.plays());
            json.writeBooleanField("tagged", message.tagged());
            json.writeBooleanField("agent", message.agent());
            keys(json, message.keys());
            texts(json, "forHosts", message.forHosts());
            texts(json, "logins", message.logins());
            json.writeNumberField("maxJobs", message.maxJobs());
            json.writeNumberField("jobMillis", message.jobMillis());
            json.writeNumberField("connectMillis", message.connectMillis());
            json.writeNumberField("keepaliveMillis", message.keepaliveMillis());
            json.writeNumberField("reconnectMillis", message.reconnectMillis());
            json.writeNumberField("maxOutput", message.maxOutput());
            json.writeBooleanField("reassign", message.reassign());
            json.writeNumberField("retainMillis", message.retainMillis());
            json.writeNumberField("outputFrom", message.outputFrom());
            json.writeNumberField("eventsFrom", message.eventsFrom());
            payload(json, message.payload());
            json.writeStringField("zone", message.zone());
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static void batch(JsonGenerator json, Batch batch) throws IOException {
        json.writeObjectFieldStart("batch");
        json.writeStringField("id", batch.id());
        Worker worker = batch.worker();
        json.writeObjectFieldStart("worker");
        json.writeStringField("name", worker.name());
        json.writeStringField("group", worker.group());
        json.writeStringField("address", worker.address());
        json.writeNumberField("port", worker.port());
        json.writeStringField("user", worker.user());
        json.writeEndObject();
        texts(json, "hosts", batch.hosts());
        json.writeNumberField("wave", batch.wave());
        json.writeEndObject();
    }

    private static void sources(JsonGenerator json, Map<String, String> sources)
            throws IOException {
        json.writeFieldName("sources");
        if (sources == null) {
            json.writeNull();
            return;
        }
        json.writeStartObject();
        for (Map.Entry<String, String> source : sources.entrySet()) {
            json.writeStringField(source.getKey(), source.getValue());
        }
        json.writeEndObject();
    }

    private static void plays(JsonGenerator json, List<BatchPlay> plays) throws IOException {
        json.writeArrayFieldStart("plays");
        for (BatchPlay play : plays) {
            json.writeStartObject();
            json.writeNumberField("number", play.number());
            json.writeStringField("name", play.name());
            json.writeStringField("hosts", play.hosts());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void keys(JsonGenerator json, ShownKeys keys) throws IOException {
        json.writeFieldName("keys");
        if (keys == null) {
            json.writeNull();
            return;
        }
        json.writeStartObject();
        json.writeStringField("kind", keys.kind().name());
        texts(json, "keys", keys.keys());
        json.writeEndObject();
    }

    private static void payload(JsonGenerator json, Payload payload) throws IOException {
        json.writeFieldName("payload");
        if (payload == null) {
            json.writeNull();
            return;
        }
        json.writeStartObject();
        json.writeStringField("source", payload.source().toUri().toString());
        json.writeNumberField("size", payload.size());
        json.writeStringField("stamp", payload.stamp());
        json.writeStringField("sha256", payload.sha256());
        json.writeEndObject();
    }

    private static void texts(JsonGenerator json, String name, List<String> texts)
            throws IOException {
        json.writeFieldName(name);
        if (texts == null) {
            json.writeNull();
            return;
        }
        json.writeStartArray();
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    /**
     * Reads a message, which an earlier version may have written.
     *
     * @throws IOException where it is no message
     */
    static BatchMessage read(byte[] bytes) throws IOException {
        JsonNode json = JSON.readTree(bytes);
        try {
            return message(json);
        } catch (IllegalArgumentException | NullPointerException e) {
            throw new IOException("no message of a batch: " + e.getMessage(), e);
        }
    }

    private static BatchMessage message(JsonNode json) {
        return new BatchMessage(
                text(json, "guid"),
                batch(json.path("batch")),
                texts(json, "command"),
                sources(json.path("sources")),
                plays(json.path("plays")),
                json.path("tagged").asBoolean(),
                json.path("agent").asBoolean(),
                keys(json.path("keys")),
                texts(json, "forHosts"),
                texts(json, "logins"),
                json.path("maxJobs").asInt(),
                json.path("jobMillis").asLong(),
                json.path("connectMillis").asLong(),
                json.path("keepaliveMillis").asLong(),
                json.path("reconnectMillis").asLong(),
                json.path("maxOutput").asLong(),
                json.path("reassign").asBoolean(),
                json.path("retainMillis").asLong(),
                json.path("outputFrom").asLong(),
                json.path("eventsFrom").asLong(),
                payload(json.path("payload")),
                text(json, "zone"));
    }

    private static Batch batch(JsonNode json) {
        JsonNode worker = json.path("worker");
        return new Batch(
                text(json, "id"),
                new Worker(
                        text(worker, "name"),
                        text(worker, "group"),
                        text(worker, "address"),
                        worker.path("port").asInt(),
                        text(worker, "user")),
                texts(json, "hosts"),
                json.path("wave").asInt());
    }

    private static Map<String, String> sources(JsonNode json) {
        if (!json.isObject()) {
            return null;
        }
        Map<String, String> sources = new LinkedHashMap<>();
        json.properties()
                .forEach(source -> sources.put(source.getKey(), source.getValue().textValue()));
        return sources;
    }

    private static List<BatchPlay> plays(JsonNode json) {
        List<BatchPlay> plays = new ArrayList<>();
        json.forEach(
                play ->
                        plays.add(
                                new BatchPlay(
                                        play.path("number").asInt(),
                                        text(play, "name"),
                                        text(play, "hosts"))));
        return plays;
    }

    private static ShownKeys keys(JsonNode json) {
        return json.isObject()
                ? new ShownKeys(ShownKeys.Kind.valueOf(text(json, "kind")), texts(json, "keys"))
                : null;
    }

    private static Payload payload(JsonNode json) {
        return json.isObject()
                ? new Payload(
                        Path.of(URI.create(text(json, "source"))),
                        json.path("size").asLong(),
                        text(json, "stamp"),
                        text(json, "sha256"))
                : null;
    }

    private static String text(JsonNode json, String name) {
        return json.path(name).textValue();
    }

    private static List<String> texts(JsonNode json, String name) {
        JsonNode array = json.path(name);
        if (!array.isArray()) {
            return null;
        }
        List<String> texts = new ArrayList<>(array.size());
        array.forEach(text -> texts.add(text.textValue()));
        return texts;
    }
}
