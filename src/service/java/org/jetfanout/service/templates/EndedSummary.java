package org.jetfanout.service.templates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jetfanout.record.RecordException;
import org.jetfanout.record.RunFile;
import org.jetfanout.record.RunRecord;
import org.jetfanout.service.runs.EndedRun;
import org.jetfanout.text.Quoted;
import org.jetfanout.text.Redaction;

/**
 * What others are told of a run that has ended: what its record says, without secrets. Immutable.
 */
final class EndedSummary {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A longer list of workers is left out: whoever is told asks the API for it. */
    private static final int LONGEST = 256 << 10;

    private final Path runs;
    private final Optional<String> url;

    /**
     * @param runs the folder with the records
     * @param url of the service, for a link; empty for none
     */
    EndedSummary(Path runs, Optional<String> url) {
        this.runs = runs;
        this.url = url;
    }

    /** The JSON object. It is the same each time. */
    ObjectNode of(EndedRun run) {
        ObjectNode json = JSON.createObjectNode();
        json.put("type", "run.ended").put("guid", run.guid());
        run.template().ifPresent(name -> json.put("template", name));
        json.put("who", run.who()).put("exitCode", run.exitCode());
        url.ifPresent(text -> json.put("url", text + "/runs/" + run.guid()));
        try (RunRecord record = RunRecord.at(runs.resolve(run.guid()))) {
            json.put("created", record.created().toString());
            record.summary()
                    .ifPresent(
                            summary -> {
                                json.set("totals", summary.path("totals"));
                                JsonNode workers = redacted(summary.path("workers"));
                                if (workers.toString().length() <= LONGEST) {
                                    json.set("workers", workers);
                                } else {
                                    json.put("workersLeftOut", workers.size());
                                }
                            });
            if (record.summary().isEmpty()) {
                said(run.guid()).ifPresent(text -> json.put("message", text));
            }
        } catch (RecordException e) {
            // its exit code is all that is known
        }
        return json;
    }

    /** Why a run did not come so far that it has results. */
    private Optional<String> said(String guid) {
        try {
            List<String> lines =
                    Files.readAllLines(
                            RunFile.BACKGROUND_LOG.in(runs.resolve(guid)), StandardCharsets.UTF_8);
            return lines.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            Quoted.excerpt(
                                    Redaction.defaults().apply(lines.get(lines.size() - 1))));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static JsonNode redacted(JsonNode node) {
        if (node.isTextual()) {
            return TextNode.valueOf(Redaction.defaults().apply(node.asText()));
        }
        if (node.isArray()) {
            ArrayNode array = JSON.createArrayNode();
            node.forEach(item -> array.add(redacted(item)));
            return array;
        }
        if (node.isObject()) {
            ObjectNode object = JSON.createObjectNode();
            node.properties()
                    .forEach(field -> object.set(field.getKey(), redacted(field.getValue())));
            return object;
        }
        return node;
    }
}
