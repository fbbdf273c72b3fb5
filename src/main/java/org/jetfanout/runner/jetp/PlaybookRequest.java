package org.jetfanout.runner.jetp;

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
import org.jetfanout.site.playbook.Dialect;
import org.jetfanout.site.playbook.HostLimits;
import org.jetfanout.site.workers.WorkersConfig;

/**
 * Playbooks of jetp for the hosts of an inventory: jetp's own command line, but for {@code
 * --threads}. Immutable.
 *
 * @param playbooks files, in order; none for commands that only look at the hosts
 * @param inventories directories and executables, in order
 * @param roles directories, in order
 * @param modules directories, in order
 * @param limits on the addressed hosts
 * @param extraVars texts of {@code --extra-vars}: {@code @file} or JSON; may hold secrets
 * @param options all others
 */
public record PlaybookRequest(
        List<Path> playbooks,
        List<Path> inventories,
        List<Path> roles,
        List<Path> modules,
        HostLimits limits,
        List<String> extraVars,
        JetpOptions options)
        implements WorkRequest {
    /** Copies the lists. */
    public PlaybookRequest {
        playbooks = List.copyOf(playbooks);
        inventories = List.copyOf(inventories);
        roles = List.copyOf(roles);
        modules = List.copyOf(modules);
        extraVars = List.copyOf(extraVars);
    }

    /** A request with only what a run needs. */
    public static PlaybookRequest of(Path playbook, Path inventory) {
        return of(List.of(playbook), List.of(inventory), HostLimits.none());
    }

    /** A request with playbooks, which may be none, and hosts. */
    public static PlaybookRequest of(
            List<Path> playbooks, List<Path> inventories, HostLimits limits) {
        return new PlaybookRequest(
                playbooks,
                inventories,
                List.of(),
                List.of(),
                limits,
                List.of(),
                JetpOptions.none());
    }

    @Override
    public Runner runner() {
        return new Jetp(options.dialect().orElse(Dialect.JETP));
    }

    @Override
    public Map<String, Object> toRecord() {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("mode", options.mode());
        record.put("playbooks", texts(playbooks));
        record.put("inventories", texts(inventories));
        record.put("roles", texts(roles));
        record.put("modules", texts(modules));
        record.put("limitHosts", limits.hosts());
        record.put("limitGroups", limits.groups());
        record.put("extraVars", extraVars);
        record.put("user", options.user().orElse(""));
        record.put("port", options.port().orElse(0));
        record.put("batchSize", options.batchSize().orElse(0));
        record.put("sudo", options.sudo().orElse(""));
        record.put("tags", options.tags());
        record.put("verbosity", options.verbosity());
        record.put("forwardAgent", options.forwardAgent());
        record.put("allowLocalhostDelegation", options.allowLocalhostDelegation());
        if (options.async()) {
            record.put("async", true); // only Jetpack has it
        }
        return record;
    }

    /**
     * Reads what {@link #toRecord} gave. A value is empty or 0 where it was not given, or where
     * another version did not write it.
     *
     * @param dialect of the runner that the record names; empty where it names jetp, which may be
     *     Jetpack by its second name
     */
    static PlaybookRequest read(JsonNode record, Path directory, Optional<Dialect> dialect) {
        return new PlaybookRequest(
                paths(directory, record, "playbooks"),
                paths(directory, record, "inventories"),
                paths(directory, record, "roles"),
                paths(directory, record, "modules"),
                new HostLimits(texts(record, "limitHosts"), texts(record, "limitGroups")),
                texts(record, "extraVars").stream()
                        .map(text -> "@" + directory.resolve(text.substring(1)))
                        .toList(),
                new JetpOptions(
                        record.path("mode").asText(),
                        said(record, "user"),
                        number(record, "port"),
                        number(record, "batchSize"),
                        said(record, "sudo"),
                        texts(record, "tags"),
                        record.path("verbosity").asInt(),
                        record.path("forwardAgent").asBoolean(),
                        record.path("allowLocalhostDelegation").asBoolean(),
                        record.path("async").asBoolean(),
                        dialect));
    }

    /** The same request for a runner of this dialect. */
    PlaybookRequest in(Optional<Dialect> dialect) {
        return new PlaybookRequest(
                playbooks, inventories, roles, modules, limits, extraVars, options.in(dialect));
    }

    @Override
    public PlaybookRequest keptIn(Path folder) throws IOException {
        int number = 0;
        List<String> texts = new ArrayList<>();
        for (String text : extraVars) {
            Path file =
                    text.startsWith("@")
                            ? PipedFiles.kept(Path.of(text.substring(1)), folder, "" + number++)
                            : PrivateFiles.write(
                                    folder,
                                    "extra-vars-" + texts.size() + ".json",
                                    text.getBytes(StandardCharsets.UTF_8));
            texts.add("@" + file);
        }
        List<Path> books = new ArrayList<>();
        for (Path playbook : playbooks) {
            books.add(PipedFiles.kept(playbook, folder, "" + number++));
        }
        return new PlaybookRequest(books, inventories, roles, modules, limits, texts, options);
    }

    @Override
    public PlaybookRequest again(List<String> hosts, List<String> variables) {
        List<String> texts = new ArrayList<>(extraVars);
        boolean gone =
                texts.removeIf(
                        text -> text.startsWith("@") && !Files.exists(Path.of(text.substring(1))));
        if (gone && variables.isEmpty()) {
            throw new ConfigurationException(
                    "the earlier run had --extra-vars as JSON, which jet-fanout does not store:"
                            + " give --extra-vars again");
        }
        texts.addAll(variables);
        return new PlaybookRequest(
                playbooks,
                inventories,
                roles,
                modules,
                new HostLimits(hosts, List.of()),
                texts,
                options);
    }

    @Override
    public JetpWork read(WorkersConfig workers, Consumer<String> warnings) {
        return JetpWork.read(this, workers, warnings);
    }

    private static List<String> texts(List<Path> paths) {
        return paths.stream().map(Path::toString).toList();
    }

    private static List<String> texts(JsonNode record, String key) {
        List<String> texts = new ArrayList<>();
        record.path(key).forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static List<Path> paths(Path from, JsonNode record, String key) {
        return texts(record, key).stream().map(from::resolve).toList();
    }

    private static Optional<String> said(JsonNode record, String key) {
        return Optional.of(record.path(key).asText("")).filter(text -> !text.isEmpty());
    }

    private static OptionalInt number(JsonNode record, String key) {
        int number = record.path(key).asInt();
        return number == 0 ? OptionalInt.empty() : OptionalInt.of(number);
    }
}
