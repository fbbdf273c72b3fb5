package org.jetfanout.pipeline;

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
import org.jetfanout.ConfigurationException;
import org.jetfanout.PrivateFiles;
import org.jetfanout.playbook.Limits;
import org.jetfanout.runner.RunnerOptions;

/**
 * What the user asks for: a command line, checked but not yet carried out.
 *
 * @param playbooks files, in order
 * @param inventories directories and executables, in order
 * @param roles directories, in order
 * @param modules directories, in order
 * @param workerConfig workers.yml
 * @param limits which of the addressed hosts
 * @param extraVars texts of {@code --extra-vars}: {@code @file} or JSON; may hold secrets
 * @param runner what the runner on the workers is told
 * @param threads how many workers are worked on at once
 * @param routes the user's own routes
 * @param broker the user's own
 * @param sinks where the log records go
 */
public record RunRequest(
        List<Path> playbooks,
        List<Path> inventories,
        List<Path> roles,
        List<Path> modules,
        Path workerConfig,
        Limits limits,
        List<String> extraVars,
        RunnerOptions runner,
        int threads,
        Optional<Path> routes,
        Optional<BrokerRequest> broker,
        SinkRequest sinks) {
    /** One that names no sinks. */
    public RunRequest(
            List<Path> playbooks,
            List<Path> inventories,
            List<Path> roles,
            List<Path> modules,
            Path workerConfig,
            Limits limits,
            List<String> extraVars,
            RunnerOptions runner,
            int threads,
            Optional<Path> routes,
            Optional<BrokerRequest> broker) {
        this(
                playbooks,
                inventories,
                roles,
                modules,
                workerConfig,
                limits,
                extraVars,
                runner,
                threads,
                routes,
                broker,
                SinkRequest.NONE);
    }

    /** The same with other sinks. */
    public RunRequest with(SinkRequest others) {
        return with(limits, extraVars, others);
    }

    private RunRequest with(Limits otherLimits, List<String> otherVars, SinkRequest otherSinks) {
        return new RunRequest(
                playbooks,
                inventories,
                roles,
                modules,
                workerConfig,
                otherLimits,
                otherVars,
                runner,
                threads,
                routes,
                broker,
                otherSinks);
    }

    /**
     * The same, but with variables that were given as JSON in files of this folder: they may be
     * secrets, so they must stand neither in a command line nor in the record. What came out of
     * pipes is copied there as well, for it lies elsewhere only as long as this process lives.
     *
     * @param folder of the run; made where missing, its owner's alone
     */
    public RunRequest withVariablesIn(Path folder) throws IOException {
        int number = 0;
        List<String> texts = new ArrayList<>();
        for (String text : extraVars) {
            Path file =
                    text.startsWith("@")
                            ? PipedFiles.kept(Path.of(text.substring(1)), folder, number++)
                            : PrivateFiles.write(
                                    folder,
                                    "extra-vars-" + texts.size() + ".json",
                                    text.getBytes(StandardCharsets.UTF_8));
            texts.add("@" + file);
        }
        List<Path> books = new ArrayList<>();
        for (Path playbook : playbooks) {
            books.add(PipedFiles.kept(playbook, folder, number++));
        }
        return new RunRequest(
                books,
                inventories,
                roles,
                modules,
                PipedFiles.kept(workerConfig, folder, number),
                limits,
                texts,
                runner,
                threads,
                routes,
                broker,
                sinks);
    }

    /** What the run record keeps of it. Only after {@link #withVariablesIn}. */
    public Map<String, Object> toRecord() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("directory", Path.of("").toAbsolutePath().toString());
        fields.put("mode", runner.mode());
        fields.put("playbooks", texts(playbooks));
        fields.put("inventories", texts(inventories));
        fields.put("roles", texts(roles));
        fields.put("modules", texts(modules));
        fields.put("workerConfig", workerConfig.toString());
        fields.put("limitHosts", limits.hosts());
        fields.put("limitGroups", limits.groups());
        fields.put("extraVars", extraVars);
        fields.put("user", runner.user().orElse(""));
        fields.put("port", runner.port().orElse(0));
        fields.put("batchSize", runner.batchSize().orElse(0));
        fields.put("sudo", runner.sudo().orElse(""));
        fields.put("tags", runner.tags());
        fields.put("verbosity", runner.verbosity());
        fields.put("forwardAgent", runner.forwardAgent());
        fields.put("allowLocalhostDelegation", runner.allowLocalhostDelegation());
        fields.put("threads", threads);
        fields.put("routes", routes.map(Path::toString).orElse(""));
        fields.putAll(BrokerRequest.toRecord(broker));
        fields.put("sinks", sinks.toRecord());
        return fields;
    }

    /**
     * The request of an earlier run.
     *
     * @param record what {@link #toRecord} made
     */
    public static RunRequest fromRecord(JsonNode record) {
        Path directory = Path.of(record.path("directory").asText());
        List<String> variables = new ArrayList<>(texts(record.path("extraVars")));
        variables.replaceAll(text -> "@" + directory.resolve(text.substring(1)));
        return new RunRequest(
                paths(directory, record.path("playbooks")),
                paths(directory, record.path("inventories")),
                paths(directory, record.path("roles")),
                paths(directory, record.path("modules")),
                directory.resolve(record.path("workerConfig").asText()),
                new Limits(texts(record.path("limitHosts")), texts(record.path("limitGroups"))),
                variables,
                new RunnerOptions(
                        record.path("mode").asText(),
                        text(record.path("user")),
                        number(record.path("port")),
                        OptionalInt.empty(),
                        number(record.path("batchSize")),
                        text(record.path("sudo")),
                        texts(record.path("tags")),
                        record.path("verbosity").asInt(),
                        record.path("forwardAgent").asBoolean(),
                        record.path("allowLocalhostDelegation").asBoolean()),
                record.path("threads").asInt(),
                text(record.path("routes")).map(directory::resolve),
                BrokerRequest.fromRecord(directory, record),
                SinkRequest.fromRecord(directory, record.path("sinks")));
    }

    /**
     * The same for some of the hosts.
     *
     * @param variables in place of those that were given as JSON, which are gone when their run has
     *     ended
     */
    public RunRequest again(List<String> hosts, List<String> variables) {
        List<String> texts = new ArrayList<>(extraVars);
        boolean gone =
                texts.removeIf(
                        text -> text.startsWith("@") && !Files.exists(Path.of(text.substring(1))));
        if (gone && variables.isEmpty()) {
            throw new ConfigurationException(
                    "the earlier run had --extra-vars that are not there any more (given as JSON,"
                            + " they are not kept): give them again");
        }
        texts.addAll(variables);
        return with(new Limits(hosts, List.of()), texts, sinks);
    }

    private static List<Path> paths(Path directory, JsonNode texts) {
        return texts(texts).stream().map(directory::resolve).toList();
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static Optional<String> text(JsonNode text) {
        return Optional.of(text.asText()).filter(value -> !value.isEmpty());
    }

    private static OptionalInt number(JsonNode number) {
        return number.asInt() == 0 ? OptionalInt.empty() : OptionalInt.of(number.asInt());
    }

    private static List<String> texts(List<Path> paths) {
        return paths.stream().map(Path::toString).toList();
    }
}
