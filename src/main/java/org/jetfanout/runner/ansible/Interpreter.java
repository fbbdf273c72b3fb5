package org.jetfanout.runner.ansible;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;
import org.jetfanout.text.Quoted;

/**
 * The Python that runs the control machine's ansible.
 *
 * @param words how it is called
 * @param modules the folder that has the package ansible; empty where Python finds it by itself
 */
record Interpreter(List<String> words, Optional<String> modules) {
    private static final String PROGRAM = "ansible-playbook";
    private static final int HEAD = 4096;
    private static final int SECONDS = 60;

    /** pip writes this where the path of Python is too long for a first line, or has blanks. */
    private static final Pattern LONG_PATH =
            Pattern.compile("'''exec' (\"[^\"]+\"|\\S+)((?: -\\S+)*) \"\\$0\".*");

    private static final Pattern PYTHON =
            Pattern.compile("(?m)^ *python version = .*\\((/[^()]+)\\)\\s*$");
    private static final Pattern MODULES =
            Pattern.compile("(?m)^ *ansible python module location = (/.+)/ansible\\s*$");

    /**
     * Finds it.
     *
     * @param named the ansible-playbook that the user names; else the one on the path
     * @param environment of this process
     */
    static Interpreter of(Optional<Path> named, Map<String, String> environment) {
        Path program = named.orElseGet(() -> onPath(environment));
        if (!Files.isRegularFile(program)) {
            throw ConfigurationException.at(program, "no such program (--ansible)");
        }
        List<String> lines = head(program);
        String first = lines.get(0);
        List<String> words =
                first.startsWith("#!")
                        ? new ArrayList<>(Arrays.asList(first.substring(2).strip().split("\\s+")))
                        : new ArrayList<>();
        if (!words.isEmpty() && words.get(0).endsWith("/env")) {
            words.remove(0);
            words.remove("-S");
        }
        if (!words.isEmpty() && isPython(words.get(0))) {
            return new Interpreter(List.copyOf(words), Optional.empty());
        }
        Matcher exec = LONG_PATH.matcher(lines.size() > 1 ? lines.get(1) : "");
        if (exec.matches()) {
            List<String> python = new ArrayList<>(List.of(exec.group(1).replace("\"", "")));
            Stream.of(exec.group(2).split(" ", -1))
                    .filter(word -> !word.isEmpty())
                    .forEach(python::add);
            return new Interpreter(List.copyOf(python), Optional.empty());
        }
        return asked(program);
    }

    private static boolean isPython(String word) {
        String name = word.substring(word.lastIndexOf('/') + 1);
        return name.startsWith("python") || name.startsWith("pypy");
    }

    private static Path onPath(Map<String, String> environment) {
        return Stream.of(environment.getOrDefault("PATH", "").split(":", -1))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, PROGRAM))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst()
                .orElseThrow(
                        () ->
                                new ConfigurationException(
                                        "this machine has no ansible-playbook: jet-fanout asks it"
                                                + " which hosts the plays address. Install"
                                                + " ansible-core (2.9 or newer), or name its"
                                                + " ansible-playbook with --ansible FILE"));
    }

    private static List<String> head(Path program) {
        try (InputStream in = Files.newInputStream(program)) {
            String text = new String(in.readNBytes(HEAD), StandardCharsets.UTF_8);
            return Arrays.asList(text.split("\n", 3));
        } catch (IOException e) {
            throw ConfigurationException.at(program, "cannot be read: " + e.getMessage());
        }
    }

    /** What a program that is no Python script says of itself, for instance a shell wrapper. */
    private static Interpreter asked(Path program) {
        String said = version(program);
        Matcher python = PYTHON.matcher(said);
        Matcher modules = MODULES.matcher(said);
        if (!modules.find()) {
            throw ConfigurationException.at(
                    program,
                    "is no ansible-playbook: '--version' does not say where ansible's modules are ("
                            + Quoted.excerpt(said.lines().findFirst().orElse("nothing printed"))
                            + ")");
        }
        return new Interpreter(
                List.of(python.find() ? python.group(1) : "python3"),
                Optional.of(modules.group(1)));
    }

    private static String version(Path program) {
        try {
            Process process =
                    new ProcessBuilder(program.toAbsolutePath().toString(), "--version")
                            .redirectInput(Path.of("/dev/null").toFile())
                            .redirectErrorStream(true)
                            .start();
            String said;
            try (InputStream out = process.getInputStream()) {
                said = new String(out.readNBytes(1 << 16), StandardCharsets.UTF_8);
            }
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            return said;
        } catch (IOException e) {
            throw ConfigurationException.at(program, "cannot be run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ConfigurationException.at(program, "interrupted");
        }
    }
}
