package org.jetfanout.testkit;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ansibles of this machine: the one on PATH, and those in the folders that {@code
 * $JET_TEST_ANSIBLES} names, separated by colons. {@code ./test} installs the first, and fetches a
 * newer one where it can.
 */
public final class Ansibles {
    private static final Logger LOG = LoggerFactory.getLogger(Ansibles.class);
    private static final Pattern VERSION = Pattern.compile("core (\\d+(\\.\\d+)+)");

    private Ansibles() {}

    /**
     * An ansible-core.
     *
     * @param folder where its programs are
     * @param version {@code 2.14.18}
     */
    public record Ansible(Path folder, String version) {
        /** The program ansible-playbook. */
        public Path playbook() {
            return folder.resolve("ansible-playbook");
        }

        /** A PATH on which this ansible is the first. */
        public String path() {
            return folder + File.pathSeparator + System.getenv("PATH");
        }

        @Override
        public String toString() {
            return "ansible-core " + version;
        }
    }

    /** The one that is on PATH. Fails where there is none: these tests are never left out. */
    public static Ansible ofMachine() {
        return Known.ALL.get(0);
    }

    /** All of them, each version once; that of the machine first. */
    public static List<Ansible> all() {
        return Known.ALL;
    }

    /** All but the first. */
    public static List<Ansible> others() {
        return Known.ALL.subList(1, Known.ALL.size());
    }

    /** Asked for once: each answer takes half a second. */
    private static final class Known {
        static final List<Ansible> ALL = find();

        private static List<Ansible> find() {
            List<Path> folders = new ArrayList<>();
            folders.add(onPath());
            Stream.of(System.getenv().getOrDefault("JET_TEST_ANSIBLES", "").split(":", -1))
                    .filter(name -> !name.isBlank())
                    .map(Path::of)
                    .forEach(folders::add);
            List<Ansible> all = new ArrayList<>();
            for (Path folder : folders) {
                Ansible ansible = new Ansible(folder, version(folder));
                if (all.stream().noneMatch(one -> one.version().equals(ansible.version()))) {
                    all.add(ansible);
                }
            }
            LOG.info("tests of ansible run with {}", all);
            return List.copyOf(all);
        }

        private static Path onPath() {
            return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                    .map(Path::of)
                    .filter(folder -> Files.isExecutable(folder.resolve("ansible-playbook")))
                    .findFirst()
                    .orElseThrow(
                            () ->
                                    new IllegalStateException(
                                            "ansible-playbook is not installed: ./test installs"
                                                    + " it"));
        }

        /** As the account that runs it on workers. */
        private static String version(Path folder) {
            String program = folder.resolve("ansible-playbook").toString();
            Programs.Result said =
                    Programs.run(
                            Map.of("LC_ALL", "C.UTF-8", "HOME", "/tmp"),
                            TestUser.command(program, "--version"));
            Matcher version = VERSION.matcher(said.output());
            if (said.exit() != 0 || !version.find()) {
                throw new IllegalStateException(
                        "%s cannot run %s: %s".formatted(TestUser.name(), program, said.output()));
            }
            return version.group(1);
        }
    }
}
