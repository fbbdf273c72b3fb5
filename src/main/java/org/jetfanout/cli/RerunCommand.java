package org.jetfanout.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jetfanout.ConfigurationException;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.RunRecord;
import org.jetfanout.record.StoredResults;
import org.jetfanout.run.RunRequest;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.Outcome;
import org.jetfanout.site.workers.PlayOrder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code rerun}: starts a new run for those hosts of an earlier run that were not configured
 * successfully.
 */
@Command(
        name = "rerun",
        mixinStandardHelpOptions = true,
        description =
                "Starts a new run with the request of an earlier run, only for the hosts that"
                        + " were not ok.")
final class RerunCommand implements Callable<Integer> {
    @Mixin private RunArgument run;

    @Option(names = "--failed", description = "Select hosts with a failed task.")
    private boolean failed;

    @Option(names = "--unreachable", description = "Select hosts that the runner could not reach.")
    private boolean unreachable;

    @Option(
            names = "--lost",
            description =
                    "Select hosts without a result: their worker was lost, or the runner did not"
                            + " get to them.")
    private boolean lost;

    @Option(
            names = "--not-started",
            description = "Select hosts that were not begun, because the run was stopped before.")
    private boolean notStarted;

    @Option(
            names = {"-e", "--extra-vars"},
            paramLabel = "@FILE|JSON",
            description =
                    "Extra variables. Give them again if the earlier run had them as JSON:"
                            + " jet-fanout does not store them.")
    private List<String> extraVars = List.of();

    @Mixin private OrderOption order;

    @Mixin private RolloutOptions rollout;

    @Mixin private SinkFlags sinks;

    @Mixin private MetricsFlag metrics;

    @Mixin private ScreenFlags screen;

    @Override
    public Integer call() throws IOException {
        Set<Outcome> wanted = EnumSet.noneOf(Outcome.class);
        boolean all = !failed && !unreachable && !lost && !notStarted;
        add(wanted, failed || all, Outcome.FAILED);
        add(wanted, unreachable || all, Outcome.UNREACHABLE);
        add(wanted, lost || all, Outcome.UNFINISHED);
        add(wanted, notStarted || all, Outcome.NOT_STARTED);
        Optional<PlayOrder> said = order.said();
        RunRequest earlier = request(wanted);
        RunRequest request = said.map(earlier::with).orElse(earlier).with(rollout.rules());
        String guid = UUID.randomUUID().toString();
        return new Launch(screen)
                .run(
                        guid,
                        request.with(request.sinks().and(sinks.request(metrics.address()))),
                        () -> note(guid));
    }

    private void note(String guid) {
        try (RunRecord record = run.open()) {
            Deeds.note(record, "rerun as " + guid);
        }
    }

    private RunRequest request(Set<Outcome> wanted) {
        try (RunRecord record = run.open()) {
            return request(record, wanted, extraVars);
        }
    }

    /** The request of an earlier run, for those of its hosts that have a wanted outcome. */
    static RunRequest request(RunRecord record, Set<Outcome> wanted, List<String> extraVars) {
        JsonNode kept =
                record.request()
                        .orElseThrow(
                                () ->
                                        new ConfigurationException(
                                                "run "
                                                        + record.guid()
                                                        + " has no request in its record"));
        if (record.plan().isEmpty()) {
            throw new ConfigurationException(
                    "run "
                            + record.guid()
                            + " has no plan and sent nothing to its workers: start it again with"
                            + " its original command line");
        }
        List<String> hosts = hosts(record, wanted);
        if (hosts.isEmpty()) {
            throw new ConfigurationException(
                    "run " + record.guid() + " has no such hosts: nothing to do");
        }
        return RunRequest.fromRecord(kept).again(hosts, extraVars);
    }

    /**
     * The hosts with a wanted outcome. A batch that never ended has no stored results, so its hosts
     * count as unfinished.
     */
    static List<String> hosts(RunRecord record, Set<Outcome> wanted) {
        StoredResults results = record.results();
        Set<String> ended = Set.copyOf(results.batches());
        List<String> hosts = new ArrayList<>();
        for (Batch batch : record.plan().map(Plan::batches).orElse(List.of())) {
            if (!ended.contains(batch.id())) {
                hosts.addAll(wanted.contains(Outcome.UNFINISHED) ? batch.hosts() : List.of());
                continue;
            }
            for (HostResult result : results.hosts(batch.id())) {
                if (wanted.contains(result.outcome())) {
                    hosts.add(result.host());
                }
            }
        }
        return hosts;
    }

    private static void add(Set<Outcome> wanted, boolean yes, Outcome outcome) {
        if (yes) {
            wanted.add(outcome);
        }
    }
}
