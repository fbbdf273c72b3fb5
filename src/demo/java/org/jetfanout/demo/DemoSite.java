package org.jetfanout.demo;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.sshd.agent.SshAgent;
import org.apache.sshd.agent.local.AgentImpl;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.jetfanout.ConfigurationException;
import org.jetfanout.cli.Demo;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.runner.ShellWords;
import org.jetfanout.ssh.PassphrasePrompt;
import org.jetfanout.ssh.SshFiles;
import org.jetfanout.ssh.SshSettings;
import org.jetfanout.ssh.keys.JdkEd25519;

/**
 * Everything that a run of the demo needs, in a folder of its own: three workers and twelve hosts
 * in two regions, as real SSH servers on loopback, with an ssh-agent, inventories, playbooks,
 * workers.yml and known_hosts, for all runners. It exists until it is closed or the program ends.
 * Thread-safe.
 */
public final class DemoSite implements Demo.Site {
    private static final String EAST = "us_east_1";
    private static final String WEST = "us_west_1";
    private static final String WORKERS = "_workers";
    private static final String HOST_KEYS = "demo key for hosts";

    /** The task of the playbook that changes a host. */
    private static final String CONFIGURES = "configured.txt";

    /**
     * The longest path of the folder for temporary files. The sockets of the workers' agents are
     * below it, and their paths may have 104 characters at most.
     */
    private static final int LONGEST_TEMPORARY = 14;

    /** On the host with trouble: what the last task looks for. */
    private static final String FULL = "disk-is-full";

    private final Demo.Runner runner;
    private final Path folder;
    private final Account account;
    private final KeyPair workersKey = newKey();
    private final KeyPair hostsKey = newKey();
    private final AgentSocket agent;
    private final Map<String, List<DemoServer>> workers = new LinkedHashMap<>();
    private final Map<String, List<DemoServer>> hosts = new LinkedHashMap<>();
    private final Thread atExit = new Thread(this::end, "demo-end");

    // Mutable state, guarded by this
    private boolean kept;
    private boolean closed;

    private DemoSite(Demo.Runner runner, Path folder, Account account) throws IOException {
        this.runner = runner;
        this.folder = folder;
        this.account = account;
        this.agent = new AgentSocket(folder.resolve("agent"), this::agent);
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /**
     * Starts the machines.
     *
     * @param trouble whether a task fails on one host, and another host does not answer
     */
    public static DemoSite start(boolean trouble) throws IOException {
        return start(Demo.Runner.JETP, trouble);
    }

    /**
     * Starts the machines.
     *
     * @param runner that carries out the run
     * @param trouble whether a task fails on one host, and another host does not answer
     */
    public static DemoSite start(Demo.Runner runner, boolean trouble) throws IOException {
        JdkEd25519.install();
        Path folder = temporaryFolder();
        try {
            Account account = Account.ordinary(folder);
            requirePrograms(runner, account);
            if (account.isOther()) {
                // the account must pass through this folder to its own part
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
            }
            DemoSite site = new DemoSite(runner, folder, account);
            try {
                site.startMachines();
                site.writeFiles(trouble);
            } catch (IOException | RuntimeException e) {
                site.close();
                throw e;
            }
            return site;
        } catch (IOException | RuntimeException e) {
            delete(folder);
            throw e;
        }
    }

    @Override
    public Path folder() {
        return folder;
    }

    @Override
    public SshSettings ssh() {
        return SshSettings.of(
                new SshFiles(
                        List.of(folder.resolve("known_hosts")),
                        List.of(),
                        List.of(),
                        List.of(),
                        Optional.of(folder.resolve("agent"))),
                PassphrasePrompt.terminal());
    }

    @Override
    public List<String> words() {
        String workersYml = folder.resolve("workers.yml").toString();
        List<String> words = new ArrayList<>();
        switch (runner) {
            case JETP -> {
                words.addAll(List.of("--playbook", folder.resolve("playbook.yml").toString()));
                words.addAll(List.of("--inventory", folder.resolve("inventory").toString()));
                words.addAll(List.of("--user", "demo", "--worker-config", workersYml));
            }
            case EXEC -> {
                words.add("exec");
                words.addAll(List.of("--inventory", folder.resolve("inventory").toString()));
                words.addAll(List.of("--limit-groups", "web", "--user", "demo"));
                words.addAll(List.of("--worker-config", workersYml, "--"));
                words.add("echo configured >> " + CONFIGURES + " && test ! -e " + FULL);
            }
            case ANSIBLE -> {
                words.add("ansible-playbook");
                words.addAll(List.of("--inventory", ansible("hosts.ini").toString()));
                words.addAll(List.of(ansible("site.yml").toString()));
                words.addAll(List.of("--worker-config", workersYml));
            }
        }
        return List.copyOf(words);
    }

    /** A file of the folder that ansible takes for the playbook's project. */
    private Path ansible(String name) {
        return folder.resolve("ansible").resolve(name);
    }

    /** What is not part of this program and must be installed. */
    private static void requirePrograms(Demo.Runner runner, Account account) throws IOException {
        if (runner == Demo.Runner.EXEC && !account.finds("ssh")) {
            throw new ConfigurationException(
                    "demo --runner exec needs OpenSSH's client, and there is no program ssh here:"
                            + " install it (Debian: apt install openssh-client)");
        }
        if (runner == Demo.Runner.ANSIBLE && !account.finds("ansible-playbook")) {
            throw new ConfigurationException(
                    "demo --runner ansible needs Ansible, and there is no program ansible-playbook"
                            + " here: install ansible-core (Debian: apt install ansible-core;"
                            + " elsewhere: pip install ansible-core)");
        }
    }

    /** Counts in the files that the task wrote on the hosts. */
    @Override
    public Map<String, Long> timesConfigured() {
        Map<String, Long> times = new LinkedHashMap<>();
        all(hosts)
                .forEach(
                        host ->
                                times.put(
                                        host.name(),
                                        host.commands().stream()
                                                .filter(command -> command.contains(CONFIGURES))
                                                .count()));
        return times;
    }

    @Override
    public synchronized void keep() {
        kept = true;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            return; // the program ends, and that thread is at it
        }
        end();
    }

    private synchronized void end() {
        if (closed) {
            return;
        }
        closed = true;
        Stream.concat(all(hosts), all(workers)).forEach(DemoSite::close);
        close(agent);
        if (!kept) {
            delete(folder);
        }
    }

    private static void close(Closeable part) {
        try {
            part.close();
        } catch (IOException e) {
            // it ends with the program in any case
        }
    }

    private void startMachines() throws IOException {
        Path homes = Files.createDirectory(folder.resolve("home"));
        for (int i = 1; i <= 3; i++) {
            add(workers, (i < 3 ? EAST : WEST) + WORKERS, "worker" + i, homes, workersKey);
        }
        for (int i = 1; i <= 12; i++) {
            add(hosts, i <= 8 ? EAST : WEST, "web%02d".formatted(i), homes, hostsKey);
        }
    }

    private void add(
            Map<String, List<DemoServer>> machines,
            String group,
            String name,
            Path homes,
            KeyPair allowed)
            throws IOException {
        machines.computeIfAbsent(group, any -> new ArrayList<>())
                .add(new DemoServer(name, homes, newKey(), allowed.getPublic(), account));
    }

    private void writeFiles(boolean trouble) throws IOException {
        Path groups = Files.createDirectories(folder.resolve("inventory/groups"));
        Path groupVars = Files.createDirectories(folder.resolve("inventory/group_vars"));
        Path hostVars = Files.createDirectories(folder.resolve("inventory/host_vars"));
        for (Map<String, List<DemoServer>> machines : List.of(hosts, workers)) {
            for (Map.Entry<String, List<DemoServer>> group : machines.entrySet()) {
                String names =
                        group.getValue().stream()
                                .map(DemoServer::name)
                                .collect(Collectors.joining(", "));
                write(groups.resolve(group.getKey() + ".yml"), "hosts: [ " + names + " ]");
                for (DemoServer server : group.getValue()) {
                    write(
                            hostVars.resolve(server.name() + ".yml"),
                            "jet_ssh_hostname: 127.0.0.1\njet_ssh_port: " + server.port());
                }
            }
        }
        write(groups.resolve("web.yml"), "subgroups: [ " + EAST + ", " + WEST + " ]");
        write(groupVars.resolve(EAST + ".yml"), "region: us-east-1");
        write(groupVars.resolve(WEST + ".yml"), "region: us-west-1");
        if (trouble) {
            Files.writeString(
                    hostVars.resolve("web03.yml"),
                    Files.readString(hostVars.resolve("web03.yml")) + "disk: full\n");
            write(folder.resolve("home/web03").resolve(FULL), "");
            hosts.get(WEST).get(1).close();
        }
        copy("playbook.yml", folder.resolve("playbook.yml"));
        writeAnsible();
        StandInCommand standIn = StandInCommand.of(folder, account);
        write(
                folder.resolve("workers.yml"),
                """
                workers:
                  map:
                    - { from: us_east_1, to: us_east_1_workers }
                    - { from: us_west_1, to: us_west_1_workers }
                  threads: 4
                  user: fanout
                  # a worker may use this key of the agent, and no other
                  agent_keys: [ %s ]
                  # a stand-in, so that the demo needs no jetp
                  jetp: '%s'
                  # not with the settings of whoever tries the demo
                  runner: { exec: '%s' }
                  host_keys: worker"""
                        .formatted(
                                HOST_KEYS,
                                ShellWords.join(standIn.words()).replace("'", "''"),
                                "ssh " + sshOptions()));
        write(
                folder.resolve("known_hosts"),
                Stream.concat(all(workers), all(hosts))
                        .map(
                                server ->
                                        "[127.0.0.1]:%d %s"
                                                .formatted(
                                                        server.port(),
                                                        PublicKeyEntry.toString(server.hostKey())))
                        .collect(Collectors.joining("\n")));
        // OpenSSH on the workers reads it, too
        folder.resolve("known_hosts").toFile().setReadable(true, false);
    }

    /**
     * OpenSSH's options for logins to the demo's hosts. They name no file of the user's, whose home
     * OpenSSH takes from the list of accounts.
     */
    private String sshOptions() {
        return "-F /dev/null -o UserKnownHostsFile=" + folder.resolve("known_hosts");
    }

    private void writeAnsible() throws IOException {
        Files.createDirectory(ansible(""));
        StringBuilder inventory = new StringBuilder();
        for (Map<String, List<DemoServer>> machines : List.of(hosts, workers)) {
            machines.forEach(
                    (group, servers) -> {
                        inventory.append("[").append(group).append("]\n");
                        for (DemoServer server : servers) {
                            inventory
                                    .append(server.name())
                                    .append(" ansible_host=127.0.0.1 ansible_port=")
                                    .append(server.port())
                                    .append('\n');
                        }
                    });
        }
        inventory.append(
                """
                [web:children]
                us_east_1
                us_west_1
                [us_east_1:vars]
                region=us-east-1
                [us_west_1:vars]
                region=us-west-1
                [all:vars]
                ansible_user=demo
                ansible_ssh_args='%s -o ControlMaster=auto -o ControlPersist=60s'"""
                        .formatted(sshOptions()));
        write(ansible("hosts.ini"), inventory.toString());
        copy("site.yml", ansible("site.yml"));
    }

    private static void copy(String resource, Path to) throws IOException {
        try (InputStream file = DemoSite.class.getResourceAsStream(resource)) {
            Files.copy(file, to);
        }
    }

    private SshAgent agent() throws IOException {
        AgentImpl keys = new AgentImpl();
        keys.addIdentity(workersKey, "demo key for workers");
        keys.addIdentity(hostsKey, HOST_KEYS);
        return keys;
    }

    private static Stream<DemoServer> all(Map<String, List<DemoServer>> machines) {
        return machines.values().stream().flatMap(List::stream);
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text + "\n");
    }

    private static KeyPair newKey() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK from 15 on has Ed25519", e);
        }
    }

    private static Path temporaryFolder() throws IOException {
        String temporary = System.getProperty("java.io.tmpdir");
        Path base = Path.of(temporary.length() <= LONGEST_TEMPORARY ? temporary : "/tmp");
        SecureRandom random = new SecureRandom();
        for (; ; ) {
            try {
                return Files.createDirectory(
                        base.resolve("jet-demo-%06d".formatted(random.nextInt(1_000_000))),
                        PrivateFiles.FOLDER);
            } catch (FileAlreadyExistsException e) {
                // another name
            }
        }
    }

    private static void delete(Path folder) {
        try {
            PrivateFiles.remove(folder);
        } catch (IOException e) {
            // a job that is ending may still write there; the folder is left
        }
    }
}
