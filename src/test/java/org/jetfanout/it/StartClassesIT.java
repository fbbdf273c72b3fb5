package org.jetfanout.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.ExitCode;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.BatchResult;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Frame;
import org.jetfanout.record.People;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.Outcome;
import org.jetfanout.runner.Stream;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.status.RunStatus;
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

    /** Its first use takes longer than most commands. */
    private static final String MAPPER = "com.fasterxml.jackson.databind.ObjectMapper";

    /** Its first use looks into every jar of the class path. */
    private static final String ZONES = "java.time.zone.ZoneRulesProvider";

    private static final int VERSION = 57;
    private static final int READING = 210;
    private static final int WRITING = 260;
    private static final int PLAN = 950;
    private static final int RUN = 5150;

    private static final String[] JAVA = {"java", "javax", "jdk", "sun", "com.sun"};

    @TempDir private static Path folder;

    @BeforeAll
    static void aRun() throws IOException {
        try (RunRecord record = RunRecord.create(folder.resolve("jet-fanout/runs"), GUID)) {
            Instant time = Instant.parse("2026-11-30T23:59:59.123456789Z");
            Worker worker = new Worker("w1", "wk", "w1", 22, "ops");
            record.storePlan(
                    new Plan(
                            GUID,
                            List.of(new Batch("0001", worker, List.of("h1", "h2"), 1)),
                            List.of()));
            record.storeState("0001", "w1", BatchState.RUNNING, "", time);
            record.append(
                    new Frame(
                            GUID,
                            "0001",
                            "w1",
                            Stream.OUTPUT,
                            0,
                            "a line\n".getBytes(UTF_8),
                            time));
            record.storeResult(
                    new BatchResult(
                            "0001",
                            "w1",
                            BatchState.ENDED,
                            OptionalInt.of(2),
                            true,
                            List.of(
                                    new HostResult("h1", Outcome.OK, ""),
                                    new HostResult("h2", Outcome.FAILED, "why")),
                            time,
                            time.plusSeconds(1),
                            ""));
            record.storeSummary(RunStatus.of(record)::writeTo);
            People.note(record.folder(), "ann", "started");
        }
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
            assertThat(all(ExitCode.OK.code(), command.split(" ", -1)))
                    .as(command)
                    .noneMatch(name -> isOf(name, "org.apache", "com.fasterxml.jackson.core.json"))
                    .doesNotContain(PICOCLI, MAPPER, ZONES)
                    .doesNotContain("java.util.Formatter", "java.util.regex.Pattern")
                    .doesNotContain("java.time.format.DateTimeFormatter")
                    .filteredOn(name -> !isOf(name, JAVA))
                    .hasSizeLessThan(READING);
        }
    }

    @Test
    void whatWritesRecordsAsJsonNeedsNoMapper() throws Exception {
        for (String command : List.of("runs", "status " + GUID, "logs " + GUID)) {
            assertThat(all(ExitCode.OK.code(), (command + " --json").split(" ", -1)))
                    .as(command)
                    .noneMatch(name -> isOf(name, "org.apache"))
                    .doesNotContain(PICOCLI, MAPPER, ZONES)
                    .filteredOn(name -> !isOf(name, JAVA))
                    .hasSizeLessThan(WRITING);
        }
    }

    @Test
    void aPlanNeedsNoCamel() throws Exception {
        assertThat(classes(withFiles("plan")))
                .noneMatch(name -> isOf(name, "org.apache.camel", "org.apache.activemq"))
                .hasSizeLessThan(PLAN);
    }

    @Test
    void aRunNeedsNothingOfWhatTheBrokerWouldNotUse() throws Exception {
        // nothing listens on the worker's port, so the run ends where it would send its first byte
        assertThat(all(ExitCode.UNREACHABLE.code(), withFiles()))
                .contains("org.apache.sshd.client.SshClient")
                .noneMatch(name -> isOf(name, "jdk.management"))
                .filteredOn(name -> !isOf(name, JAVA))
                .hasSizeLessThan(RUN);
    }

    /** The words, and after them those that name the files of a run. */
    private static String[] withFiles(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--playbook", folder.resolve("playbook.yml").toString()));
        all.addAll(List.of("--inventory", folder.resolve("inventory").toString()));
        all.addAll(List.of("--worker-config", folder.resolve("workers.yml").toString()));
        return all.toArray(String[]::new);
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
