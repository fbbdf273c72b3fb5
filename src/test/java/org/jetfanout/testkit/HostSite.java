package org.jetfanout.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A {@link Site} whose hosts are real: names of the machines for hosts of a fleet, which the user
 * knows. For runners that log in to hosts by OpenSSH.
 */
public final class HostSite {
    private final Fleet fleet;
    private final Site site;

    /** Writes a site with this many hosts, {@code h001} and up, in the group {@code web}. */
    public HostSite(Fleet fleet, Path folder, int hosts) throws IOException {
        this.fleet = fleet;
        this.site = new Site(fleet, folder);
        site.group("web", IntStream.rangeClosed(1, hosts).mapToObj("h%03d"::formatted).toList());
        site.groupVars("web", "jet_ssh_port: " + fleet.hostPort() + "\n");
        for (int n = 1; n <= hosts; n++) {
            address("h%03d".formatted(n), fleet.host((n - 1) % fleet.workers() + 1));
        }
        String blob = fleet.hostServer().hostKeys().get(0).blob();
        List<String> known = new ArrayList<>(fleet.knownHosts());
        for (int n = 1; n <= fleet.workers(); n++) {
            known.add("[" + fleet.host(n) + "]:" + fleet.hostPort() + " " + blob);
        }
        site.write(
                "home/.ssh/known_hosts",
                known.stream().map(line -> line + "\n").collect(Collectors.joining()));
        site.setting("connect_timeout", "15s");
    }

    /** Sets the address of a host, on the port of the fleet's hosts. */
    public HostSite address(String host, String address) throws IOException {
        site.hostVars(host, "jet_ssh_hostname: '" + address + "'\n");
        return this;
    }

    /** The site. */
    public Site site() {
        return site;
    }

    /** The words before those of a test: the command, inventory and workers.yml. */
    public List<String> words(String command, String... more) {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                command,
                                "-i",
                                site.file("inv").toString(),
                                "--limit-groups",
                                "web",
                                "--worker-config",
                                site.file("workers.yml").toString()));
        words.addAll(Arrays.asList(more));
        return words;
    }

    /** Runs a command of the program for the hosts to its end. */
    public Program.Ended run(String command, String... more) throws IOException {
        return start(command, more).end();
    }

    /** Starts a command of the program for the hosts. */
    public Program start(String command, String... more) throws IOException {
        site.writeSettings();
        return site.startCommand(words(command, more).toArray(String[]::new));
    }

    /** The processes of the hosts' machines whose command lines contain a text. */
    public List<String> processesWith(String text) {
        return fleet.hostServer().connectionProcesses().stream()
                .map(ProcessHandle::of)
                .flatMap(java.util.Optional::stream)
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> line.contains(text))
                .toList();
    }
}
