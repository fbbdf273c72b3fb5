package org.jetfanout.runner.ansible;

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
import org.jetfanout.runner.PlainText;
import org.jetfanout.runner.PlaysLeft;
import org.jetfanout.runner.Runner;
import org.jetfanout.runner.RunnerReader;
import org.jetfanout.runner.ShellWords;
import org.jetfanout.runner.WorkRequest;
import org.jetfanout.runner.ansible.output.AnsibleEventReader;
import org.jetfanout.runner.ansible.output.AnsibleLineReader;
import org.jetfanout.runner.ansible.output.AnsibleReader;
import org.jetfanout.runner.ansible.output.AnsibleSecondStart;
import org.jetfanout.site.workers.WorkerSettings;

/** ansible-playbook, the runner of ansible-core. */
public final class Ansible implements Runner {
    /** The one object. */
    public static final Ansible RUNNER = new Ansible();

    /** The runner's name. */
    public static final String NAME = "ansible-playbook";

    private Ansible() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public WorkRequest request(JsonNode record, Path directory) {
        return AnsibleRequest.of(record, directory);
    }

    @Override
    public Optional<byte[]> again(InputStream slice, PlaysLeft left) throws IOException {
        return AnsibleSecondStart.files(slice, left);
    }

    @Override
    public Optional<String> warning(int threads) {
        return Optional.empty();
    }

    @Override
    public List<String> versionCommand(WorkerSettings settings) {
        List<String> words = new ArrayList<>(ShellWords.split(settings.program(NAME)));
        words.add("--version");
        return words;
    }

    @Override
    public String version(String printed) {
        return printed.lines()
                .map(PlainText::line)
                .filter(line -> line.startsWith("ansible"))
                .findFirst()
                .orElse("");
    }

    @Override
    public RunnerReader reader(
            Collection<String> hosts,
            List<BatchPlay> plays,
            boolean tagged,
            UnaryOperator<String> names) {
        return new AnsibleReader(hosts, plays, tagged, names);
    }

    @Override
    public EventReader events(UnaryOperator<String> clean) {
        return new AnsibleEventReader(clean);
    }

    @Override
    public LineReader lines(Predicate<String> known) {
        return new AnsibleLineReader(known);
    }
}
