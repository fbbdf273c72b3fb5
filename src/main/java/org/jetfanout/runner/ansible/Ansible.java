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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

    private static final int OLDEST_MINOR = 9;
    private static final Pattern VERSION =
            Pattern.compile("(?m)^ansible-playbook (?:\\[core )?(\\d{1,3})\\.(\\d{1,3})");
    private static final Pattern PYTHON =
            Pattern.compile("(?m)^ *python version = (\\d+(?:\\.\\d+)+)");

    /** What ansible needs of a system: it says so only in the middle of a run. */
    private static final String TRIAL =
            """
            [ -d /dev/shm ] && [ -w /dev/shm ] ||
            echo '/dev/shm is missing, or the login cannot write to it: ansible needs it for its forks'
            locale -a 2>/dev/null | grep -qi 'utf-\\{0,1\\}8' ||
            echo 'no UTF-8 locale is installed (such as C.UTF-8): ansible refuses all others'
            """;

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
    public boolean leavesOutPlaysOfLostHosts() {
        return true;
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
    public List<String> needs(WorkerSettings settings) {
        return List.of("ssh");
    }

    @Override
    public String trial() {
        return TRIAL;
    }

    @Override
    public Optional<String> refusal(String printed) {
        Matcher version = VERSION.matcher(printed);
        boolean old =
                version.find()
                        && (Integer.parseInt(version.group(1)) < 2
                                || (Integer.parseInt(version.group(1)) == 2
                                        && Integer.parseInt(version.group(2)) < OLDEST_MINOR));
        return old
                ? Optional.of(
                        "ansible "
                                + version.group(1)
                                + "."
                                + version.group(2)
                                + " is too old: jet-fanout works with 2.9 and newer")
                : Optional.empty();
    }

    @Override
    public String version(String printed) {
        String line =
                printed.lines()
                        .map(PlainText::line)
                        .filter(text -> text.startsWith("ansible"))
                        .findFirst()
                        .orElse("");
        Matcher python = PYTHON.matcher(printed);
        return line.isEmpty() || !python.find() ? line : line + ", Python " + python.group(1);
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
