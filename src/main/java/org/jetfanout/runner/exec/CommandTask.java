package org.jetfanout.runner.exec;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A command line, which the login shell of each host reads.
 *
 * @param command the words of the user, joined by blanks as ssh joins them
 */
public record CommandTask(String command) implements HostTask {
    static final String WORD = "exec";
    private static final String COMMAND = "command";

    static CommandTask read(JsonNode record) {
        return new CommandTask(record.path(COMMAND).asText());
    }

    @Override
    public String word() {
        return WORD;
    }

    @Override
    public Map<String, Object> toRecord() {
        return Map.of(COMMAND, command);
    }

    @Override
    public CommandTask keptIn(Path folder) {
        return this;
    }

    @Override
    public TaskOnHost read() {
        return new TaskOnHost(
                HostScripts.COMMAND,
                List.of(command),
                false,
                "",
                Map.of(),
                Map.of(),
                Optional.empty());
    }
}
