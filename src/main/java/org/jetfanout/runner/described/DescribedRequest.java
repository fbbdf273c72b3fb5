package org.jetfanout.runner.described;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jetfanout.ConfigurationException;
import org.jetfanout.runner.Runner;
import org.jetfanout.runner.WorkRequest;
import org.jetfanout.runner.exec.ChosenHosts;
import org.jetfanout.runner.exec.ExecOptions;
import org.jetfanout.site.workers.WorkersConfig;

/**
 * A described runner, the hosts that it is for, and the words that it gets. Immutable.
 *
 * @param definition of the runner
 * @param folder with the files of the runner; it may be gone when the run has ended
 * @param kept the files of the runner in the run's record; empty where they are not there
 * @param hosts the hosts
 * @param arguments the words of the user's command line for the runner
 * @param directory in which the user gave them
 * @param logins login name and port of hosts for which no variable says another
 */
public record DescribedRequest(
        Definition definition,
        Path folder,
        KeptFiles kept,
        ChosenHosts hosts,
        List<String> arguments,
        Path directory,
        ExecOptions logins)
        implements WorkRequest {
    /** The key of {@code request.json} with the whole description. */
    static final String DESCRIPTION = "description";

    private static final String FILE = "descriptionFile";
    private static final String FOLDER = "runnerFolder";
    private static final String FILES = "runnerFiles";
    private static final String ARGUMENTS = "arguments";
    private static final String DIRECTORY = "argumentsDirectory";

    /** The name of the copy of the runner's folder in the folder of a run. */
    private static final String COPY = "runner";

    /** Copies the list. */
    public DescribedRequest {
        arguments = List.copyOf(arguments);
    }

    /**
     * A request of a user's.
     *
     * @param name of the runner
     * @param places folders with runners' folders in them, in the order in which they are searched
     * @throws ConfigurationException where there is no such runner, or its description is wrong
     */
    public static DescribedRequest of(
            String name,
            List<Path> places,
            ChosenHosts hosts,
            List<String> arguments,
            ExecOptions logins) {
        Path folder = RunnerFolders.find(name, places);
        return new DescribedRequest(
                DefinitionReader.of(name, folder),
                folder,
                KeptFiles.NONE,
                hosts,
                arguments,
                Path.of("").toAbsolutePath(),
                logins);
    }

    @Override
    public Runner runner() {
        return new DescribedRunner(definition);
    }

    @Override
    public Map<String, Object> toRecord() {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put(DESCRIPTION, definition.text());
        record.put(FILE, definition.file().toAbsolutePath().toString());
        record.put(FOLDER, folder.toAbsolutePath().toString());
        record.put(FILES, kept.toRecord());
        record.put(ARGUMENTS, arguments);
        record.put(DIRECTORY, directory.toString());
        record.putAll(hosts.toRecord());
        record.putAll(logins.toRecord());
        return record;
    }

    /** The definition that a record has. */
    static Definition definition(String name, JsonNode record) {
        return DefinitionReader.of(
                name, Path.of(record.path(FILE).asText()), record.path(DESCRIPTION).asText());
    }

    /** Reads what {@link #toRecord} gave. */
    static DescribedRequest read(Definition definition, JsonNode record, Path from) {
        List<String> words = new ArrayList<>();
        record.path(ARGUMENTS).forEach(word -> words.add(word.asText()));
        return new DescribedRequest(
                definition,
                from.resolve(record.path(FOLDER).asText()),
                KeptFiles.read(record.path(FILES)),
                ChosenHosts.read(record, from),
                words,
                Path.of(record.path(DIRECTORY).asText()),
                ExecOptions.read(record));
    }

    @Override
    public DescribedRequest keptIn(Path run) throws IOException {
        Path copy = run.resolve(COPY);
        if (Files.isDirectory(folder)) {
            FilesOfRunner.copy(definition, folder, copy);
        } else {
            kept.write(copy);
        }
        return with(copy.toAbsolutePath(), KeptFiles.of(copy), hosts);
    }

    @Override
    public DescribedRequest again(List<String> some, List<String> extraVars) {
        if (!extraVars.isEmpty()) {
            throw new ConfigurationException(
                    "the runner " + definition.name() + " takes no --extra-vars");
        }
        Path own = definition.file().toAbsolutePath().getParent();
        boolean gone = !Files.isDirectory(folder) && kept.isEmpty();
        if (gone && !Files.isDirectory(own)) {
            throw ConfigurationException.at(
                    own, "no such folder: it had the files of the runner " + definition.name());
        }
        return with(gone ? own : folder, kept, hosts.only(some));
    }

    private DescribedRequest with(Path from, KeptFiles files, ChosenHosts some) {
        return new DescribedRequest(definition, from, files, some, arguments, directory, logins);
    }

    /** Fails where a file is missing that the description names. */
    void checkFiles() {
        if (Files.isDirectory(folder) || kept.isEmpty()) {
            FilesOfRunner.paths(definition, folder);
        }
    }

    @Override
    public DescribedWork read(WorkersConfig workers, Consumer<String> warnings) {
        return DescribedWork.read(this, workers, warnings);
    }
}
