package org.jetfanout.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jetfanout.doctor.ControlMachine;
import org.jetfanout.doctor.Doctor;
import org.jetfanout.doctor.DoctorReport;
import org.jetfanout.doctor.Finding;
import org.jetfanout.doctor.RunnerHere;
import org.jetfanout.machine.Home;
import org.jetfanout.ssh.SshFiles;
import org.jetfanout.status.Runs;
import org.jetfanout.text.Text;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code doctor}: says what is missing on this machine. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Checks whether this machine is ready for a run: ssh-agent and its keys, ssh_config,",
            "known_hosts, limits, locale, disk, clock, Java, memory, programs. Each line says what",
            "was found and what to do. Uses no network and changes nothing; see check for workers."
        })
final class DoctorCommand implements Callable<Integer> {
    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            defaultValue = "20",
            description =
                    "Number of workers at the same time that the limits of this machine must allow"
                            + " (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Option(
            names = "--runner",
            paramLabel = "NAME",
            completionCandidates = Runners.class,
            description = "Require what runs of this runner need here: ${COMPLETION-CANDIDATES}.")
    private String runner;

    @Option(
            names = "--local",
            description =
                    "Hosts are configured by this machine too (unmatched: local): require the"
                            + " programs for that.")
    private boolean local;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    /** The names of {@code --runner}. */
    static final class Runners implements Iterable<String> {
        private static final Map<String, RunnerHere> BY_NAME =
                Map.of(
                        "jetp", RunnerHere.JETP,
                        "jetpack", RunnerHere.JETPACK,
                        "ansible-playbook", RunnerHere.ANSIBLE,
                        "exec", RunnerHere.EXEC);

        @Override
        public Iterator<String> iterator() {
            return names().iterator();
        }

        static List<String> names() {
            List<String> names = new ArrayList<>(BY_NAME.keySet());
            names.sort(null);
            return names;
        }
    }

    @Override
    public Integer call() throws IOException {
        if (threads < 1) {
            throw new UsageException("--threads must be at least 1");
        }
        DoctorReport report = new Doctor(machine(System.getenv())).examine();
        if (json) {
            System.out.println(new ObjectMapper().writeValueAsString(report.json()));
        } else {
            for (Finding finding : report.findings()) {
                System.out.println(Text.forTerminal(finding.line(), false));
                if (!finding.adviceLine().isEmpty()) {
                    System.out.println(Text.forTerminal(finding.adviceLine(), false));
                }
            }
            System.out.println(report.summary());
        }
        return report.exitCode().code();
    }

    private ControlMachine machine(Map<String, String> environment) {
        Path home = Home.of(environment).path();
        return new ControlMachine(
                environment,
                SshFiles.ofUser(environment, home),
                Runs.of(environment).folder(),
                Home.folder(environment, "XDG_CACHE_HOME", ".cache").resolve("jet-fanout"),
                Path.of(System.getProperty("java.io.tmpdir", "/tmp")),
                threads,
                runner(),
                local);
    }

    private Optional<RunnerHere> runner() {
        if (runner == null) {
            return Optional.empty();
        }
        RunnerHere named = Runners.BY_NAME.get(runner.toLowerCase(Locale.ROOT));
        if (named == null) {
            throw new UsageException(
                    "--runner must be one of " + String.join(", ", Runners.names()));
        }
        return Optional.of(named);
    }
}
