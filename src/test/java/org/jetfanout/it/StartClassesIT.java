package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.ExitCode;
import org.jetfanout.record.RunRecord;
import org.jetfanout.testkit.Program;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a start costs, in classes: each that is loaded takes a fortieth of a millisecond out of an
 * AOT cache, and far more where it is not in one. The limits are a tenth above what was counted
 * when they were set.
 */
final class StartClassesIT {
    private static final String GUID = "6f8f6a2e-0d5b-4b7e-9d0e-1f0e6b8a7c11";
    private static final Pattern CLASS = Pattern.compile("\\] (\\S+) source: ");

    /** The class that is loaded where a command line is read; Main names its interfaces. */
    private static final String PICOCLI = "picocli.CommandLine";

    private static final int VERSION = 57;
    private static final int READING = 530;
    private static final int PLAN = 950;
    private static final int RUN = 5150;

    private static final String[] JAVA = {"java", "javax", "jdk", "sun", "com.sun"};

    @TempDir private static Path folder;

    @BeforeAll
    static void aRun() throws IOException {
        RunRecord.create(folder.resolve("jet-fanout/runs"), GUID).close();
        Path groups = Files.createDirectories(folder.resolve("inventory/groups"));
        Files.writeString(groups.resolve("web"), "hosts: [ h1, h2, h3 ]\n");
        Files.writeString(groups.resolve("wk"), "hosts: [ w1 ]\n");
        // a port at which nothing listens
        Files.writeString(
                Files.createDirectories(folder.resolve("inventory/host_vars")).resolve("w1"),
                "jet_ssh_hostname: 127.0.0.1\njet_ssh_port: 1\n");
        Files.writeString(
                folder.resolve("playbook.yml"),
                "- name: p\n  groups: [ web ]\n  tasks:\n    - !shell\n      name: t\n      cmd: uptime\n");
        Files.writeString(
                folder.resolve("workers.yml"),
                "workers:\n  user: ops\n  agent: none\n  map: [ { from: web, to: wk } ]\n");
    }

    @Test
    void aVersionNeedsNothing() throws Exception {
        assertThat(classes("--version"))
                .noneMatch(name -> isOf(name, "org.apache", "com.fasterxml", "ch.qos"))
                .doesNotContain(PICOCLI)
                .hasSizeLessThan(VERSION);
    }

    @Test
    void whatReadsRecordsNeedsNeitherPicocliNorCamel() throws Exception {
        for (String command : List.of("runs", "status " + GUID, "logs " + GUID)) {
            assertThat(classes(command.split(" ", -1)))
                    .as(command)
                    .noneMatch(name -> isOf(name, "org.apache"))
                    .doesNotContain(PICOCLI)
                    .hasSizeLessThan(READING);
        }
    }

    @Test
    void aPlanNeedsNoCamel() throws Exception {
        assertThat(
                        classes(
                                "plan",
                                "--playbook",
                                folder.resolve("playbook.yml").toString(),
                                "--inventory",
                                folder.resolve("inventory").toString(),
                                "--worker-config",
                                folder.resolve("workers.yml").toString()))
                .noneMatch(name -> isOf(name, "org.apache.camel", "org.apache.activemq"))
                .hasSizeLessThan(PLAN);
    }

    @Test
    void aRunNeedsNothingOfWhatTheBrokerWouldNotUse() throws Exception {
        // nothing listens on the worker's port, so the run ends where it would send its first byte
        assertThat(
                        all(
                                ExitCode.UNREACHABLE.code(),
                                "--playbook",
                                folder.resolve("playbook.yml").toString(),
                                "--inventory",
                                folder.resolve("inventory").toString(),
                                "--worker-config",
                                folder.resolve("workers.yml").toString()))
                .contains("org.apache.sshd.client.SshClient")
                .noneMatch(name -> isOf(name, "jdk.management"))
                .filteredOn(name -> !isOf(name, JAVA))
                .hasSizeLessThan(RUN);
    }

    private static boolean isOf(String name, String... packages) {
        for (String one : packages) {
            if (name.startsWith(one + ".")) {
                return true;
            }
        }
        return false;
    }

    /** The classes that a start of the program loads, without Java's own. */
    private static List<String> classes(String... words) throws Exception {
        return all(ExitCode.OK.code(), words).stream().filter(name -> !isOf(name, JAVA)).toList();
    }

    /** All classes that a start of the program loads, which ends with this code. */
    private static List<String> all(int code, String... words) throws Exception {
        Path log = Files.createTempFile(folder, "classes", ".log");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Program.JAVA,
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Xlog:class+load:file=" + log,
                                "-cp",
                                Program.CLASS_PATH,
                                Program.MAIN));
        command.addAll(List.of(words));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("out").toFile());
        builder.environment().put("XDG_STATE_HOME", folder.toString());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.start();
        assertThat(process.waitFor()).as(Files.readString(folder.resolve("out"))).isEqualTo(code);
        List<String> classes = new ArrayList<>();
        for (String line : Files.readAllLines(log)) {
            Matcher found = CLASS.matcher(line);
            if (found.find() && !found.group(1).contains("/0x")) {
                classes.add(found.group(1));
            }
        }
        return classes;
    }
}
