package org.jetfanout.runner.ansible.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jetfanout.testkit.Ansibles.Ansible;

/**
 * What ansible-playbook said in a run.
 *
 * @param version of ansible-core
 * @param events the file {@code $JET_LOG}
 * @param output stdout and stderr
 */
record AnsibleRun(String version, String events, String output, int exitCode) {
    static final Path RECORDINGS = Path.of("src/test/resources/ansible/recordings");
    private static final Path RESOURCES =
            Path.of("src/main/resources/org/jetfanout/runner/ansible");

    /** The versions of which there are recordings. */
    static List<String> recorded() throws IOException {
        try (java.util.stream.Stream<Path> folders = Files.list(RECORDINGS)) {
            return folders.map(folder -> folder.getFileName().toString()).sorted().toList();
        }
    }

    static AnsibleRun recording(String version, String name) throws IOException {
        Path folder = RECORDINGS.resolve(version);
        return new AnsibleRun(
                version,
                Files.readString(folder.resolve(name + ".events")),
                Files.readString(folder.resolve(name + ".stdout")),
                Integer.parseInt(Files.readString(folder.resolve(name + ".rc")).strip()));
    }

    /** Keeps the run as a recording: run the test with -Dansible.record=true. */
    void record(String name) throws IOException {
        Path folder = Files.createDirectories(RECORDINGS.resolve(version));
        Files.writeString(folder.resolve(name + ".events"), events);
        Files.writeString(folder.resolve(name + ".stdout"), output);
        Files.writeString(folder.resolve(name + ".rc"), exitCode + "\n");
    }

    /** Makes a folder as it is on a worker after the bundle was unpacked. */
    static void unpack(Path bundle) throws IOException {
        copy(OutcomeCase.FOLDER, bundle.resolve("project"));
        Files.move(bundle.resolve("project/inventory"), bundle.resolve("inventory"));
        Files.createDirectories(bundle.resolve("fanout/callback"));
        Files.copy(
                RESOURCES.resolve("jet_fanout.py"),
                bundle.resolve("fanout/callback/jet_fanout.py"));
        Files.copy(RESOURCES.resolve("ansible.sh"), bundle.resolve("ansible.sh"));
        Files.writeString(bundle.resolve("known_hosts"), "");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (java.util.stream.Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    /** The process of ansible-playbook in an unpacked bundle, as a job on a worker starts it. */
    static ProcessBuilder process(Path bundle, Ansible ansible, List<String> arguments) {
        List<String> words =
                new ArrayList<>(List.of("sh", "ansible.sh", ansible.playbook().toString()));
        words.addAll(List.of("-i", "inventory"));
        words.addAll(arguments);
        ProcessBuilder process = new ProcessBuilder(words);
        process.directory(bundle.toFile());
        process.redirectErrorStream(true);
        process.redirectOutput(bundle.resolve("output.log").toFile());
        Map<String, String> environment = process.environment();
        environment.put("JET_LOG", bundle.resolve("events.log").toString());
        environment.put("HOME", bundle.getParent().toString());
        return process;
    }

    /** Runs a case with a program. */
    static AnsibleRun of(OutcomeCase one, Path bundle, Ansible ansible)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(one.arguments());
        one.playbooks().forEach(playbook -> arguments.add("project/" + playbook));
        Files.deleteIfExists(bundle.resolve("events.log"));
        Process process = process(bundle, ansible, arguments).start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).as(one.name()).isTrue();
        Path events = bundle.resolve("events.log");
        return new AnsibleRun(
                ansible.version(),
                Files.exists(events) ? plain(Files.readString(events), bundle) : "",
                plain(Files.readString(bundle.resolve("output.log")), bundle),
                process.exitValue());
    }

    private static String plain(String text, Path bundle) {
        return text.replace(bundle.toString() + "/", "");
    }
}
