package org.jetfanout.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jetfanout.demo.WorkerFarm;

/** Very many workers in one process of their own, and runs that use some of them. */
public final class Farm implements AutoCloseable {
    private final Path folder;
    private final int subnet;
    private final Process process;
    private final SshAgent agent;
    private final String port;
    private final String runner;
    private final String hostKey;

    private Farm(Path folder, int subnet, Process process, SshAgent agent, String ready) {
        String[] words = ready.split(" ", 4);
        this.folder = folder;
        this.subnet = subnet;
        this.process = process;
        this.agent = agent;
        this.port = words[1];
        this.runner = words[2] + "/jetp";
        this.hostKey = words[3];
    }

    /** Starts this many workers, at 127.0.SUBNET.1 and up, 250 in a subnet. */
    public static Farm start(Path folder, int subnet, int count) throws IOException {
        Keys.Pair key = Keys.ed25519(folder, "key-of-workers");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                WorkerFarm.class.getName(),
                                key.file() + ".pub",
                                Integer.toString(count),
                                Integer.toString(subnet),
                                Fleet.STAND_IN.toString())
                        .redirectError(folder.resolve("farm.err").toFile())
                        .start();
        BufferedReader out =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        while (line != null && !line.startsWith("ready ")) {
            line = out.readLine();
        }
        if (line == null) {
            throw new IllegalStateException(Files.readString(folder.resolve("farm.err")));
        }
        return new Farm(folder, subnet, process, SshAgent.start(key), line);
    }

    /**
     * Starts a run in a home of its own.
     *
     * @param workers how many workers it uses, from the first on
     * @param hosts how many hosts it has in all: host1 and up
     */
    public Program run(String name, int workers, int hosts, String... more) throws IOException {
        Path own = folder.resolve(name);
        Path groups = Files.createDirectories(own.resolve("inv/groups"));
        List<String> addresses =
                IntStream.range(0, workers).mapToObj(n -> WorkerFarm.address(subnet, n)).toList();
        Files.writeString(groups.resolve("wk"), group(addresses));
        Files.writeString(
                groups.resolve("web"),
                group(IntStream.rangeClosed(1, hosts).mapToObj(n -> "host" + n).toList()));
        Path playbook =
                Files.writeString(
                        own.resolve("site.yml"),
                        "- name: one\n  groups: [ web ]\n  tasks:\n    - !shell\n      cmd: uptime\n");
        Path config =
                Files.writeString(
                        own.resolve("workers.yml"),
                        """
                        workers:
                          map: [ { from: web, to: wk } ]
                          jetp: %s
                          user: jetfan
                          port: %s
                          env: { STAND_IN: quick }
                        """
                                .formatted(runner, port));
        Path ssh = Files.createDirectories(own.resolve("home/.ssh"));
        Files.write(
                ssh.resolve("known_hosts"),
                addresses.stream()
                        .map(address -> "[" + address + "]:" + port + " " + hostKey)
                        .toList());
        List<String> words =
                new ArrayList<>(List.of("--playbook", playbook.toString(), "--user", "jetfan"));
        words.addAll(List.of("--inventory", own.resolve("inv").toString()));
        words.addAll(List.of("--worker-config", config.toString()));
        words.addAll(List.of(more));
        return Program.start(
                own.resolve("home"),
                own,
                Map.of("SSH_AUTH_SOCK", agent.socket().toString()),
                words);
    }

    private static String group(List<String> names) {
        return names.stream()
                .map(name -> "  - " + name + "\n")
                .collect(Collectors.joining("", "hosts:\n", ""));
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            process.waitFor();
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        agent.close();
    }
}
