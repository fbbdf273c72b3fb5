package org.jetfanout.question;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import org.jetfanout.record.FileNames;
import org.jetfanout.record.RunFile;
import org.jetfanout.record.RunFolder;
import org.jetfanout.record.RunRecord;

/**
 * A run whose record an instance has. Immutable.
 *
 * @param guid the run
 * @param created when it began
 * @param owned whether a process works on it there
 * @param ended whether it has its final status there
 * @param term of its owner
 */
record FoundRun(String guid, Instant created, boolean owned, boolean ended, long term) {
    /**
     * Which of two records of one run counts: that of the latest owner, and of two that are as
     * late, the one that is worked on.
     */
    static final Comparator<FoundRun> BY_RANK =
            Comparator.comparingLong(FoundRun::term)
                    .thenComparing(FoundRun::owned)
                    .thenComparing(FoundRun::ended);

    /** The run with its record in this folder; empty where there is none. */
    static Optional<FoundRun> in(Path folder) {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (RunRecord record = RunRecord.at(folder)) {
            return Optional.of(
                    new FoundRun(
                            record.guid(),
                            new RunFolder(folder).created(),
                            record.isOwned(),
                            Files.exists(record.file(RunFile.SUMMARY)),
                            record.term()));
        }
    }

    ObjectNode json() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("guid", guid)
                .put("created", created.toString())
                .put("owned", owned)
                .put("ended", ended)
                .put("term", term);
    }

    /** Reads what {@link #json} made, at another instance. Empty where it is something else. */
    static Optional<FoundRun> read(JsonNode json) {
        String guid = json.path("guid").asText();
        if (!FileNames.isSafe(guid)) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new FoundRun(
                            guid,
                            Instant.parse(json.path("created").asText()),
                            json.path("owned").asBoolean(),
                            json.path("ended").asBoolean(),
                            json.path("term").asLong(1)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
