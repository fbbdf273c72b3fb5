package org.jetfanout.runner.exec;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jetfanout.runner.Runner;
import org.jetfanout.runner.WorkRequest;
import org.jetfanout.site.workers.WorkersConfig;

/**
 * A task for hosts.
 *
 * @param hosts the hosts
 * @param task what runs on each of them
 * @param options how
 */
public record ExecRequest(ChosenHosts hosts, HostTask task, ExecOptions options)
        implements WorkRequest {
    private static final String TASK = "task";

    @Override
    public Runner runner() {
        return new ExecRunner();
    }

    @Override
    public Map<String, Object> toRecord() {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put(TASK, task.word());
        record.putAll(task.toRecord());
        record.putAll(hosts.toRecord());
        record.putAll(options.toRecord());
        return record;
    }

    static ExecRequest read(JsonNode record, Path directory) {
        HostTask task =
                switch (record.path(TASK).asText()) {
                    case ScriptTask.WORD -> ScriptTask.read(record, directory);
                    case CopyTask.WORD -> CopyTask.read(record, directory);
                    default -> CommandTask.read(record);
                };
        return new ExecRequest(ChosenHosts.read(record, directory), task, ExecOptions.read(record));
    }

    @Override
    public ExecRequest keptIn(Path folder) throws IOException {
        return new ExecRequest(hosts, task.keptIn(folder), options);
    }

    @Override
    public ExecRequest again(List<String> some, List<String> extraVars) {
        return new ExecRequest(hosts.only(some), task, options);
    }

    @Override
    public ExecWork read(WorkersConfig workers, Consumer<String> warnings) {
        return ExecWork.read(this, workers, warnings);
    }
}
