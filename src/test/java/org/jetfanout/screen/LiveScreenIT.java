package org.jetfanout.screen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jetfanout.testkit.Fixture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The live view on a real terminal, that of tmux. */
class LiveScreenIT {
    private static final Duration DEADLINE = Duration.ofMinutes(3);

    @TempDir Path folder;

    @AfterEach
    void end() throws Exception {
        tmux("kill-server");
    }

    @Test
    void isDrawnAndTakenAway() throws Exception {
        start("TERM=screen");
        String running = screen(text -> text.contains("1/6 hosts"));
        assertThat(running.lines().toList().get(0)).isEqualTo(Fixture.GUID);
        assertThat(running)
                .contains(Fixture.GUID + " w1: hello ^[[2Jworld")
                .contains("w1 running              1/3")
                .contains("w2 queued               0/3")
                .contains("  2 workers");
        assertThat(cursor()).isEqualTo("0");
        Files.createFile(folder.resolve("go"));
        String ended = screen(text -> text.contains("left the program"));
        assertThat(ended).contains("exit code 2").doesNotContain("2 workers", "w2 queued");
        assertThat(cursor()).isEqualTo("1");
    }

    @Test
    void aSmallerTerminalGetsASmallerView() throws Exception {
        start("TERM=screen");
        screen(text -> text.contains("1/6 hosts"));
        tmux("resize-window", "-t", "it", "-x", "40", "-y", "10");
        screen(text -> text.contains("w1 running              1/3") && text.contains("1/6 hosts"));
        Files.createFile(folder.resolve("go"));
        String ended = screen(text -> text.contains("left the program"));
        assertThat(ended).doesNotContain("w2 queued");
    }

    @Test
    void anInterruptGivesTheCursorBack() throws Exception {
        start("TERM=screen");
        screen(text -> text.contains("1/6 hosts"));
        assertThat(cursor()).isEqualTo("0");
        tmux("send-keys", "-t", "it", "C-c");
        String left = screen(text -> text.contains("left the program"));
        assertThat(left).doesNotContain("w2 queued", "2 workers");
        assertThat(cursor()).isEqualTo("1");
    }

    @Test
    void withoutColourItIsPlain() throws Exception {
        start("NO_COLOR=1");
        String running = screen(text -> text.contains("batch 0001: running"));
        assertThat(running).contains("plan: 6 hosts, 2 workers").doesNotContain("[---");
        assertThat(cursor()).isEqualTo("1");
    }

    private void start(String variable) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        // the shell stays, so that what is left on the screen can be read
        Path script = folder.resolve("program");
        Files.writeString(
                script,
                "trap : INT\n"
                        + variable
                        + " "
                        + java
                        + " -XX:TieredStopAtLevel=1 -cp '"
                        + classPath
                        + "' "
                        + LiveScreenProgram.class.getName()
                        + " '"
                        + folder.resolve("go")
                        + "'\necho left the program\nread end\n");
        tmux(
                "-f",
                "/dev/null",
                "new-session",
                "-d",
                "-s",
                "it",
                "-x",
                "100",
                "-y",
                "20",
                "sh " + script);
    }

    private String screen(Predicate<String> wanted) throws Exception {
        Instant end = Instant.now().plus(DEADLINE);
        String text = "";
        while (Instant.now().isBefore(end)) {
            text = tmux("capture-pane", "-p", "-t", "it");
            if (wanted.test(text)) {
                return text;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("not shown within " + DEADLINE + ":\n" + text);
    }

    private String cursor() throws Exception {
        return tmux("display-message", "-p", "-t", "it", "#{cursor_flag}").strip();
    }

    private String tmux(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("tmux", "-S"));
        command.add(folder.resolve("tmux").toString());
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().remove("TMUX");
        builder.environment().remove("NO_COLOR");
        Process process = builder.start();
        process.getOutputStream().close();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return answer;
    }
}
