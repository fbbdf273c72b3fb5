package org.jetfanout.runner.exec;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jetfanout.runner.ShellWords;

/** Our scripts, and the command lines for hosts that are made of them. Pure functions. */
final class HostScripts {
    /** What runs on the worker. */
    static final byte[] RUNNER = bytes("exec.sh");

    /** Runs a command line on a host. */
    static final String COMMAND = line("command.sh");

    /** Runs a script on a host. */
    static final String SCRIPT = line("script.sh");

    /** Puts a file on a host. */
    static final String COPY = line("copy-on-host.sh");

    /** The name in a bundle of a script that says what happens for one host. */
    static final String TASK = "task.sh";

    /** What happens on the worker to put a file on a host. */
    static final byte[] COPIER = bytes("copy.sh");

    private static final String BEGIN = line("begin.sh");
    private static final String SUDO = line("sudo.sh");

    private HostScripts() {}

    /**
     * The command line that the login shell of a host reads.
     *
     * @param sudo account that runs the task; empty for the login's own
     */
    static String remote(TaskOnHost task, Optional<String> sudo) {
        if (task.bare()) {
            return String.join(" ", task.words());
        }
        List<String> words = new ArrayList<>(shell(BEGIN, task.text()));
        words.addAll(task.words());
        if (sudo.isPresent()) {
            words.addAll(0, shell(SUDO, sudo.get()));
        }
        return "exec " + ShellWords.join(words);
    }

    private static List<String> shell(String text, String first) {
        return List.of("/bin/sh", "-c", text, "sh", first);
    }

    /** A script as one line. */
    private static String line(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8)
                .lines()
                .filter(text -> !text.startsWith("#"))
                .collect(Collectors.joining(" "));
    }

    static byte[] bytes(String name) {
        try (InputStream in = HostScripts.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
