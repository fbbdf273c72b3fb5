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
import org.jetfanout.site.workers.RolloutRules;

/**
 * What the user asks for: a checked command line that has not been carried out yet.
 *
 * @param playbooks files, in order
 * @param inventories directories and executables, in order
 * @param roles directories, in order
 * @param modules directories, in order
 * @param workerConfig workers.yml
 * @param limits on the addressed hosts
 * @param extraVars texts of {@code --extra-vars}: {@code @file} or JSON; may hold secrets
 * @param runner the options for the runner on the workers
 * @param threads how many workers the run uses at once
 * @param order whether workers wait for each other between plays; empty for what workers.yml says
 * @param rollout how the run goes from wave to wave, as far as the user says it for this run
 * @param routes folder with the user's own routes
 * @param broker the user's own broker
 * @param sinks that get the log documents
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
        RolloutRules rollout,
        Optional<Path> routes,
        Optional<BrokerRequest> broker,
        SinkRequest sinks) {
    private static final int DEFAULT_THREADS = 20;

    /** A request with only what a run needs. */
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
                RolloutRules.NONE,
                Optional.empty(),
                Optional.empty(),
                SinkRequest.NONE);
    }

    /** The same request with these sinks. */
    public RunRequest with(SinkRequest others) {
        return with(playbooks, workerConfig, limits, extraVars, others);
    }

    /** The same request with this order of plays, where one is given. */
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
                rollout,
                routes,
                broker,
                sinks);
    }

    /** The same request with these rules, and its own where they say nothing. */
    public RunRequest with(RolloutRules rules) {
        return with(playbooks, workerConfig, limits, extraVars, sinks, rules.over(rollout));
    }

    /** The same request with other values for what may differ. */
    private RunRequest with(
            List<Path> books,
            Path config,
            HostLimits some,
            List<String> variables,
            SinkRequest to) {
        return with(books, config, some, variables, to, rollout);
    }

    private RunRequest with(
            List<Path> books,
            Path config,
            HostLimits some,
            List<String> variables,
            SinkRequest to,
            RolloutRules rules) {
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
                rules,
                routes,
                broker,
                to);
    }

    /**
     * The same request, with its JSON variables written into files of this folder. They may be
     * secrets, so they must be neither in a command line nor in the record. Files from pipes are
     * copied there too, because otherwise they disappear with this process.
     *
     * @param folder of the run; created, for its owner only, where it is missing
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

    /** What the run record keeps of the request. Only after {@link #withVariablesIn}. */
    public Object toRecord() {
        return StoredRequest.of(this);
    }

    /**
     * The request of an earlier run.
     *
     * @param record the result of {@link #toRecord}
     */
    public static RunRequest fromRecord(JsonNode record) {
        return StoredRequest.read(record).request();
    }

    /**
     * The same request for some of the hosts.
     *
     * @param hosts that it is limited to
     * @param variables replace those that were given as JSON, which were removed when their run
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
        return with(
                playbooks,
                workerConfig,
                new HostLimits(hosts, List.of()),
                texts,
                sinks,
                // the window of the earlier run may be over
                rollout.withoutEnd());
    }
}
