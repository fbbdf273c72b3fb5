package org.jetfanout.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a user of a fleet has: a home with known_hosts, an inventory, a playbook, workers.yml. At
 * first: hosts h01 to h12 in the group {@code web}, all workers in {@code wk}, a playbook with one
 * task for {@code web}, and a map from web to wk. Tests change what they are about.
 */
public final class Site {
    private static final String PLAYBOOK =
            """
            - name: one
              groups: [ web ]
              tasks:
                - !shell
                  name: first task
                  cmd: uptime
            """;

    private final Fleet fleet;
    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> settings = new TreeMap<>();

    public Site(Fleet fleet, Path folder) throws IOException {
        this.fleet = fleet;
        this.folder = folder;
        write("home/.ssh/known_hosts", String.join("\n", fleet.knownHosts()) + "\n");
        group("wk", names("w", 1, fleet.workers()));
        for (int n = 1; n <= fleet.workers(); n++) {
            hostVars(
                    "w" + n,
                    "jet_ssh_hostname: %s\njet_ssh_port: %d\n"
                            .formatted(fleet.worker(n), fleet.port()));
        }
        group("web", hosts(12));
        playbook(PLAYBOOK);
        setting("jetp", fleet.jetp().toString());
        setting("threads", "50");
        setting("user", TestUser.name());
        setting("agent_keys", "[ '" + fleet.hostKey().fingerprint() + "' ]");
        environment.put("SSH_AUTH_SOCK", fleet.agent().socket().toString());
        environment.put("JET_SSH_USER", TestUser.name());
    }

    /** {@code h01}, {@code h02}… */
    public static List<String> hosts(int count) {
        return IntStream.rangeClosed(1, count).mapToObj("h%02d"::formatted).toList();
    }

    private static List<String> names(String prefix, int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(n -> prefix + n).toList();
    }

    public Path folder() {
        return folder;
    }

    public Path file(String name) {
        return folder.resolve(name);
    }

    /** Writes a file of the site. */
    public Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    /** Writes a file that can be run. */
    public Path program(String name, String text) throws IOException {
        Path file = write(name, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    public Site group(String name, List<String> hosts) throws IOException {
        StringBuilder text = new StringBuilder("hosts:\n");
        hosts.forEach(host -> text.append("  - ").append(host).append('\n'));
        write("inv/groups/" + name, text.toString());
        return this;
    }

    public Site groupVars(String group, String yaml) throws IOException {
        write("inv/group_vars/" + group, yaml);
        return this;
    }

    public Site hostVars(String host, String yaml) throws IOException {
        write("inv/host_vars/" + host, yaml);
        return this;
    }

    /** What the stand-in is to do with a host. */
    public Site behave(String host, String behaviour) throws IOException {
        return hostVars(host, "stand_in: '" + behaviour + "'\n");
    }

    public Site playbook(String yaml) throws IOException {
        write("pb/site.yml", yaml);
        return this;
    }

    /** A setting of workers.yml; null removes it. */
    public Site setting(String key, String value) {
        if (value == null) {
            settings.remove(key);
        } else {
            settings.put(key, value);
        }
        return this;
    }

    /** A variable of the program's environment; null removes it. */
    public Site environment(String name, String value) {
        if (value == null) {
            environment.remove(name);
        } else {
            environment.put(name, value);
        }
        return this;
    }

    /** Only the first workers of the fleet. */
    public Site workers(int count) throws IOException {
        return group("wk", names("w", 1, count));
    }

    /** The job's environment on the workers. */
    public Site env(Map<String, String> env) {
        return setting(
                "env",
                env.entrySet().stream()
                        .map(entry -> entry.getKey() + ": '" + entry.getValue() + "'")
                        .collect(Collectors.joining(", ", "{ ", " }")));
    }

    /** Runs the site's playbook to its end. */
    public Program.Ended run(String... more) throws IOException {
        return start(more).end();
    }

    /** Starts a run of the site's playbook. */
    public Program start(String... more) throws IOException {
        writeSettings();
        return startAsIs(more);
    }

    /** A run of the site's playbook as a line for a shell. */
    public String shellLine(String... more) throws IOException {
        writeSettings();
        return Program.shellLine(file("home"), environment, runWords(more));
    }

    /** Any other command as a line for a shell. */
    public String commandLine(String... words) {
        return Program.shellLine(file("home"), environment, List.of(words));
    }

    /** Writes workers.yml, for a command that names it. */
    public void writeSettings() throws IOException {
        if (!settings.containsKey("map")) {
            settings.put("map", "[ { from: web, to: wk } ]");
        }
        write(
                "workers.yml",
                settings.entrySet().stream()
                        .map(entry -> "  " + entry.getKey() + ": " + entry.getValue() + "\n")
                        .collect(Collectors.joining("", "workers:\n", "")));
    }

    /** As {@link #start}, with workers.yml as it stands. */
    public Program startAsIs(String... more) throws IOException {
        return Program.start(file("home"), folder, environment, runWords(more));
    }

    private List<String> runWords(String... more) {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "--playbook",
                                file("pb/site.yml").toString(),
                                "--inventory",
                                file("inv").toString(),
                                "--worker-config",
                                file("workers.yml").toString()));
        words.addAll(List.of(more));
        return words;
    }

    /** Any other command of the program. */
    public Program.Ended command(String... words) throws IOException {
        return startCommand(words).end();
    }

    /** Starts any other command of the program. */
    public Program startCommand(String... words) throws IOException {
        return Program.start(file("home"), folder, environment, List.of(words));
    }

    /** {@code status --json} of a run. */
    public JsonNode status(Program.Ended run) throws IOException {
        return new ObjectMapper().readTree(command("status", run.guid(), "--json").out());
    }

    public Fleet fleet() {
        return fleet;
    }
}
