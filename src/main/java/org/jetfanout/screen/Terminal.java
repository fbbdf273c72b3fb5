package org.jetfanout.screen;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Asks the system about the terminal, with the programs that it has for that. Thread-safe. */
public final class Terminal {
    private static final Size STANDARD = new Size(80, 24);

    private Terminal() {}

    /** The size of a terminal in characters. */
    public record Size(int columns, int rows) {}

    /**
     * Whether standard output (1) or standard error (2) is a terminal. {@link System#console} knows
     * only whether both input and output are one.
     */
    public static boolean isTerminal(int descriptor) {
        Path link = Path.of("/proc/self/fd/" + descriptor);
        if (Files.isSymbolicLink(link)) {
            try {
                String target = Files.readSymbolicLink(link).toString();
                return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
            } catch (IOException e) {
                // asked in another way below
            }
        }
        try {
            return new ProcessBuilder("test", "-t", String.valueOf(descriptor))
                            .inheritIO()
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * The terminal's size now. Where the system does not know it: {@code COLUMNS} and {@code
     * LINES}, else 80 by 24.
     */
    public static Size size(Map<String, String> environment) {
        return askStty()
                .or(
                        () ->
                                parse(
                                        environment.getOrDefault("LINES", ""),
                                        environment.getOrDefault("COLUMNS", "")))
                .orElse(STANDARD);
    }

    private static Optional<Size> askStty() {
        try {
            Process stty =
                    new ProcessBuilder("stty", "size")
                            .redirectInput(Redirect.from(new File("/dev/tty")))
                            .redirectError(Redirect.DISCARD)
                            .start();
            if (!stty.waitFor(1, TimeUnit.SECONDS)) {
                stty.destroyForcibly();
                return Optional.empty();
            }
            String answer =
                    new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                            .strip();
            int space = answer.indexOf(' ');
            return space < 0
                    ? Optional.empty()
                    : parse(answer.substring(0, space), answer.substring(space + 1));
        } catch (IOException e) {
            // there is no terminal, or no stty
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static Optional<Size> parse(String rows, String columns) {
        try {
            Size size = new Size(Integer.parseInt(columns), Integer.parseInt(rows));
            return size.columns() > 0 && size.rows() > 0 ? Optional.of(size) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
