package org.jetfanout.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A real terminal, tmux, in which a shell runs a line. Tests can read its screen and press keys.
 */
public final class Tmux implements AutoCloseable {
    private final Path socket;

    private Tmux(Path socket) {
        this.socket = socket;
    }

    /**
     * Runs a shell line in a terminal of 150 by 40. When the line has ended, the terminal shows
     * {@code left with CODE} and waits.
     *
     * @param folder for the socket and the script
     */
    public static Tmux run(Path folder, String line) throws IOException {
        Tmux terminal = new Tmux(folder.resolve("tmux"));
        // the shell stays, so that the test can read what is left on the screen
        Path script =
                Files.writeString(
                        folder.resolve("in-terminal"),
                        "trap : INT\ncd '%s'\n%s\necho left with $?\nread end\n"
                                .formatted(folder, line));
        terminal.tmux(
                "-f",
                "/dev/null",
                "new-session",
                "-d",
                "-s",
                "it",
                "-x",
                "150",
                "-y",
                "40",
                "exec sh " + script);
        return terminal;
    }

    /** Waits until the screen is as wanted. Returns what is on it. */
    public String await(String what, Predicate<String> wanted) {
        String[] last = {""};
        try {
            Waiting.until(
                    what,
                    () -> {
                        last[0] = screen();
                        return wanted.test(last[0]);
                    });
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(e.getMessage() + "; on the screen:\n" + last[0], e);
        }
        return last[0];
    }

    /** What is on the screen, with the lines that have scrolled away. */
    public String screen() {
        return tmux("capture-pane", "-p", "-J", "-S", "-", "-t", "it");
    }

    /**
     * What is on the screen now. tmux keeps lines that were erased from the first row on as
     * scrolled away.
     */
    public String visible() {
        return tmux("capture-pane", "-p", "-J", "-t", "it");
    }

    /** Presses keys, with tmux' names for them: {@code C-c}, {@code Enter}, {@code d}. */
    public void press(String... keys) {
        List<String> words = new ArrayList<>(List.of("send-keys", "-t", "it"));
        words.addAll(List.of(keys));
        tmux(words.toArray(String[]::new));
    }

    /** Closes the terminal: what runs in it gets SIGHUP. */
    @Override
    public void close() {
        tmux("kill-server");
    }

    private String tmux(String... words) {
        List<String> command = new ArrayList<>(List.of("tmux", "-S", socket.toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("TERM", "screen");
        builder.environment().remove("TMUX");
        builder.environment().remove("NO_COLOR");
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            String answer =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
