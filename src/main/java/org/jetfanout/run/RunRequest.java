package org.jetfanout.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.runner.RunnerOptions;
import org.jetfanout.site.playbook.HostLimits;
import org.jetfanout.site.workers.PlayOrder;

/**
 * What the user asks for: a checked command line that has not been carried out yet.
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
 * @param order whether workers wait for each other between plays; empty: as workers.yml says
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
        HostLimits limits,
        List<String> extraVars,
        RunnerOptions runner,
        int threads,
        Optional<PlayOrder> order,
        Optional<Path> routes,
        Optional<BrokerRequest> broker,
        SinkRequest sinks) {
    private static final int DEFAULT_THREADS = 20;

    /** The usual one: nothing but what a run cannot do without. */
    public static RunRequest of(Path playbook, Path inventory, Path workerConfig) {
        return new RunRequest(
                List.of(playbook),
                List.of(inventory),
                List.of(),
                List.of(),
                workerConfig,
                HostLimits.none(),
                List.of(),
                RunnerOptions.none(),
                DEFAULT_THREADS,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                SinkRequest.NONE);
    }

    /** The same with other sinks. */
    public RunRequest with(SinkRequest others) {
        return with(playbooks, workerConfig, limits, extraVars, others);
    }

    /** The same with an order of plays that was said anew. */
    public RunRequest with(PlayOrder other) {
        return new RunRequest(
                playbooks,
                inventories,
                roles,
                modules,
                workerConfig,
                limits,
                extraVars,
                runner,
                threads,
                Optional.of(other),
                routes,
                broker,
                sinks);
    }

    /** The same but for what may differ. */
    private RunRequest with(
            List<Path> books,
            Path config,
            HostLimits some,
            List<String> variables,
            SinkRequest to) {
        return new RunRequest(
                books,
                inventories,
                roles,
                modules,
                config,
                some,
                variables,
                runner,
                threads,
                order,
                routes,
                broker,
                to);
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
        return with(books, PipedFiles.kept(workerConfig, folder, number), limits, texts, sinks);
    }

    /** What the run record keeps of it. Only after {@link #withVariablesIn}. */
    public Object toRecord() {
        return StoredRequest.of(this);
    }

    /**
     * The request of an earlier run.
     *
     * @param record what {@link #toRecord} made
     */
    public static RunRequest fromRecord(JsonNode record) {
        return StoredRequest.read(record).request();
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
                    "the earlier run had --extra-vars as JSON, which jet-fanout does not store:"
                            + " give --extra-vars again");
        }
        texts.addAll(variables);
        return with(playbooks, workerConfig, new HostLimits(hosts, List.of()), texts, sinks);
    }
}
