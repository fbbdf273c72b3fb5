package org.jetfanout.runner.ansible;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.PipedFiles;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.runner.Runner;
import org.jetfanout.runner.WorkRequest;
import org.jetfanout.site.workers.WorkersConfig;

/**
 * A command line of ansible-playbook that has not been carried out yet.
 *
 * @param directory in which it was given
 * @param playbooks files, or names in collections
 * @param inventories texts of {@code -i}: paths or lists of hosts
 * @param limit pattern of {@code --limit}
 * @param extraVars texts of {@code -e}; may hold secrets. A text that begins with {@link #IN_FILE}
 *     names a file with such a text
 * @param flags further flags that mean the same on a worker, each in one word with its value
 * @param modulePaths texts of {@code --module-path}
 * @param privateKey of {@code --private-key}
 * @param forks of {@code --forks}; empty for {@code threads} of workers.yml
 * @param passwords where passwords are
 * @param sliceAnyway whether {@code inventory: slice} is meant although the playbooks read other
 *     hosts
 * @param program the ansible-playbook of this machine; empty for the one on the path
 */
public record AnsibleRequest(
        Path directory,
        List<String> playbooks,
        List<String> inventories,
        Optional<String> limit,
        List<String> extraVars,
        List<String> flags,
        List<String> modulePaths,
        Optional<String> privateKey,
        OptionalInt forks,
        PasswordFiles passwords,
        boolean sliceAnyway,
        Optional<Path> program)
        implements WorkRequest {
    static final String IN_FILE = "text:";
    private static final String FILE = "@";
    private static final List<String> CHOOSE_TASKS =
            List.of("--tags", "--skip-tags", "--start-at-task");

    /** Copies the lists. */
    public AnsibleRequest {
        playbooks = List.copyOf(playbooks);
        inventories = List.copyOf(inventories);
        extraVars = List.copyOf(extraVars);
        flags = List.copyOf(flags);
        modulePaths = List.copyOf(modulePaths);
    }

    @Override
    public Runner runner() {
        return Ansible.RUNNER;
    }

    @Override
    public Map<String, Object> toRecord() {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("playbooks", playbooks);
        record.put("inventories", inventories);
        record.put("limit", limit.orElse(""));
        record.put("extraVars", extraVars);
        record.put("flags", flags);
        record.put("modulePaths", modulePaths);
        record.put("privateKey", privateKey.orElse(""));
        record.put("forks", forks.orElse(0));
        record.put("vaultIds", passwords.vaultIds());
        record.put("vaultPasswordFiles", passwords.vaultFiles());
        record.put("connectionPasswordFile", passwords.connection().orElse(""));
        record.put("becomePasswordFile", passwords.become().orElse(""));
        record.put("sliceAnyway", sliceAnyway);
        record.put("ansible", program.map(Path::toString).orElse(""));
        return record;
    }

    static AnsibleRequest of(JsonNode record, Path directory) {
        return new AnsibleRequest(
                directory,
                texts(record.path("playbooks")),
                texts(record.path("inventories")),
                text(record.path("limit")),
                texts(record.path("extraVars")),
                texts(record.path("flags")),
                texts(record.path("modulePaths")),
                text(record.path("privateKey")),
                record.path("forks").asInt() > 0
                        ? OptionalInt.of(record.path("forks").asInt())
                        : OptionalInt.empty(),
                new PasswordFiles(
                        texts(record.path("vaultIds")),
                        texts(record.path("vaultPasswordFiles")),
                        text(record.path("connectionPasswordFile")),
                        text(record.path("becomePasswordFile"))),
                record.path("sliceAnyway").asBoolean(),
                text(record.path("ansible")).map(Path::of));
    }

    @Override
    public AnsibleRequest keptIn(Path folder) throws IOException {
        List<String> texts = new ArrayList<>();
        for (String text : extraVars) {
            String name = "extra-vars-" + texts.size();
            if (text.startsWith(IN_FILE)) {
                texts.add(text);
            } else if (text.startsWith(FILE)) {
                texts.add(FILE + PipedFiles.kept(file(text), folder, name));
            } else {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                texts.add(IN_FILE + PrivateFiles.write(folder, name, bytes).toAbsolutePath());
            }
        }
        return new AnsibleRequest(
                directory,
                playbooks,
                inventories,
                limit,
                texts,
                flags,
                modulePaths,
                privateKey,
                forks,
                passwords.keptIn(folder),
                sliceAnyway,
                program);
    }

    @Override
    public AnsibleRequest again(List<String> hosts, List<String> moreVars) {
        List<String> texts = new ArrayList<>(extraVars);
        boolean gone =
                texts.removeIf(
                        text ->
                                (text.startsWith(IN_FILE) || text.startsWith(FILE))
                                        && !Files.exists(file(text)));
        if (gone && moreVars.isEmpty()) {
            throw new ConfigurationException(
                    "the earlier run had values in --extra-vars, which jet-fanout does not store:"
                            + " give --extra-vars again");
        }
        texts.addAll(moreVars);
        // without a limit, plays of localhost ran too
        String local = limit.isEmpty() ? ",localhost" : "";
        return new AnsibleRequest(
                directory,
                playbooks,
                inventories,
                Optional.of(String.join(",", hosts) + local),
                texts,
                flags,
                modulePaths,
                privateKey,
                forks,
                passwords,
                sliceAnyway,
                program);
    }

    @Override
    public AnsibleWork read(WorkersConfig workers, Consumer<String> warnings) {
        return AnsibleWork.read(this, workers, warnings);
    }

    /** Whether the user chose tasks, so that a host may have none. */
    boolean choosesTasks() {
        return CHOOSE_TASKS.stream().anyMatch(this::hasFlag);
    }

    boolean hasFlag(String flag) {
        return flags.stream().anyMatch(word -> word.equals(flag) || word.startsWith(flag + "="));
    }

    /** The file that a text of {@code -e} names. */
    Path file(String text) {
        String name = text.substring(text.startsWith(FILE) ? FILE.length() : IN_FILE.length());
        return directory.resolve(name);
    }

    /** The arguments with which ansible-playbook would be called on this machine. */
    List<String> arguments() {
        List<String> words = new ArrayList<>();
        inventories.forEach(text -> add(words, "--inventory", text));
        limit.ifPresent(text -> add(words, "--limit", text));
        extraVars.forEach(text -> add(words, "--extra-vars", said(text)));
        words.addAll(flags);
        modulePaths.forEach(text -> add(words, "--module-path", text));
        privateKey.ifPresent(text -> add(words, "--private-key", text));
        words.addAll(passwords.arguments());
        words.addAll(playbooks);
        return words;
    }

    private String said(String text) {
        if (!text.startsWith(IN_FILE)) {
            return text;
        }
        try {
            return Files.readString(file(text));
        } catch (IOException e) {
            throw new ConfigurationException(
                    "the values of --extra-vars are gone (" + file(text) + ")");
        }
    }

    private static void add(List<String> words, String flag, String value) {
        words.add(flag);
        words.add(value);
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(item -> texts.add(item.asText()));
        return texts;
    }

    private static Optional<String> text(JsonNode node) {
        return Optional.of(node.asText("")).filter(text -> !text.isEmpty());
    }

    /** Leaves out the values of {@code -e}, which may be secrets. */
    @Override
    public String toString() {
        return "AnsibleRequest[playbooks=" + playbooks + ", …]";
    }
}
