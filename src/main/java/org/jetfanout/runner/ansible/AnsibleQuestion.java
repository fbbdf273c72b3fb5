package org.jetfanout.runner.ansible;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.Daemons;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.site.yaml.JsonInput;
import org.jetfanout.text.Quoted;

/**
 * Asks the control machine's ansible about a command line: its plays, the hosts that they address,
 * and its inventory. Arguments may be secret, so they travel by a pipe.
 *
 * @param interpreter that has ansible
 * @param directory in which the command line was given
 * @param arguments of ansible-playbook
 * @param templated groups whose hosts' addresses are wanted although they are templates
 */
record AnsibleQuestion(
        Interpreter interpreter,
        Path directory,
        List<String> arguments,
        Collection<String> templated) {
    private static final String SCRIPT = "ask.py";
    private static final ObjectMapper JSON = new ObjectMapper(JsonInput.FACTORY);

    /** How long inventory plugins and programs may take. */
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private static final Duration REST = Duration.ofSeconds(5);

    private static final int KEPT_LINES = 20;

    /**
     * Settings under which ansible answers: what it cannot parse is an error, and variables of
     * group_vars do not become those of the inventory, because they travel as files.
     */
    private static final Map<String, String> SETTINGS =
            Map.of(
                    "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED", "1",
                    "ANSIBLE_RUN_VARS_PLUGINS", "demand",
                    "ANSIBLE_VARS_PLUGIN_STAGE", "task",
                    "ANSIBLE_NOCOLOR", "1",
                    "ANSIBLE_LOCALHOST_WARNING", "0",
                    "ANSIBLE_INVENTORY_UNPARSED_WARNING", "0",
                    "ANSIBLE_RETRY_FILES_ENABLED", "0",
                    "PYTHONIOENCODING", "utf-8",
                    "LC_ALL", "C.UTF-8");

    /**
     * The answer.
     *
     * @param warnings takes ansible's warnings, and what inventory programs print on stderr
     * @throws ConfigurationException with ansible's own text where it does not take the command
     *     line, or fails
     */
    JsonNode ask(Consumer<String> warnings) {
        try {
            Path folder = Files.createTempDirectory("jet-fanout-ask", PrivateFiles.FOLDER);
            try {
                return ask(folder, warnings);
            } finally {
                PrivateFiles.remove(folder);
            }
        } catch (IOException e) {
            throw new ConfigurationException("cannot ask ansible: " + e.getMessage());
        }
    }

    private JsonNode ask(Path folder, Consumer<String> warnings) throws IOException {
        List<String> command = new ArrayList<>(interpreter.words());
        command.add(PrivateFiles.write(folder, SCRIPT, script()).toString());
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().putAll(SETTINGS);
        interpreter.modules().ifPresent(path -> builder.environment().put("PYTHONPATH", path));
        Process process = builder.start();
        Deque<String> last = new ArrayDeque<>();
        FutureTask<Void> errors = start("ansible-stderr", () -> relay(process, last, warnings));
        FutureTask<JsonNode> reading = start("ansible-stdout", () -> document(process));
        try (OutputStream in = process.getOutputStream()) {
            JSON.writeValue(in, Map.of("arguments", arguments, "templated", templated));
        } catch (IOException e) {
            // it ended before it read all: its output says why
        }
        try {
            long deadline = System.nanoTime() + LIMIT.toNanos();
            JsonNode answer = reading.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            awaitRest(errors);
            if (answer.isMissingNode()) {
                // the reason is the last of what it printed
                throw new ConfigurationException(
                        "ansible did not answer ("
                                + String.join(" ", interpreter.words())
                                + "): "
                                + (last.isEmpty() ? "it printed nothing" : last.getLast()));
            }
            answer.path("warnings").forEach(text -> warnings.accept("ansible: " + text.asText()));
            if (answer.has("usage")) {
                throw new ConfigurationException(
                        "ansible-playbook: " + Quoted.visible(answer.get("usage").asText()));
            }
            if (answer.has("error")) {
                throw new ConfigurationException(
                        "ansible: " + Quoted.visible(answer.get("error").asText()));
            }
            return answer;
        } catch (TimeoutException e) {
            throw new ConfigurationException(
                    "ansible did not answer within "
                            + LIMIT.toSeconds()
                            + " s: an inventory plugin or program hangs");
        } catch (ExecutionException e) {
            throw new ConfigurationException(
                    "cannot read ansible's answer: " + e.getCause().getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConfigurationException("interrupted while ansible was asked");
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /** What it printed last. A program that it has left behind may keep the pipe open. */
    private static void awaitRest(FutureTask<Void> errors)
            throws InterruptedException, ExecutionException {
        try {
            errors.get(REST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // what came is enough
        }
    }

    private static JsonNode document(Process process) throws IOException {
        try (InputStream out = process.getInputStream()) {
            return JSON.readTree(out);
        } catch (JacksonException e) {
            return JSON.missingNode();
        }
    }

    private static Void relay(Process process, Deque<String> last, Consumer<String> warnings)
            throws IOException {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String shown = Quoted.visible(line.replace('\t', ' ').strip());
                if (shown.isEmpty()) {
                    continue;
                }
                synchronized (last) {
                    last.addLast(shown);
                    if (last.size() > KEPT_LINES) {
                        last.removeFirst();
                    }
                }
                warnings.accept("ansible: " + shown);
            }
        }
        return null;
    }

    private static <T> FutureTask<T> start(String name, java.util.concurrent.Callable<T> work) {
        // a child of an inventory program may keep its output open for ever
        return Daemons.call(name, work);
    }

    private static byte[] script() throws IOException {
        try (InputStream in = AnsibleQuestion.class.getResourceAsStream(SCRIPT)) {
            return in.readAllBytes();
        }
    }
}
