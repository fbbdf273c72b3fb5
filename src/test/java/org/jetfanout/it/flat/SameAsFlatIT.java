package org.jetfanout.it.flat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.jetp.output.JetpReader;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.SshAgent;
import org.jetfanout.testkit.TestUser;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each playbook in {@code src/test/resources/flat} does the same over workers as on one machine:
 * the outcome of each host, its events in their order, the tasks that ran on it, and no host begins
 * a play before all have ended the play before. The runner is the stand-in for jetp, which runs the
 * tasks where it is; or the program that {@code $JETP} names, which logs in to hosts that are real
 * SSH servers.
 */
@Order(1) // takes long: begins first
class SameAsFlatIT {
    private static final String REAL = System.getenv().getOrDefault("JETP", "");
    private static final String JETPACK = "jetpack";
    private static final boolean REAL_IS_JETPACK = REAL.endsWith("/" + JETPACK);

    /** Nobody listens there. */
    private static final int CLOSED = 1;

    @RegisterExtension static final Fleet fleet = Fleet.start(210, 12);

    private static SshAgent hostKeyAlone;
    private static Path runner;
    private static Path jetpack;
    private static Path note;

    @TempDir private Path folder;

    @BeforeAll
    static void runner() throws IOException {
        // jetp tries the first key of an agent only
        hostKeyAlone = SshAgent.start(fleet.hostKey());
        runner =
                REAL.isEmpty()
                        ? fleet.jetp()
                        : Files.copy(
                                Path.of(REAL),
                                fleet.jetp().resolveSibling("runner"),
                                StandardCopyOption.COPY_ATTRIBUTES);
        jetpack =
                REAL_IS_JETPACK
                        ? runner
                        : Files.copy(
                                fleet.jetp(),
                                fleet.jetp().resolveSibling(JETPACK),
                                StandardCopyOption.COPY_ATTRIBUTES);
        note = fleet.program("note", Notes.PROGRAM);
    }

    @AfterAll
    static void stop() {
        hostKeyAlone.close();
    }

    private static Stream<FlatCase> playbooks() {
        return FlatCase.all().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("playbooks")
    void isTheSame(FlatCase playbook) throws Exception {
        Site site = site(playbook);

        Notes flatNotes = notes(site, playbook, "notes-flat");
        int flatCode = flat(site, playbook);
        assertThat(flatOutcomes(playbook, flatCode))
                .as("outcomes on one machine: %s", Files.readString(folder.resolve("flat.out")))
                .isEqualTo(playbook.flat());
        flatNotes.playsAreInOrder();

        Notes notes = notes(site, playbook, "notes-over-workers");
        List<String> words = new ArrayList<>(List.of(playbook.mode()));
        words.addAll(playbook.flags(site.file("pb")));
        Program.Ended run = site.run(words.toArray(String[]::new));
        assertThat(outcomes(run)).as("outcomes: %s", run).isEqualTo(playbook.overWorkers());
        notes.playsAreInOrder();
        Map<String, List<String>> events =
                new JetpEventFiles(List.of(folder.resolve("flat.events"))).byHost();
        Map<String, List<String>> eventsOfWorkers = new JetpEventFiles(eventFiles(run)).byHost();
        events.keySet().removeAll(playbook.fanned().keySet());
        eventsOfWorkers.keySet().removeAll(playbook.fanned().keySet());
        assertThat(eventsOfWorkers).as("events: %s", run).isEqualTo(events);
        if (playbook.fanned().isEmpty()) {
            assertThat(notes.ran()).isEqualTo(flatNotes.ran());
            assertThat(run.exit() == 0).as("%s", run).isEqualTo(flatCode == 0);
        }
    }

    private Site site(FlatCase playbook) throws IOException {
        Site site = new Site(fleet, folder);
        Files.delete(site.file("inv/groups/web"));
        Files.delete(site.file("inv/groups/wk"));
        List<String> names = new ArrayList<>(playbook.groups().keySet());
        site.write("inv/groups/" + FlatCase.EVERYBODY, "subgroups: " + names + "\n");
        for (Map.Entry<String, List<String>> group : playbook.groups().entrySet()) {
            List<String> hosts = new ArrayList<>(group.getValue());
            hosts.removeAll(names);
            List<String> subgroups = new ArrayList<>(group.getValue());
            subgroups.removeAll(hosts);
            site.write(
                    "inv/groups/" + group.getKey(),
                    "hosts: " + hosts + "\nsubgroups: " + subgroups + "\n");
        }
        int number = 0;
        for (String host : playbook.hosts()) {
            boolean dead = playbook.dead().contains(host);
            number++;
            site.hostVars(
                    host,
                    "host: %s\njet_ssh_hostname: %s\njet_ssh_port: %d\n%s"
                            .formatted(
                                    host,
                                    fleet.host(number),
                                    dead ? CLOSED : fleet.hostPort(),
                                    dead ? "stand_in: unreachable\n" : ""));
        }
        List<String> map = new ArrayList<>();
        int worker = 0;
        for (Map.Entry<String, Integer> region : playbook.workers().entrySet()) {
            List<String> workers = new ArrayList<>();
            for (int n = 0; n < region.getValue(); n++) {
                worker++;
                workers.add("w" + worker);
            }
            String group = region.getKey();
            site.group("workers-of-" + group, workers);
            map.add("{ from: " + group + ", to: workers-of-" + group + " }");
        }
        site.setting("map", map.toString());
        site.playbook(playbook.playbook());
        for (Map.Entry<String, String> file : playbook.files().entrySet()) {
            site.write("pb/" + file.getKey(), file.getValue());
        }
        site.setting("jetp", program(playbook).toString());
        if (REAL_IS_JETPACK || !playbook.runner().equals(FlatCase.JETP)) {
            site.setting("runner", JETPACK);
        }
        site.setting("threads", "20");
        if (!isReal(playbook)) {
            site.env(Map.of("STAND_IN_SHELL", "1"));
        }
        return site;
    }

    private static Path program(FlatCase playbook) {
        return playbook.runner().equals(FlatCase.JETP) ? runner : jetpack;
    }

    /** Whether the runner is the program that {@code $JETP} names, and not the stand-in. */
    private static boolean isReal(FlatCase playbook) {
        return !REAL.isEmpty() && (REAL_IS_JETPACK || playbook.runner().equals(FlatCase.JETP));
    }

    /** From now on tasks write there. */
    private Notes notes(Site site, FlatCase playbook, String name) throws IOException {
        // where all accounts may read
        Path file = fleet.jetp().resolveSibling(playbook.name() + "." + name);
        Notes notes = new Notes(file, playbook.told());
        site.groupVars(FlatCase.EVERYBODY, "note: " + note + " " + notes.file() + "\n");
        return notes;
    }

    /** On this machine, as jetp's users do it; gives its exit code. */
    private int flat(Site site, FlatCase playbook) throws Exception {
        List<String> words =
                new ArrayList<>(List.of(program(playbook).toString(), playbook.mode()));
        words.addAll(List.of("--playbook", site.file("pb/site.yml").toString()));
        words.addAll(List.of("--inventory", site.file("inv").toString()));
        words.addAll(List.of("--user", TestUser.name(), "--threads", "20"));
        words.addAll(playbook.flags(site.file("pb")));
        ProcessBuilder builder =
                new ProcessBuilder(words)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectOutput(folder.resolve("flat.out").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("JET_"));
        builder.environment()
                .putAll(
                        Map.of(
                                "JET_LOG",
                                folder.resolve("flat.events").toString(),
                                "SSH_AUTH_SOCK",
                                hostKeyAlone.socket().toString(),
                                "STAND_IN_SHELL",
                                "1",
                                "STAND_IN_STARTS",
                                "/dev/null"));
        Process process = builder.start();
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError(
                    "still running: " + Files.readString(folder.resolve("flat.out")));
        }
        return process.exitValue();
    }

    private Map<String, String> flatOutcomes(FlatCase playbook, int code) throws IOException {
        JetpReader reader =
                new JetpReader(playbook.flat().keySet(), playbook.flags().contains("--tags"));
        reader.read(
                org.jetfanout.runner.Stream.OUTPUT, Files.readAllBytes(folder.resolve("flat.out")));
        reader.read(
                org.jetfanout.runner.Stream.EVENTS,
                Files.readAllBytes(folder.resolve("flat.events")));
        Map<String, String> outcomes = new TreeMap<>();
        for (HostResult result : reader.results(OptionalInt.of(code))) {
            outcomes.put(result.host(), known(result.outcome().word()));
        }
        return outcomes;
    }

    private static Map<String, String> outcomes(Program.Ended run) throws IOException {
        Map<String, String> outcomes = new TreeMap<>();
        run.outcomes().forEach((host, outcome) -> outcomes.put(host, known(outcome)));
        return outcomes;
    }

    /** On one machine nobody says of a host that it was not begun: it has no result. */
    private static String known(String outcome) {
        return outcome.equals("not_started") ? "unfinished" : outcome;
    }

    private static List<Path> eventFiles(Program.Ended run) throws IOException {
        List<Path> files = new ArrayList<>();
        for (JsonNode batch : run.records("batches.ndjson")) {
            Path file = run.record("output/" + batch.path("batch").asText() + ".events.ndjson");
            if (Files.exists(file)) {
                files.add(file);
            }
        }
        return files;
    }
}
