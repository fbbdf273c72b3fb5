package org.jetfanout.demo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;

/** The part of jetp's command line that the stand-in supports. */
record JetpArguments(
        boolean check,
        List<Path> playbooks,
        List<Path> inventory,
        String user,
        int port,
        int threads,
        OptionalInt batchSize,
        List<String> tags,
        List<String> limitHosts) {
    /** Parses a command line. Everything that the stand-in does not support is an error. */
    static JetpArguments parse(String... words) {
        if (words.length == 0 || !(words[0].equals("ssh") || words[0].equals("check-ssh"))) {
            throw new ConfigurationException("the mode must be ssh or check-ssh");
        }
        List<Path> playbooks = new ArrayList<>();
        List<Path> inventory = new ArrayList<>();
        String user = "";
        int port = 22;
        int threads = 20;
        OptionalInt batchSize = OptionalInt.empty();
        List<String> tags = List.of();
        List<String> limitHosts = List.of();
        for (int i = 1; i < words.length; i += 2) {
            if (words[i].matches("-v+")) {
                i--;
                continue;
            }
            if (i + 1 == words.length) {
                throw new ConfigurationException(words[i] + " has no value");
            }
            String value = words[i + 1];
            switch (words[i]) {
                case "-p", "--playbook" -> playbooks.addAll(paths(value));
                case "-i", "--inventory" -> inventory.addAll(paths(value));
                case "-u", "--user" -> user = value;
                case "--port" -> port = Integer.parseInt(value);
                case "-t", "--threads" -> threads = Math.max(1, Integer.parseInt(value));
                case "--tags" -> tags = List.of(value.split(":"));
                case "--limit-hosts" -> limitHosts = List.of(value.split(":"));
                case "--batch-size" -> batchSize = OptionalInt.of(Integer.parseInt(value));
                default ->
                        throw new ConfigurationException(
                                words[i]
                                        + " is beyond the stand-in: it has no more than the demo needs");
            }
        }
        return new JetpArguments(
                words[0].equals("check-ssh"),
                List.copyOf(playbooks),
                List.copyOf(inventory),
                user,
                port,
                threads,
                batchSize,
                tags,
                limitHosts);
    }

    private static List<Path> paths(String text) {
        return Stream.of(text.split(":", -1)).map(Path::of).toList();
    }
}
