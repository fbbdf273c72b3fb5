package org.jetfanout.runner.exec;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jetfanout.ConfigurationException;
import org.jetfanout.runner.Payload;
import org.jetfanout.text.Quoted;

/**
 * A file of the control machine that is put on each host. It travels to each worker once.
 *
 * @param file the file
 * @param target where it is put: a path on the hosts; with a slash at the end a folder, in which
 *     the file keeps its name
 * @param mode octal digits; empty: a new file gets that of the file here, an old one keeps its own
 * @param owner of the file on the hosts; empty: a new file belongs to who copies it, an old one
 *     keeps its owner
 * @param group likewise
 */
public record CopyTask(Path file, String target, String mode, String owner, String group)
        implements HostTask {
    static final String WORD = "copy";

    /** What each line of the script's answer begins with; see copy.sh. */
    private static final String MARK = "jet-fanout";

    private static final String FILE = "file";
    private static final String TARGET = "target";
    private static final String MODE = "mode";
    private static final String OWNER = "owner";
    private static final String GROUP = "group";
    private static final Pattern OCTAL = Pattern.compile("|[0-7]{3,4}");

    /** Checks the values. */
    public CopyTask {
        if (target.isEmpty()) {
            throw new ConfigurationException(
                    "the target is empty: give a path on the hosts, such as /opt/app/");
        }
        if (!OCTAL.matcher(mode).matches()) {
            throw new ConfigurationException(
                    "--mode must be three or four octal digits, such as 0644, not "
                            + Quoted.of(mode));
        }
        if (!owner.isEmpty()) {
            ExecOptions.checkLogin("--owner", owner);
        }
        if (!group.isEmpty()) {
            ExecOptions.checkLogin("--group", group);
        }
    }

    static CopyTask read(JsonNode record, Path directory) {
        return new CopyTask(
                directory.resolve(record.path(FILE).asText()),
                record.path(TARGET).asText(),
                record.path(MODE).asText(),
                record.path(OWNER).asText(),
                record.path(GROUP).asText());
    }

    @Override
    public String word() {
        return WORD;
    }

    @Override
    public Map<String, Object> toRecord() {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put(FILE, file.toString());
        record.put(TARGET, target);
        record.put(MODE, mode);
        record.put(OWNER, owner);
        record.put(GROUP, group);
        return record;
    }

    @Override
    public CopyTask keptIn(Path folder) {
        return this;
    }

    @Override
    public TaskOnHost read() {
        Payload payload = Payload.of(file.toAbsolutePath());
        List<String> words =
                List.of(
                        MARK,
                        target,
                        file.getFileName().toString(),
                        String.valueOf(payload.size()),
                        payload.sha256(),
                        mode.isEmpty() ? "-" + modeHere() : mode,
                        owner,
                        group);
        return new TaskOnHost(
                HostScripts.COPY,
                words,
                false,
                "",
                Map.of(HostScripts.TASK, HostScripts.COPIER),
                Map.of(Payload.NAME, file.toString()),
                Optional.of(payload));
    }

    private String modeHere() {
        int mode = 0;
        try {
            String rights = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
            for (int i = 0; i < rights.length(); i++) {
                mode = (mode << 1) | (rights.charAt(i) == '-' ? 0 : 1);
            }
        } catch (IOException e) {
            throw ConfigurationException.at(file, "cannot be read: " + e.getMessage());
        }
        return "%03o".formatted(mode);
    }
}
