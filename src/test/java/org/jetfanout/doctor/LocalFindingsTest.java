package org.jetfanout.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jetfanout.doctor.Finding.State;
import org.jetfanout.testkit.Programs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Locale, clock, Java, memory and programs. */
final class LocalFindingsTest {
    private static final String PATH = "/usr/local/bin:/usr/bin:/bin";

    @TempDir Path folder;

    private static Finding locale(Map<String, String> variables, String encoding) {
        Map<String, String> environment = new HashMap<>(variables);
        environment.put("PATH", PATH);
        return new LocaleExamination(new LocalPrograms(environment), encoding).findings().get(0);
    }

    @Test
    void theLocale() {
        assertThat(locale(Map.of("LC_ALL", "C.UTF-8"), "UTF-8").state()).isEqualTo(State.OK);
        assertThat(locale(Map.of(), "UTF-8").detail()).isEqualTo("not set");
        Finding absent = locale(Map.of("LANG", "xx_YY.UTF-8"), "UTF-8");
        assertThat(absent.state()).isEqualTo(State.WARNING);
        assertThat(absent.detail()).startsWith("LANG=xx_YY.UTF-8: this machine has no such");
        Finding ascii = locale(Map.of("LC_ALL", "POSIX"), "UTF-8");
        assertThat(ascii.detail()).startsWith("LC_ALL=POSIX is no UTF-8 locale (");
        // as the launcher starts it for a user whose locale is broken
        Finding launched = locale(Map.of("JET_FANOUT_LC_ALL", "xx", "LC_ALL", "C.UTF-8"), "UTF-8");
        assertThat(launched.detail()).startsWith("LC_ALL=xx: ");
        assertThat(locale(Map.of(), "ANSI_X3.4-1968").state()).isEqualTo(State.MISSING);
    }

    private void program(String name, String script) throws IOException {
        Programs.write(folder.resolve(name), "#!/bin/sh\n" + script + "\n");
    }

    private Finding clock(Instant now) {
        return new ClockExamination(
                        new LocalPrograms(Map.of("PATH", folder.toString())),
                        folder.resolve("runs"))
                .finding(now);
    }

    @Test
    void theClock() throws IOException {
        assertThat(clock(Instant.EPOCH).state()).isEqualTo(State.MISSING);
        Instant now = Instant.now();
        program("timedatectl", "echo no");
        assertThat(clock(now).line()).isEqualTo("warning  clock: not set by NTP");
        program("timedatectl", "echo yes");
        assertThat(clock(now).line()).isEqualTo("ok       clock: set by NTP");
        program("timedatectl", "echo 'System has not been booted with systemd'; exit 1");
        program("chronyc", "echo 'Leap status     : Not synchronised'");
        assertThat(clock(now).state()).isEqualTo(State.WARNING);
        program("chronyc", "echo 'Leap status     : Normal'");
        assertThat(clock(now).state()).isEqualTo(State.OK);
        Path runs = Files.createDirectory(folder.resolve("runs"));
        Files.setLastModifiedTime(runs, FileTime.from(now.plusSeconds(7200)));
        assertThat(clock(now).detail()).contains("it was set back");
    }

    @Test
    void whatTheKernelSaysOfTheClock() throws IOException {
        program("python3", "echo 5");
        assertThat(clock(Instant.now()).line()).isEqualTo("warning  clock: not set by NTP");
        program("python3", "echo 0");
        assertThat(clock(Instant.now()).state()).isEqualTo(State.OK);
    }

    @Test
    void javaAndItsMemory() {
        assertThat(java(Map.of(), 2000, 8000)).extracting(Finding::state).containsOnly(State.OK);
        assertThat(java(Map.of("JAVA_TOOL_OPTIONS", "-Dx=y"), 2000, 8000).get(0).detail())
                .contains("options from JAVA_TOOL_OPTIONS");
        assertThat(java(Map.of(), 50, 8000).get(1).state()).isEqualTo(State.MISSING);
        assertThat(java(Map.of(), 200, 8000).get(1).state()).isEqualTo(State.WARNING);
        assertThat(java(Map.of(), 2000, 100).get(1).detail())
                .contains("only 100.0 MB of the machine's");
    }

    private List<Finding> java(Map<String, String> environment, long heap, long available) {
        JavaFacts facts =
                new JavaFacts("17", "us", folder, heap << 20, OptionalLong.of(available << 20));
        return new JavaExamination(environment, facts).findings();
    }

    @Test
    void programsOfARunner() throws IOException {
        assertThat(missing(Optional.empty(), false)).isEmpty();
        assertThat(missing(Optional.of(RunnerHere.JETP), false)).isEmpty();
        assertThat(missing(Optional.of(RunnerHere.JETP), true)).containsExactly("jetp", "jobs");
        assertThat(missing(Optional.of(RunnerHere.ANSIBLE), false))
                .containsExactly("ansible-playbook", "python3");
        program("ansible-playbook", "");
        program("python3", "");
        assertThat(missing(Optional.of(RunnerHere.ANSIBLE), false)).isEmpty();
        assertThat(missing(Optional.of(RunnerHere.EXEC), true)).containsExactly("ssh", "jobs");
    }

    private List<String> missing(Optional<RunnerHere> runner, boolean local) {
        LocalPrograms programs = new LocalPrograms(Map.of("PATH", folder.toString()));
        return new ProgramsExamination(programs, runner, local)
                .findings().stream()
                        .filter(finding -> finding.state() == State.MISSING)
                        .map(Finding::subject)
                        .toList();
    }

    @Test
    void aProgramThatHangsIsNoAnswer() throws IOException {
        program("timedatectl", "exec /bin/sleep 60");
        long begun = System.nanoTime();
        assertThat(clock(Instant.now()).detail()).startsWith("nobody here says");
        assertThat(System.nanoTime() - begun).isLessThan(30_000_000_000L);
    }
}
