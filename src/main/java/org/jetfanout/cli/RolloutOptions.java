package org.jetfanout.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jetfanout.site.workers.RolloutRules;
import picocli.CommandLine.Option;

/** The options of a run that goes from wave to wave, or that a rule may stop. */
final class RolloutOptions {
    @Option(
            names = "--waves",
            paramLabel = "SIZE[,SIZE]",
            description =
                    "Configure the hosts in waves. Each size (10 or 10%%) counts all hosts up to"
                            + " the end of a wave; the rest is the last wave.")
    private String waves;

    @Option(
            names = "--canary",
            paramLabel = "GROUP|N",
            description =
                    "Configure the hosts of this group, or N hosts, in a wave of their own, the first.")
    private String canary;

    @Option(
            names = "--max-failures",
            paramLabel = "N|N%%",
            description =
                    "If more hosts fail than N (of the run) or N%% (of a wave), start no further"
                            + " batch and no further wave.")
    private String maxFailures;

    @Option(
            names = "--on-stop",
            paramLabel = "finish|cancel",
            description =
                    "What becomes of running jobs when a rule stops the run (default: finish).")
    private String onStop;

    @Option(
            names = "--pause",
            paramLabel = "TIME",
            description = "Wait this long between two waves.")
    private String pause;

    @Option(
            names = "--approve",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "true|false",
            description = "Wait before each further wave until somebody runs 'jet-fanout approve'.")
    private String approve;

    @Option(
            names = "--approve-timeout",
            paramLabel = "TIME",
            description = "Stop the run if nobody approves within this time.")
    private String approveTimeout;

    @Option(
            names = "--leave-at-gate",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "true|false",
            description =
                    "End this process instead of waiting for an approval. 'jet-fanout approve'"
                            + " then continues the run.")
    private String leaveAtGate;

    @Option(
            names = "--between-waves",
            paramLabel = "COMMAND",
            description =
                    "Run this command of a shell between two waves. If it fails, stop the run.")
    private String betweenWaves;

    @Option(
            names = "--between-waves-timeout",
            paramLabel = "TIME",
            description = "How long this command may take (default: 10m).")
    private String betweenWavesTimeout;

    @Option(
            names = "--not-after",
            paramLabel = "TIME",
            description =
                    "Start nothing after this time (06:00, or 2026-12-24T06:00). What runs then"
                            + " continues.")
    private String notAfter;

    /** What was said. */
    RolloutRules rules() {
        Map<String, String> said = new LinkedHashMap<>();
        said.put("waves", waves);
        said.put("canary", canary);
        said.put("max_failures", maxFailures);
        said.put("on_stop", onStop);
        said.put("pause", pause);
        said.put("approve", approve);
        said.put("approve_timeout", approveTimeout);
        said.put("leave_at_gate", leaveAtGate);
        said.put("between_waves", betweenWaves);
        said.put("between_waves_timeout", betweenWavesTimeout);
        said.put("not_after", notAfter);
        try {
            return RolloutRules.of(said);
        } catch (IllegalArgumentException e) {
            // the message begins with the key
            int end = e.getMessage().indexOf(' ');
            throw new UsageException(
                    "--"
                            + e.getMessage().substring(0, end).replace('_', '-')
                            + e.getMessage().substring(end));
        }
    }
}
