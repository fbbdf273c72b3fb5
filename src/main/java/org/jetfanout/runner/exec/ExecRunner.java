package org.jetfanout.runner.exec;

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
import org.jetfanout.runner.PlaysLeft;
import org.jetfanout.runner.Runner;
import org.jetfanout.runner.RunnerReader;
import org.jetfanout.runner.ShellWords;
import org.jetfanout.runner.WorkRequest;
import org.jetfanout.runner.events.PlainEventReader;
import org.jetfanout.runner.events.PlainLineReader;
import org.jetfanout.runner.events.PlainReader;
import org.jetfanout.site.workers.WorkerSettings;

/** Our own runner: commands and scripts on hosts, by the worker's OpenSSH. */
public final class ExecRunner implements Runner {
    /** Its name in records and in workers.yml. */
    public static final String NAME = "exec";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public WorkRequest request(JsonNode record, Path directory) {
        return ExecRequest.read(record, directory);
    }

    @Override
    public Optional<byte[]> again(InputStream slice, PlaysLeft left) {
        return Optional.empty(); // there are no plays
    }

    @Override
    public Optional<String> warning(int threads) {
        return Optional.empty();
    }

    @Override
    public List<String> versionCommand(WorkerSettings settings) {
        List<String> words = new ArrayList<>(ShellWords.split(settings.program(NAME)));
        words.add("-V");
        return words;
    }

    @Override
    public String version(String printed) {
        return printed.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("OpenSSH_"))
                .findFirst()
                .orElse("");
    }

    @Override
    public RunnerReader reader(
            Collection<String> hosts,
            List<BatchPlay> plays,
            boolean tagged,
            UnaryOperator<String> names) {
        return new PlainReader(hosts, plays, tagged, names);
    }

    @Override
    public EventReader events(UnaryOperator<String> clean) {
        return new PlainEventReader(clean);
    }

    @Override
    public LineReader lines(Predicate<String> known) {
        return new PlainLineReader(known);
    }
}
