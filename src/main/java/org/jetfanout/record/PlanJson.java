package org.jetfanout.record;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.site.workers.Worker;

/**
 * A plan as one JSON document, the same in {@code plan --json} and in the record: {@code {"guid",
 * "batches": [{"batch", "worker", "workerGroup", "hosts": […], "command": […]}], "unmatched":
 * […]}}; each batch also has its worker's {@code address}, {@code port} and {@code user}, and in a
 * run with waves its {@code wave}. Written and read as a stream, for plans of a million hosts.
 */
public final class PlanJson {
    private PlanJson() {}

    /**
     * Writes the document and leaves the stream open.
     *
     * @param command the words of the runner's command line for a batch
     */
    public static void write(Plan plan, Function<Batch, List<String>> command, OutputStream out)
            throws IOException {
        boolean waves = plan.waves() > 1;
        try (JsonGenerator json = Json.generator(out)) {
            json.writeStartObject();
            json.writeStringField("guid", plan.guid());
            json.writeArrayFieldStart("batches");
            for (Batch batch : plan.batches()) {
                json.writeRaw('\n');
                Worker worker = batch.worker();
                json.writeStartObject();
                json.writeStringField("batch", batch.id());
                if (waves) {
                    json.writeNumberField("wave", batch.wave());
                }
                json.writeStringField("worker", worker.name());
                json.writeStringField("workerGroup", worker.group());
                json.writeStringField("address", worker.address());
                json.writeNumberField("port", worker.port());
                json.writeStringField("user", worker.user());
                strings(json, "hosts", batch.hosts());
                strings(json, "command", command.apply(batch));
                json.writeEndObject();
            }
            json.writeEndArray();
            strings(json, "unmatched", plan.unmatched());
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    /** Reads a document that this class has written. Unknown keys are skipped. */
    public static Plan read(InputStream in) throws IOException {
        String guid = "";
        List<Batch> batches = new ArrayList<>();
        List<String> unmatched = List.of();
        try (JsonParser json = Json.FACTORY.createParser(in)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String key = json.currentName();
                JsonToken value = json.nextToken();
                switch (key) {
                    case "guid" -> guid = json.getText();
                    case "unmatched" -> unmatched = strings(json);
                    case "batches" -> {
                        if (value == JsonToken.START_ARRAY) {
                            while (json.nextToken() == JsonToken.START_OBJECT) {
                                batches.add(batch(json));
                            }
                        }
                    }
                    default -> json.skipChildren();
                }
            }
            if (json.currentToken() != JsonToken.END_OBJECT || guid.isEmpty()) {
                throw new IOException("is not a plan");
            }
        }
        return new Plan(guid, batches, unmatched);
    }

    private static Batch batch(JsonParser json) throws IOException {
        String id = "";
        String worker = "";
        String group = "";
        String address = "";
        String user = "";
        int port = 0;
        int wave = 1;
        List<String> hosts = List.of();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            json.nextToken();
            switch (key) {
                case "batch" -> id = json.getText();
                case "worker" -> worker = json.getText();
                case "workerGroup" -> group = json.getText();
                case "address" -> address = json.getText();
                case "user" -> user = json.getText();
                case "port" -> port = json.getIntValue();
                case "wave" -> wave = json.getIntValue();
                case "hosts" -> hosts = strings(json);
                default -> json.skipChildren();
            }
        }
        return new Batch(id, new Worker(worker, group, address, port, user), hosts, wave);
    }

    private static void strings(JsonGenerator json, String key, List<String> values)
            throws IOException {
        json.writeArrayFieldStart(key);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }

    private static List<String> strings(JsonParser json) throws IOException {
        List<String> values = new ArrayList<>();
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw new IOException("is not a plan: a list is missing");
        }
        while (json.nextToken() == JsonToken.VALUE_STRING) {
            values.add(json.getText());
        }
        return values;
    }
}
