package org.jetfanout.status;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jetfanout.record.Counts;
import org.jetfanout.record.FileNames;
import org.jetfanout.record.Json;
import org.jetfanout.record.RecordException;
import org.jetfanout.record.RunFile;
import org.jetfanout.record.RunFolder;
import org.jetfanout.record.RunRecord;

/**
 * A run as {@code runs} lists it, in one line. Immutable.
 *
 * @param guid the run
 * @param created when it began
 * @param state its state
 * @param exitCode empty until it has ended
 * @param totals of all hosts of its plan
 */
public record RunLine(
        String guid, Instant created, RunState state, OptionalInt exitCode, Counts totals) {
    /**
     * The line of a run's record. It asks no worker and reads no more of the record than it needs.
     */
    static RunLine of(Path folder) {
        return ended(folder)
                .orElseGet(
                        () -> {
                            try (RunRecord record = RunRecord.at(folder)) {
                                RunStatus status = RunStatus.withoutSinks(record);
                                return new RunLine(
                                        status.guid(),
                                        record.created(),
                                        status.state(),
                                        status.exitCode(),
                                        status.totals());
                            }
                        });
    }

    /** The line of a record with a final status; empty where it has none. */
    public static Optional<RunLine> ended(Path folder) {
        Path file = RunFile.SUMMARY.in(folder);
        byte[] bytes;
        try (var in = Files.newInputStream(file)) {
            // the rest is about workers and hosts, and may be very long
            bytes = in.readNBytes(1 << 10);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw RecordException.reading(file, e);
        }
        OptionalInt exitCode = OptionalInt.empty();
        Optional<Counts> totals = Optional.empty();
        try (JsonParser json = Json.MAPPER.createParser(bytes)) {
            json.nextToken();
            while (totals.isEmpty() && json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                if (name.equals("totals")) {
                    JsonNode node = json.readValueAsTree();
                    totals = Counts.read(node);
                } else if (name.equals("exitCode") && json.currentToken().isNumeric()) {
                    exitCode = OptionalInt.of(json.getIntValue());
                } else {
                    json.skipChildren();
                }
            }
        } catch (IOException e) {
            // the whole record is read instead
            return Optional.empty();
        }
        if (exitCode.isEmpty() || totals.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new RunLine(
                        folder.getFileName().toString(),
                        new RunFolder(folder).created(),
                        RunState.ENDED,
                        exitCode,
                        totals.get()));
    }

    /** Its JSON, as {@code runs --json} prints it: the caller may add more. */
    public ObjectNode json() {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("guid", guid).put("created", created.toString()).put("state", state.word());
        json.set(
                "exitCode",
                exitCode.isPresent()
                        ? IntNode.valueOf(exitCode.getAsInt())
                        : NullNode.getInstance());
        ObjectNode counts = json.putObject("totals");
        counts.put("hosts", totals.hosts()).put("ok", totals.ok());
        counts.put("changed", totals.changed()).put("failed", totals.failed());
        counts.put("unreachable", totals.unreachable()).put("unfinished", totals.unfinished());
        counts.put("notStarted", totals.notStarted());
        return json;
    }

    /** Reads what {@link #json} made at another instance. Empty where it is something else. */
    public static Optional<RunLine> read(JsonNode json) {
        String guid = json.path("guid").asText();
        Optional<RunState> state =
                Stream.of(RunState.values())
                        .filter(it -> it.word().equals(json.path("state").asText()))
                        .findAny();
        Optional<Counts> totals = Counts.read(json.path("totals"));
        if (!FileNames.isSafe(guid) || state.isEmpty() || totals.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new RunLine(
                            guid,
                            Instant.parse(json.path("created").asText()),
                            state.get(),
                            json.path("exitCode").isInt()
                                    ? OptionalInt.of(json.path("exitCode").intValue())
                                    : OptionalInt.empty(),
                            totals.get()));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
