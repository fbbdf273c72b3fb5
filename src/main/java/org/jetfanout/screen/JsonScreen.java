package org.jetfanout.screen;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.BatchResult;
import org.jetfanout.record.Frame;
import org.jetfanout.record.Json;
import org.jetfanout.record.Line;
import org.jetfanout.record.RunEvent;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.Stream;
import org.jetfanout.status.RunStatus;
import org.jetfanout.text.Text;
import org.jetfanout.text.Times;

/**
 * The screen for programs. It prints JSON records to standard output, one object a line. Each has
 * {@code type} ({@code run}, {@code plan}, {@code state}, {@code line}, {@code event}, {@code
 * result} per host, {@code batch} per ended batch, {@code rollout} where another wave begins,
 * waits, or a rule stops the run) and {@code guid}; the very last record is the {@link RunStatus},
 * which has no {@code type}.
 */
final class JsonScreen implements Screen {
    private final ConsoleOutput out;
    private final Clock clock;
    private final OpenLines open = new OpenLines();

    // Mutable state
    private volatile String run = "";

    JsonScreen(OutputStream out, Clock clock) {
        this.out = new ConsoleOutput(out);
        this.clock = clock;
    }

    @Override
    public void run(String guid) {
        run = guid;
        write("run", json -> json.writeStringField("time", clock.instant().toString()));
    }

    @Override
    public void planned(RunEvent.Planned event) {
        Plan plan = event.plan();
        boolean waves = plan.waves() > 1;
        write(
                "plan",
                json -> {
                    json.writeNumberField("hosts", plan.hosts());
                    json.writeArrayFieldStart("batches");
                    for (Batch batch : plan.batches()) {
                        json.writeStartObject();
                        json.writeStringField("batch", batch.id());
                        if (waves) {
                            json.writeNumberField("wave", batch.wave());
                        }
                        json.writeStringField("worker", batch.worker().name());
                        json.writeStringField("workerGroup", batch.worker().group());
                        json.writeNumberField("hosts", batch.hosts().size());
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                    json.writeNumberField("unmatched", plan.unmatched().size());
                });
    }

    @Override
    public void state(RunEvent.State event) {
        write(
                "state",
                json -> {
                    json.writeStringField("time", clock.instant().toString());
                    json.writeStringField("batch", event.batch());
                    json.writeStringField("worker", event.worker());
                    json.writeStringField("state", event.state().word());
                    json.writeStringField("detail", event.detail());
                });
    }

    @Override
    public void rollout(RunEvent.Rollout event) {
        write(
                "rollout",
                json -> {
                    json.writeStringField("time", clock.instant().toString());
                    event.state().write(json);
                });
    }

    @Override
    public void output(RunEvent.Output event) {
        Frame frame = event.frame();
        ByteArrayOutputStream lines = new ByteArrayOutputStream(frame.bytes().length * 2);
        open.add(frame, line -> writeLine(lines, line));
        out.write(lines.toByteArray());
    }

    @Override
    public void result(RunEvent.Result event) {
        BatchResult result = event.result();
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        open.end(result.batch(), line -> writeLine(lines, line));
        out.write(lines.toByteArray());
        for (HostResult host : result.hosts()) {
            write(
                    "result",
                    json -> {
                        json.writeStringField("batch", result.batch());
                        json.writeStringField("worker", result.worker());
                        json.writeStringField("host", host.host());
                        json.writeStringField("outcome", host.outcome().word());
                        json.writeStringField("reason", host.reason());
                    });
        }
        write("batch", result::write);
    }

    @Override
    public void summary(RunStatus status) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            status.writeTo(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        out.write(bytes.toByteArray());
    }

    @Override
    public void close() {}

    private void write(String type, Json.Writer fields) {
        out.write(
                Json.line(
                        json -> {
                            beginObject(json, type, run);
                            fields.write(json);
                            json.writeEndObject();
                        }));
    }

    private static void beginObject(JsonGenerator json, String type, String guid)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("type", type);
        json.writeStringField("guid", guid);
    }

    /** Writes one line or event as a JSON record. */
    static void writeLine(OutputStream to, Line line) {
        boolean event = line.stream() == Stream.EVENTS;
        try {
            Json.line(
                    to,
                    json -> {
                        beginObject(json, event ? "event" : "line", line.guid());
                        json.writeStringField("time", Times.exact(line.time()));
                        json.writeStringField("batch", line.batch());
                        json.writeStringField("worker", line.worker());
                        JsonNode object = event ? object(line.text()) : null;
                        if (object != null) {
                            json.writeFieldName("event");
                            Json.mapper().writeTree(json, object);
                        } else {
                            json.writeStringField("line", Text.plain(line.text()));
                        }
                        if (line.cut()) {
                            json.writeBooleanField("cut", true);
                        }
                        json.writeEndObject();
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The event as one JSON object on one line: it is parsed and written anew. Null where it is
     * none.
     */
    private static JsonNode object(String text) {
        try {
            JsonNode node = Json.mapper().readTree(text);
            return node != null && node.isObject() ? node : null;
        } catch (IOException e) {
            return null;
        }
    }
}
