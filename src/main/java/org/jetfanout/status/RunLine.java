package org.jetfanout.status;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
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
import org.jetfanout.record.JsonReader;
import org.jetfanout.record.RecordException;
import org.jetfanout.record.RunFile;
import org.jetfanout.record.RunFolder;
import org.jetfanout.record.RunRecord;
import org.jetfanout.text.Times;

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
        try {
            JsonReader json = new JsonReader(bytes);
            json.beginObject();
            // what follows may be cut off
            while (totals.isEmpty()) {
                String key = json.nextKey();
                if (key == null) {
                    break;
                }
                switch (key) {
                    case "totals" -> totals = Counts.read(json.value());
                    case "exitCode" -> exitCode = wholeNumber(json.value());
                    default -> json.skip();
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

    private static OptionalInt wholeNumber(JsonNode node) {
        return node.isInt() ? OptionalInt.of(node.intValue()) : OptionalInt.empty();
    }

    /** Writes it as fields of an object that is begun, as {@code runs --json} prints it. */
    public void write(JsonGenerator json) throws IOException {
        json.writeStringField("guid", guid);
        json.writeStringField("created", Times.exact(created));
        json.writeStringField("state", state.word());
        if (exitCode.isPresent()) {
            json.writeNumberField("exitCode", exitCode.getAsInt());
        } else {
            json.writeNullField("exitCode");
        }
        json.writeObjectFieldStart("totals");
        totals.write(json);
        json.writeEndObject();
    }

    /** Reads what {@link #write} wrote at another instance. Empty where it is something else. */
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
                            Times.parse(json.path("created").asText()),
                            state.get(),
                            wholeNumber(json.path("exitCode")),
                            totals.get()));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
