package org.jetfanout.runner.described;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jetfanout.plan.BatchPlay;
import org.jetfanout.runner.EventReader;
import org.jetfanout.runner.LineReader;
import org.jetfanout.runner.PlainText;
import org.jetfanout.runner.PlaysLeft;
import org.jetfanout.runner.Runner;
import org.jetfanout.runner.RunnerReader;
import org.jetfanout.runner.WorkRequest;
import org.jetfanout.runner.events.PlainEventReader;
import org.jetfanout.runner.events.PlainLineReader;
import org.jetfanout.site.workers.WorkerSettings;

/**
 * A runner that the user describes by files. Its description is part of each run's record, so that
 * nothing that is done with a run depends on the files being there.
 */
public final class DescribedRunner implements Runner {
    private final Definition definition;

    DescribedRunner(Definition definition) {
        this.definition = definition;
    }

    /** Whether a recorded request is of such a runner. */
    public static boolean isOf(JsonNode record) {
        return record.hasNonNull(DescribedRequest.DESCRIPTION);
    }

    /**
     * The runner of a recorded run.
     *
     * @param name as the record keeps it
     */
    public static DescribedRunner of(String name, JsonNode record) {
        return new DescribedRunner(DescribedRequest.definition(name, record));
    }

    @Override
    public String name() {
        return definition.name();
    }

    @Override
    public WorkRequest request(JsonNode record, Path directory) {
        return DescribedRequest.read(definition, record, directory);
    }

    @Override
    public Optional<byte[]> again(InputStream slice, PlaysLeft left) {
        return Optional.empty(); // it has no plays
    }

    @Override
    public Optional<String> warning(int threads) {
        return Optional.empty();
    }

    @Override
    public List<String> versionCommand(WorkerSettings settings) {
        List<String> words = new ArrayList<>();
        definition.version().forEach(word -> words.add(word.fillOrEmpty(name -> Optional.empty())));
        if (words.isEmpty()) {
            return List.of("true");
        }
        if (words.get(0).equals(definition.command().get(0).toString())) {
            List<String> program =
                    new WorkerCommand(definition, List.of(), "", 0).program(settings);
            words.remove(0);
            words.addAll(0, program);
        }
        return words;
    }

    @Override
    public List<String> needs(WorkerSettings settings) {
        List<String> needs = new ArrayList<>(definition.needs());
        String program = definition.command().get(0).toString();
        boolean named = !settings.program(definition.name()).equals(definition.name());
        // what travels, or what workers.yml names, is not looked for by this name
        if (!named && !program.startsWith(".") && !program.contains("{")) {
            needs.add(program);
        }
        return needs;
    }

    @Override
    public String version(String printed) {
        String first =
                printed.lines()
                        .map(PlainText::line)
                        .filter(line -> !line.isEmpty())
                        .findFirst()
                        .orElse("");
        return first.isEmpty() ? definition.name() : definition.name() + ": " + first;
    }

    @Override
    public RunnerReader reader(
            Collection<String> hosts,
            List<BatchPlay> plays,
            boolean tagged,
            UnaryOperator<String> names) {
        return new DescribedReader(definition, hosts, names);
    }

    @Override
    public EventReader events(UnaryOperator<String> clean) {
        return new PlainEventReader(clean);
    }

    @Override
    public LineReader lines(Predicate<String> known) {
        return definition.output().rules().isEmpty()
                ? new PlainLineReader(known)
                : new DescribedLineReader(definition.output().rules(), known);
    }
}
