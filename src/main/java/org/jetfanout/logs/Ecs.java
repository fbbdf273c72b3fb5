package org.jetfanout.logs;

import static org.jetfanout.logs.JsonBytes.piece;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jetfanout.record.Counts;
import org.jetfanout.record.Place;
import org.jetfanout.text.Times;

/**
 * Writes log records in Elastic Common Schema (https://www.elastic.co/docs/reference/ecs); {@code
 * log.iostream} is OpenTelemetry's. The fields are in docs/records.md, their types in
 * docs/records.schema.json. Not thread-safe.
 */
final class Ecs {
    /** The version of the schema that is followed. */
    static final String VERSION = "8.17.0";

    /** The data set of the data stream. */
    static final String DATA_SET = "jetfanout.run";

    private static final byte[] BEGIN = piece("{\"@timestamp\":\"");
    private static final byte[] MESSAGE = piece("\",\"message\":");
    private static final byte[] EVENT = piece(",\"event\":{\"id\":");
    private static final byte[] SEQUENCE = piece(",\"sequence\":");
    private static final byte[] DATASET = piece(",\"dataset\":\"jetfanout.");
    private static final byte[] KIND = piece("\",\"kind\":\"event\"");
    private static final byte[] ACTION = piece(",\"action\":");
    private static final byte[] OUTCOME = piece(",\"outcome\":");
    private static final byte[] REASON = piece(",\"reason\":");
    private static final byte[] START = piece(",\"start\":\"");
    private static final byte[] END = piece("\",\"end\":\"");
    private static final byte[] DURATION = piece(",\"duration\":");
    private static final byte[] HOST = piece(",\"host\":{\"name\":");
    private static final byte[] OBSERVER = piece(",\"observer\":{\"hostname\":");
    private static final byte[] LOG = piece(",\"log\":{\"level\":");
    private static final byte[] IOSTREAM = piece(",\"iostream\":");
    private static final byte[] LOGGER = piece(",\"logger\":");
    private static final byte[] LABELS = piece(",\"labels\":{\"guid\":");
    private static final byte[] BATCH = piece(",\"batch\":");
    private static final byte[] GROUP = piece(",\"worker_group\":");
    private static final byte[] STATE = piece(",\"state\":");
    private static final byte[] HOST_OUTCOME = piece(",\"host_outcome\":");
    private static final byte[] FOREIGN_HOST = piece(",\"foreign_host\":");
    private static final byte[] CUT = piece(",\"cut\":\"true\"");
    private static final byte[] PROCESS = piece(",\"process\":{\"exit_code\":");
    private static final byte[] OWN = piece(",\"jetfanout\":{\"hosts\":{\"total\":");
    private static final byte[] REST =
            piece(
                    ",\"ecs\":{\"version\":\""
                            + VERSION
                            + "\"},\"data_stream\":{\"type\":\"logs\",\"dataset\":\""
                            + DATA_SET
                            + "\",\"namespace\":\"default\"}}");

    private final String guid;
    private final BatchWorkers workers;
    private final JsonBytes json = new JsonBytes();

    // Mutable state: many lines come at the same time
    private Instant lastTime = Instant.MIN;
    private byte[] lastTimeText = {};

    Ecs(String guid, BatchWorkers workers) {
        this.guid = guid;
        this.workers = workers;
    }

    LogRecord write(Draft draft) {
        Place place = draft.place;
        Instant time = draft.time.truncatedTo(ChronoUnit.MILLIS);
        String group = draft.batch.equals(Place.RUN) ? "" : workers.group(draft.batch);
        String id = guid + ":" + place.batch() + ":" + place.stream() + ":" + draft.offset;
        json.clear();
        json.raw(BEGIN).raw(text(time));
        json.raw(MESSAGE).string(draft.message);
        event(draft, id);
        if (!draft.host.isEmpty()) {
            json.raw(HOST).string(draft.host).raw('}');
        }
        if (!draft.worker.isEmpty()) {
            json.raw(OBSERVER).string(draft.worker).raw('}');
        }
        log(draft);
        labels(draft, group);
        if (draft.exitCode.isPresent()) {
            json.raw(PROCESS).number(draft.exitCode.getAsInt()).raw('}');
        }
        if (draft.event != null) {
            json.raw(piece(",\"" + draft.event.namespace() + "\":"));
            object(draft.event.fields());
        }
        if (draft.counts != null) {
            counts(draft);
        }
        json.raw(REST);
        return new LogRecord(
                id,
                time,
                guid,
                draft.batch,
                draft.worker,
                group,
                draft.host,
                place.stream(),
                draft.offset,
                draft.message,
                draft.outcome,
                draft.level,
                json.toByteArray());
    }

    private byte[] text(Instant time) {
        if (!time.equals(lastTime)) {
            lastTimeText = piece(Times.utc(time));
            lastTime = time;
        }
        return lastTimeText;
    }

    private void event(Draft draft, String id) {
        json.raw(EVENT).string(id);
        json.raw(SEQUENCE).number(draft.offset);
        json.raw(DATASET).text(draft.place.stream()).raw(KIND);
        some(ACTION, draft.action);
        some(OUTCOME, draft.outcome);
        some(REASON, draft.reason);
        if (draft.start != null && draft.end != null) {
            json.raw(START).raw(text(draft.start)).raw(END).raw(text(draft.end)).raw('"');
        }
        if (draft.duration >= 0) {
            json.raw(DURATION).number(draft.duration);
        }
        json.raw('}');
    }

    private void log(Draft draft) {
        json.raw(LOG).string(draft.level);
        if (draft.place.stream().equals(Place.OUTPUT)) {
            // the runner's stderr is in the same file: it can no longer be told from its stdout
            json.raw(IOSTREAM).string("stdout");
        } else if (draft.place.stream().equals(Place.EVENTS)) {
            json.raw(IOSTREAM).string(Place.EVENTS);
        }
        some(LOGGER, draft.logger);
        json.raw('}');
    }

    private void labels(Draft draft, String group) {
        json.raw(LABELS).string(guid);
        if (!draft.batch.equals(Place.RUN)) {
            some(BATCH, draft.batch);
        }
        some(GROUP, group);
        some(STATE, draft.state);
        some(HOST_OUTCOME, draft.hostOutcome);
        some(FOREIGN_HOST, draft.foreignHost);
        if (draft.cut) {
            json.raw(CUT);
        }
        json.raw('}');
    }

    private void counts(Draft draft) {
        Counts counts = draft.counts;
        json.raw(OWN).number(counts.hosts());
        json.raw(piece(",\"ok\":")).number(counts.ok());
        json.raw(piece(",\"changed\":")).number(counts.changed());
        json.raw(piece(",\"failed\":")).number(counts.failed());
        json.raw(piece(",\"unreachable\":")).number(counts.unreachable());
        json.raw(piece(",\"unfinished\":")).number(counts.unfinished()).raw('}');
        if (draft.complete != null) {
            json.raw(piece(",\"complete\":" + draft.complete));
        }
        json.raw('}');
    }

    private void some(byte[] key, String value) {
        if (!value.isEmpty()) {
            json.raw(key).string(value);
        }
    }

    /** An object of strings, numbers and such objects. */
    private void object(ObjectNode object) {
        char mark = '{';
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            json.raw(mark).string(field.getKey()).raw(':');
            mark = ',';
            JsonNode value = field.getValue();
            if (value instanceof ObjectNode inner) {
                object(inner);
            } else if (value.isTextual()) {
                json.string(value.textValue());
            } else {
                json.number(value.longValue());
            }
        }
        if (mark == '{') {
            json.raw('{');
        }
        json.raw('}');
    }
}
