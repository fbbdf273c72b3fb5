package org.jetfanout.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The files of a user of ansible with a fleet: a home with known_hosts, a project folder, an
 * inventory of workers, workers.yml. Host {@code hN} of the inventory is the N-th host of the
 * fleet. Tests write the playbook and the inventory of hosts.
 */
public final class AnsibleSite {
    private static final int LIMIT_SECONDS = 900;

    /** The password of {@link #SUDO}; the file {@code become-password} has it. */
    public static final String BECOME_PASSWORD = "open-sesame";

    /** What the file {@code vault-password} has. */
    public static final String VAULT_PASSWORD = "sealed-with-wax";

    /**
     * A program like sudo, for {@code ansible_become_exe}: it asks for a password, but the command
     * stays with the same account, and finds in $BECAME the one that it was to have.
     */
    public static final String SUDO =
            """
            #!/bin/sh
            while [ $# -gt 0 ]; do
            	case $1 in
            	-p) prompt=$2 && shift 2 ;;
            	-u) BECAME=$2 && shift 2 ;;
            	-*) shift ;;
            	*) break ;;
            	esac
            done
            stty -echo 2>/dev/null
            printf %s "$prompt" >&2
            read -r password
            [ "$password" = open-sesame ] || { echo "Sorry, try again." >&2; exit 1; }
            export BECAME
            exec "$@"
            """;

    private final Fleet fleet;
    private final Ansibles.Ansible ansible;
    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> settings = new TreeMap<>();

    /**
     * Writes a new site.
     *
     * @param folder short and readable for all: the tasks of playbooks write below it
     * @param workers how many of the fleet's
     */
    public AnsibleSite(Fleet fleet, Ansibles.Ansible ansible, Path folder, int workers)
            throws IOException {
        this.fleet = fleet;
        this.ansible = ansible;
        this.folder = folder;
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> known = new ArrayList<>(fleet.knownHosts());
        String key = fleet.hostServer().hostKeys().get(0).blob();
        for (int n = 1; n <= fleet.workers(); n++) {
            known.add("[" + fleet.host(n) + "]:" + fleet.hostPort() + " " + key);
        }
        write("home/.ssh/known_hosts", String.join("\n", known) + "\n");
        write(
                "workers.ini",
                IntStream.rangeClosed(1, workers)
                        .mapToObj(
                                n ->
                                        "w%d ansible_host=%s ansible_port=%d"
                                                .formatted(n, fleet.worker(n), fleet.port()))
                        .collect(Collectors.joining("\n", "[wk]\n", "\n")));
        write("pb/ansible.cfg", "[ssh_connection]\npipelining = true\n");
        write("become-password", BECOME_PASSWORD + "\n");
        write("vault-password", VAULT_PASSWORD + "\n");
        setting("map", "[ { from: all, to: wk } ]");
        setting("runner", ansible.playbook().toString());
        setting("threads", "10");
        setting("user", TestUser.name());
        setting("agent_keys", "[ '" + fleet.hostKey().fingerprint() + "' ]");
        environment.put("SSH_AUTH_SOCK", fleet.agent().socket().toString());
        environment.put("PATH", ansible.path());
    }

    /** A folder for a site, in /tmp: short, and readable for all. */
    public static Path folder() throws IOException {
        return Files.createTempDirectory(Path.of("/tmp"), "jas");
    }

    /** Variables of all hosts: how to log in to the one whose name ends with a number. */
    public String hostVars() {
        String net = fleet.host(1).replaceFirst("[0-9]+$", "");
        return """
        ansible_host: "%s{{ inventory_hostname | regex_replace('[^0-9]', '') }}"
        ansible_port: %d
        ansible_user: %s
        ansible_python_interpreter: /usr/bin/python3
        """
                .formatted(net, fleet.hostPort(), TestUser.name());
    }

    /** The folder of the playbooks, in which the programs are started. */
    public Path project() {
        return folder.resolve("pb");
    }

    /** A file of the site. */
    public Path file(String name) {
        return folder.resolve(name);
    }

    /** Writes a file of the site, with its folders. */
    public Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return text.startsWith("#!") ? Programs.write(file, text) : Files.writeString(file, text);
    }

    /** A text as ansible-vault encrypts it with the site's password. */
    public String encrypted(String text) {
        try {
            Path plain = write("plain", text);
            Programs.ok(
                    ansible.folder().resolve("ansible-vault").toString(),
                    "encrypt",
                    "--vault-password-file",
                    file("vault-password").toString(),
                    plain.toString());
            String secret = Files.readString(plain);
            Files.delete(plain);
            return secret;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sets a key of workers.yml; null removes it. */
    public AnsibleSite setting(String key, String value) {
        if (value == null) {
            settings.remove(key);
        } else {
            settings.put(key, value);
        }
        return this;
    }

    /** Sets a variable of the program's environment; null removes it. */
    public AnsibleSite environment(String name, String value) {
        if (value == null) {
            environment.remove(name);
        } else {
            environment.put(name, value);
        }
        return this;
    }

    /** Ansible alone, from this machine to all hosts. */
    public Flat flat(Map<String, String> more, List<String> words) throws Exception {
        List<String> line = new ArrayList<>(List.of(ansible.playbook().toString()));
        line.addAll(words);
        Path out = file("flat.out");
        ProcessBuilder builder =
                new ProcessBuilder(line)
                        .directory(project().toFile())
                        .redirectErrorStream(true)
                        .redirectInput(new File("/dev/null"))
                        .redirectOutput(out.toFile());
        Map<String, String> own = builder.environment();
        own.keySet().removeIf(name -> name.startsWith("ANSIBLE_") || name.startsWith("JET_"));
        own.put("HOME", file("home").toString());
        own.put("LC_ALL", "C.UTF-8");
        // OpenSSH asks no HOME for it
        own.put(
                "ANSIBLE_SSH_EXTRA_ARGS",
                "-F none -o UserKnownHostsFile=" + file("home/.ssh/known_hosts"));
        own.put("ANSIBLE_SSH_ARGS", "-o ControlMaster=auto -o ControlPersist=5s");
        own.put("ANSIBLE_SSH_CONTROL_PATH_DIR", file("cp").toString());
        own.putAll(environment);
        own.putAll(more);
        Process process = builder.start();
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError("still running: " + Files.readString(out));
        }
        return new Flat(process.exitValue(), Files.readString(out));
    }

    /** The end of ansible-playbook. */
    public record Flat(int exit, String output) {}

    /** Runs {@code jet-fanout ansible-playbook} with these words to its end. */
    public Program.Ended run(List<String> words) throws IOException {
        return start(words).end();
    }

    /** Starts {@code jet-fanout ansible-playbook} with these words and the site's workers.yml. */
    public Program start(List<String> words) throws IOException {
        writeSettings();
        List<String> line = new ArrayList<>(List.of("ansible-playbook"));
        line.addAll(words);
        line.addAll(List.of("--worker-config", file("workers.yml").toString()));
        return startCommand(line.toArray(String[]::new));
    }

    /** Writes workers.yml. */
    public void writeSettings() throws IOException {
        write(
                "workers.yml",
                settings.entrySet().stream()
                        .map(entry -> "  " + entry.getKey() + ": " + entry.getValue() + "\n")
                        .collect(Collectors.joining("", "workers:\n", "")));
    }

    /** Runs another command of the program to its end. */
    public Program.Ended command(String... words) throws IOException {
        return startCommand(words).end(Duration.ofSeconds(LIMIT_SECONDS));
    }

    /** Starts another command of the program. */
    public Program startCommand(String... words) throws IOException {
        return Program.start(file("home"), project(), environment, List.of(words));
    }

    /** Removes the files. */
    public void remove() {
        Programs.run(Map.of(), "rm", "-rf", folder.toString());
    }
}
