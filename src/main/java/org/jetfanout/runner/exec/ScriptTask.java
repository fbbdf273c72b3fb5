package org.jetfanout.runner.exec;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.PipedFiles;

/**
 * A script of the control machine. It travels once to each worker. On a host its interpreter reads
 * it from a pipe, so that no place to write is needed there.
 *
 * @param file the script
 * @param arguments passed to it as they are
 */
public record ScriptTask(Path file, List<String> arguments) implements HostTask {
    static final String WORD = "script";

    private static final String FILE = "script";
    private static final String ARGUMENTS = "arguments";

    /** From where the interpreter reads the script. */
    private static final String PIPE = "/dev/fd/4";

    /** No script is so large; it is kept in memory. */
    private static final long MOST = 16 << 20;

    /** Copies the list. */
    public ScriptTask {
        arguments = List.copyOf(arguments);
    }

    static ScriptTask read(JsonNode record, Path directory) {
        List<String> arguments = new ArrayList<>();
        record.path(ARGUMENTS).forEach(argument -> arguments.add(argument.asText()));
        return new ScriptTask(directory.resolve(record.path(FILE).asText()), arguments);
    }

    @Override
    public String word() {
        return WORD;
    }

    @Override
    public Map<String, Object> toRecord() {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put(FILE, file.toString());
        record.put(ARGUMENTS, arguments);
        return record;
    }

    @Override
    public ScriptTask keptIn(Path folder) throws IOException {
        return new ScriptTask(PipedFiles.kept(file, folder, "script"), arguments);
    }

    @Override
    public TaskOnHost read() {
        byte[] content = content();
        List<String> words = new ArrayList<>();
        words.add(String.valueOf(content.length));
        words.addAll(interpreter(content));
        words.add(PIPE);
        words.addAll(arguments);
        return new TaskOnHost(
                HostScripts.SCRIPT,
                words,
                false,
                FILE,
                Map.of(FILE, content),
                Map.of(FILE, file.toString()),
                Optional.empty());
    }

    private byte[] content() {
        try {
            if (Files.isDirectory(file)) {
                throw ConfigurationException.at(file, "is a folder, not a script");
            }
            if (Files.size(file) > MOST) {
                throw ConfigurationException.at(
                        file, "is larger than 16 MB, so it is no script: use jet-fanout copy");
            }
            byte[] content = Files.readAllBytes(file);
            if (content.length == 0) {
                throw ConfigurationException.at(file, "is empty");
            }
            return content;
        } catch (IOException e) {
            throw ConfigurationException.at(
                    file,
                    Files.exists(file) ? "cannot be read: " + e.getMessage() : "no such file");
        }
    }

    /**
     * The interpreter of the first line, with at most one argument as in the kernel; else the
     * shell.
     */
    private List<String> interpreter(byte[] content) {
        int end = 0;
        while (end < content.length && content[end] != '\n' && content[end] != 0) {
            end++;
        }
        if (end < content.length && content[end] == 0) {
            throw ConfigurationException.at(
                    file,
                    "is a program and no script: copy it with jet-fanout copy, and run it with"
                            + " jet-fanout exec");
        }
        String first = new String(Arrays.copyOf(content, end), StandardCharsets.UTF_8);
        if (!first.startsWith("#!")) {
            return List.of("/bin/sh");
        }
        if (first.endsWith("\r")) {
            throw ConfigurationException.at(
                    file,
                    1,
                    "the line ends with a carriage return, so no host would find the"
                            + " interpreter: save the file with Unix line ends");
        }
        String line = first.substring(2).strip();
        if (line.isEmpty()) {
            return List.of("/bin/sh");
        }
        int blank = 0;
        while (blank < line.length() && line.charAt(blank) != ' ' && line.charAt(blank) != '\t') {
            blank++;
        }
        return blank == line.length()
                ? List.of(line)
                : List.of(line.substring(0, blank), line.substring(blank).strip());
    }
}
