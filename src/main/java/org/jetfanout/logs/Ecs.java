package org.jetfanout.logs;

import static org.jetfanout.logs.JsonBytes.piece;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.OptionalLong;
import org.jetfanout.record.Counts;
import org.jetfanout.record.RecordStream;
import org.jetfanout.text.Times;

/**
 * Writes log documents in the Elastic Common Schema (https://www.elastic.co/docs/reference/ecs).
 * {@code log.iostream} is a field of OpenTelemetry. docs/records.md describes the fields,
 * docs/records.schema.json their types. Not thread-safe.
 */
final class Ecs {
    /** The version of the schema. */
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
    private static final byte[] USER = piece(",\"user\":{\"name\":");
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

    /** Ends the ids of what only this record has. */
    private final String mark;

    /** Who started the run through the service; empty for nobody. */
    private final String user;

    private final BatchWorkers workers;
    private final JsonBytes json = new JsonBytes();

    // Mutable state: the last time is kept as text, because many lines have the same one
    private Instant lastTime = Instant.MIN;
    private byte[] lastTimeText = {};

    /**
     * @param inherited the term of the owner who made the record when the run was taken over: the
     *     record of the owner before has other lines at the same places
     * @param user who started the run through the service; empty for nobody
     */
    Ecs(String guid, OptionalLong inherited, String user, BatchWorkers workers) {
        this.guid = guid;
        this.mark = inherited.isPresent() ? "@" + inherited.getAsLong() : "";
        this.user = user;
        this.workers = workers;
    }

    LogDocument write(DocumentFields fields) {
        RecordStream stream = fields.stream;
        Instant time = fields.time.truncatedTo(ChronoUnit.MILLIS);
        String group = fields.batch.equals(RecordStream.RUN) ? "" : workers.group(fields.batch);
        String id = guid + ":" + stream.batch() + ":" + stream.name() + ":" + fields.offset;
        if (stream.batch().equals(RecordStream.RUN)) {
            id += mark;
        }
        json.clear();
        json.raw(BEGIN).raw(text(time));
        json.raw(MESSAGE).string(fields.message);
        writeEvent(fields, id);
        if (!fields.host.isEmpty()) {
            json.raw(HOST).string(fields.host).raw('}');
        }
        if (!fields.worker.isEmpty()) {
            json.raw(OBSERVER).string(fields.worker).raw('}');
        }
        String who = fields.user.isEmpty() ? user : fields.user;
        if (!who.isEmpty()) {
            json.raw(USER).string(who).raw('}');
        }
        writeLog(fields);
        writeLabels(fields, group);
        if (fields.exitCode.isPresent()) {
            json.raw(PROCESS).number(fields.exitCode.getAsInt()).raw('}');
        }
        if (fields.event != null) {
            json.raw(piece(",\"" + fields.event.namespace() + "\":"));
            writeObject(fields.event.fields());
        }
        if (fields.counts != null) {
            writeCounts(fields);
        }
        json.raw(REST);
        return new LogDocument(
                id,
                time,
                guid,
                fields.batch,
                fields.worker,
                group,
                fields.host,
                stream.name(),
                fields.offset,
                fields.message,
                fields.outcome,
                fields.level,
                json.toByteArray());
    }

    private byte[] text(Instant time) {
        if (!time.equals(lastTime)) {
            lastTimeText = piece(Times.utc(time));
            lastTime = time;
        }
        return lastTimeText;
    }

    private void writeEvent(DocumentFields fields, String id) {
        json.raw(EVENT).string(id);
        json.raw(SEQUENCE).number(fields.offset);
        json.raw(DATASET).text(fields.stream.name()).raw(KIND);
        writeUnlessEmpty(ACTION, fields.action);
        writeUnlessEmpty(OUTCOME, fields.outcome);
        writeUnlessEmpty(REASON, fields.reason);
        if (fields.start != null && fields.end != null) {
            json.raw(START).raw(text(fields.start)).raw(END).raw(text(fields.end)).raw('"');
        }
        if (fields.duration >= 0) {
            json.raw(DURATION).number(fields.duration);
        }
        json.raw('}');
    }

    private void writeLog(DocumentFields fields) {
        json.raw(LOG).string(fields.level);
        if (fields.stream.name().equals(RecordStream.OUTPUT)) {
            // the runner's stderr is in the same file and cannot be told from its stdout
            json.raw(IOSTREAM).string("stdout");
        } else if (fields.stream.name().equals(RecordStream.EVENTS)) {
            json.raw(IOSTREAM).string(RecordStream.EVENTS);
        }
        writeUnlessEmpty(LOGGER, fields.logger);
        json.raw('}');
    }

    private void writeLabels(DocumentFields fields, String group) {
        json.raw(LABELS).string(guid);
        if (!fields.batch.equals(RecordStream.RUN)) {
            writeUnlessEmpty(BATCH, fields.batch);
        }
        writeUnlessEmpty(GROUP, group);
        writeUnlessEmpty(STATE, fields.state);
        writeUnlessEmpty(HOST_OUTCOME, fields.hostOutcome);
        writeUnlessEmpty(FOREIGN_HOST, fields.foreignHost);
        if (fields.cut) {
            json.raw(CUT);
        }
        json.raw('}');
    }

    private void writeCounts(DocumentFields fields) {
        Counts counts = fields.counts;
        json.raw(OWN).number(counts.hosts());
        json.raw(piece(",\"ok\":")).number(counts.ok());
        json.raw(piece(",\"changed\":")).number(counts.changed());
        json.raw(piece(",\"failed\":")).number(counts.failed());
        json.raw(piece(",\"unreachable\":")).number(counts.unreachable());
        json.raw(piece(",\"unfinished\":")).number(counts.unfinished());
        json.raw(piece(",\"not_started\":")).number(counts.notStarted()).raw('}');
        if (fields.complete != null) {
            json.raw(piece(",\"complete\":" + fields.complete));
        }
        json.raw('}');
    }

    private void writeUnlessEmpty(byte[] key, String value) {
        if (!value.isEmpty()) {
            json.raw(key).string(value);
        }
    }

    /** Writes an object of strings, numbers, booleans and such objects. */
    private void writeObject(ObjectNode object) {
        char mark = '{';
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            json.raw(mark).string(field.getKey()).raw(':');
            mark = ',';
            JsonNode value = field.getValue();
            if (value instanceof ObjectNode inner) {
                writeObject(inner);
            } else if (value.isTextual()) {
                json.string(value.textValue());
            } else if (value.isBoolean()) {
                json.raw(piece(value.asText()));
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
