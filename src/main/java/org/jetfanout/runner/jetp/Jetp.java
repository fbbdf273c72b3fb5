package org.jetfanout.runner.jetp;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
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
import org.jetfanout.runner.jetp.bundle.SecondStart;
import org.jetfanout.runner.jetp.output.JetpEventReader;
import org.jetfanout.runner.jetp.output.JetpLineReader;
import org.jetfanout.runner.jetp.output.JetpReader;
import org.jetfanout.site.playbook.Dialect;
import org.jetfanout.site.workers.WorkerSettings;

/** jetp, the runner of Jetporch, or its fork Jetpack. */
public final class Jetp implements Runner {
    /** A mode that only Jetpack has. */
    private static final String JETPACK_MODE = "apply";

    private final Dialect dialect;

    /** jetp, or a Jetpack that nobody called so. */
    public Jetp() {
        this(Dialect.JETP);
    }

    /** The runner of a dialect. */
    public Jetp(Dialect dialect) {
        this.dialect = dialect;
    }

    @Override
    public String name() {
        return dialect.runner();
    }

    @Override
    public WorkRequest request(JsonNode record, Path directory) {
        return PlaybookRequest.read(
                record, directory, Optional.of(dialect).filter(known -> known == Dialect.JETPACK));
    }

    @Override
    public Optional<byte[]> again(InputStream slice, PlaysLeft left) throws IOException {
        return SecondStart.files(slice, left);
    }

    @Override
    public Optional<String> warning(int threads) {
        return threads == 1
                ? Optional.of(
                        "means one thread per CPU of the worker: "
                                + dialect.title()
                                + " treats 1 this way")
                : Optional.empty();
    }

    @Override
    public boolean triesOneKey() {
        return dialect == Dialect.JETP;
    }

    @Override
    public List<String> versionCommand(WorkerSettings settings) {
        List<String> words = new ArrayList<>(ShellWords.split(settings.program(name())));
        if (dialect == Dialect.JETPACK) {
            words.add(JETPACK_MODE); // jetp refuses it: so both are told apart
        }
        words.add("--version");
        return words;
    }

    @Override
    public String version(String printed) {
        String version = JetpVersion.of(printed);
        // Jetpack calls itself jetp
        return dialect == Dialect.JETPACK && version.startsWith("jetp ")
                ? dialect.title() + version.substring("jetp".length())
                : version;
    }

    @Override
    public RunnerReader reader(
            Collection<String> hosts,
            List<BatchPlay> plays,
            boolean tagged,
            UnaryOperator<String> names) {
        return new JetpReader(hosts, plays, tagged, names);
    }

    @Override
    public EventReader events(UnaryOperator<String> clean) {
        return new JetpEventReader(clean);
    }

    @Override
    public LineReader lines(Predicate<String> known) {
        return new JetpLineReader(known);
    }
}
