package org.jetfanout.record;

import com.fasterxml.jackson.core.JsonGenerator;
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
        JsonReader json = new JsonReader(in);
        if (!json.isObject()) {
            throw new IOException("is not a plan");
        }
        json.beginObject();
        for (String key = json.nextKey(); key != null; key = json.nextKey()) {
            switch (key) {
                case "guid" -> guid = json.string();
                case "unmatched" -> unmatched = strings(json);
                case "batches" -> {
                    json.beginArray();
                    while (json.nextElement()) {
                        batches.add(batch(json));
                    }
                }
                default -> json.skip();
            }
        }
        if (guid.isEmpty()) {
            throw new IOException("is not a plan");
        }
        return new Plan(guid, batches, unmatched);
    }

    private static Batch batch(JsonReader json) throws IOException {
        String id = "";
        String worker = "";
        String group = "";
        String address = "";
        String user = "";
        int port = 0;
        int wave = 1;
        List<String> hosts = List.of();
        json.beginObject();
        for (String key = json.nextKey(); key != null; key = json.nextKey()) {
            switch (key) {
                case "batch" -> id = json.string();
                case "worker" -> worker = json.string();
                case "workerGroup" -> group = json.string();
                case "address" -> address = json.string();
                case "user" -> user = json.string();
                case "port" -> port = json.number();
                case "wave" -> wave = json.number();
                case "hosts" -> hosts = strings(json);
                default -> json.skip();
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

    private static List<String> strings(JsonReader json) throws IOException {
        List<String> values = new ArrayList<>();
        if (!json.isArray()) {
            throw new IOException("is not a plan: a list is missing");
        }
        json.beginArray();
        while (json.nextElement()) {
            values.add(json.string());
        }
        return values;
    }
}
