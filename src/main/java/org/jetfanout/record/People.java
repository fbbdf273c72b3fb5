package org.jetfanout.record;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jetfanout.machine.PrivateFiles;

/**
 * Who has done what with a run: lines of a file in its folder, {@code {time, guid, who, what}}. Any
 * process may append one, as for the other requests to the owner. Pure functions, except that they
 * use the file.
 */
public final class People {
    private People() {}

    /**
     * Notes what somebody does.
     *
     * @param run the run's folder
     * @param what in one or two words: started, cancelled, approved wave 2
     */
    public static void note(Path run, String who, String what) {
        byte[] line =
                Json.line(
                        json -> {
                            json.writeStartObject();
                            json.writeStringField("time", Instant.now().toString());
                            json.writeStringField("guid", run.getFileName().toString());
                            json.writeStringField("who", who);
                            json.writeStringField("what", what);
                            json.writeEndObject();
                        });
        Path file = RunFile.PEOPLE.in(run);
        // a line of its own, also after one that was written incompletely
        ByteBuffer bytes = ByteBuffer.allocate(line.length + 1).put((byte) '\n').put(line).flip();
        try (FileChannel to =
                FileChannel.open(
                        file,
                        EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                        PrivateFiles.FILE)) {
            to.write(bytes);
        } catch (IOException e) {
            throw RecordException.writing(file, e);
        }
    }

    /** Who started a run; empty where nobody noted it. */
    public static Optional<String> starter(Path run) {
        if (!Files.exists(RunFile.PEOPLE.in(run))) {
            return Optional.empty();
        }
        List<String> starters = new ArrayList<>();
        read(
                run,
                line -> {
                    if (line.path("what").asText().equals("started")) {
                        starters.add(line.path("who").asText());
                    }
                });
        return starters.stream().findFirst();
    }

    /** Passes on each line, in order; returns how many are broken. */
    public static int read(Path run, Consumer<JsonNode> to) {
        return new Ndjson(RunFile.PEOPLE.in(run)).read(to);
    }
}
