package org.jetfanout.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The files of a user with a fleet: a home with known_hosts, an inventory, a playbook, workers.yml.
 * A new site has hosts h01 to h12 in the group {@code web}, all workers in {@code wk}, a playbook
 * with one task for {@code web}, and a map from web to wk. Tests change what they need.
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

    /** Writes a new site into the folder. */
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

    /** The names {@code h01}, {@code h02}… */
    public static List<String> hosts(int count) {
        return IntStream.rangeClosed(1, count).mapToObj("h%02d"::formatted).toList();
    }

    private static List<String> names(String prefix, int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(n -> prefix + n).toList();
    }

    /** The folder of the site. */
    public Path folder() {
        return folder;
    }

    /** A file of the site. */
    public Path file(String name) {
        return folder.resolve(name);
    }

    /** Writes a file of the site. */
    public Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    /** Writes an executable file. */
    public Path program(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Programs.write(file, text);
    }

    /** Writes a group of hosts. */
    public Site group(String name, List<String> hosts) throws IOException {
        StringBuilder text = new StringBuilder("hosts:\n");
        hosts.forEach(host -> text.append("  - ").append(host).append('\n'));
        write("inv/groups/" + name, text.toString());
        return this;
    }

    /** Writes the variables of a group. */
    public Site groupVars(String group, String yaml) throws IOException {
        write("inv/group_vars/" + group, yaml);
        return this;
    }

    /** Writes the variables of a host. */
    public Site hostVars(String host, String yaml) throws IOException {
        write("inv/host_vars/" + host, yaml);
        return this;
    }

    /** Sets what the stand-in does with a host. */
    public Site behave(String host, String behaviour) throws IOException {
        return hostVars(host, "stand_in: '" + behaviour + "'\n");
    }

    /** Writes the playbook. */
    public Site playbook(String yaml) throws IOException {
        write("pb/site.yml", yaml);
        return this;
    }

    /** Sets a key of workers.yml; null removes it. */
    public Site setting(String key, String value) {
        if (value == null) {
            settings.remove(key);
        } else {
            settings.put(key, value);
        }
        return this;
    }

    /** Sets a variable of the program's environment; null removes it. */
    public Site environment(String name, String value) {
        if (value == null) {
            environment.remove(name);
        } else {
            environment.put(name, value);
        }
        return this;
    }

    /** Uses only the first workers of the fleet. */
    public Site workers(int count) throws IOException {
        return group("wk", names("w", 1, count));
    }

    /** Sets the job's environment on the workers. */
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

    /** A shell line that runs the site's playbook. */
    public String shellLine(String... more) throws IOException {
        writeSettings();
        return Program.shellLine(file("home"), environment, words(more));
    }

    /** A shell line with any other command. */
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

    /** Starts a run as {@link #start} does, but does not write workers.yml anew. */
    public Program startAsIs(String... more) throws IOException {
        return Program.start(file("home"), folder, environment, words(more));
    }

    /** The words of a run of the site's playbook, and more after them. The list is the caller's. */
    public List<String> words(String... more) {
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

    /** Runs any other command of the program to its end. */
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

    /** The fleet. */
    public Fleet fleet() {
        return fleet;
    }
}
