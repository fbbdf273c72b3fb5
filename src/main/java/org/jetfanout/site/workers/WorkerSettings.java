package org.jetfanout.site.workers;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The settings of one worker group. The key in workers.yml stands beside each.
 *
 * @param threads {@code threads}: how many hosts the runner of one worker configures at once
 * @param programs {@code runner} and {@code jetp}: how the runners are called, with prefix and
 *     arguments
 * @param batchSize {@code batch_size}: hosts of one rolling update on one worker; empty for all at
 *     once
 * @param sudoUser {@code sudo_user}: account that runs the tasks on the hosts
 * @param user {@code user}: login on the workers; never root
 * @param port {@code port}: SSH port of the workers
 * @param maxJobs {@code max_jobs}: how many jobs, of all runs, one worker carries out at a time;
 *     empty for any number
 * @param jobTimeout {@code job_timeout}: how long a job may take
 * @param connectTimeout {@code connect_timeout}: how long connecting may take, and how long logging
 *     in may take
 * @param reconnectTimeout {@code reconnect_timeout}: how long jet-fanout tries to restore a broken
 *     connection before the worker counts as lost; 0: it does not try
 * @param keepalive {@code keepalive}: silence after which a connection is probed
 * @param maxOutput {@code max_output}: how many bytes of text, and how many of events, are accepted
 *     from a job
 * @param retain {@code retain}: how long a worker keeps the logs of an ended job
 * @param onWorkerLoss {@code on_worker_loss}
 * @param agent {@code agent}
 * @param agentKeys {@code agent_keys}: keys offered to the worker, each by its fingerprint ({@code
 *     SHA256:…}) or comment; empty for the keys that, according to ssh_config, no login to a worker
 *     uses
 * @param agentUsers {@code agent_users}: login names on hosts that the agent signs for, besides
 *     those that the run uses; {@link #ANY_USER} for any
 * @param env {@code env}: variables of the runner's environment; may hold secrets
 * @param localhost {@code localhost}
 * @param hostKeys {@code host_keys}
 * @param inventory {@code inventory}
 * @param zone {@code zone}: which hands of a shared broker can reach the workers
 */
public record WorkerSettings(
        int threads,
        RunnerPrograms programs,
        OptionalInt batchSize,
        Optional<String> sudoUser,
        Optional<String> user,
        OptionalInt port,
        OptionalInt maxJobs,
        Duration jobTimeout,
        Duration connectTimeout,
        Duration reconnectTimeout,
        Duration keepalive,
        long maxOutput,
        Duration retain,
        OnWorkerLoss onWorkerLoss,
        AgentMode agent,
        List<String> agentKeys,
        List<String> agentUsers,
        Map<String, String> env,
        LocalhostPolicy localhost,
        HostVerification hostKeys,
        InventoryShare inventory,
        String zone) {
    /** In {@code agent_users}: any login name. */
    public static final String ANY_USER = "*";

    /** Copies the collections. */
    public WorkerSettings {
        agentKeys = List.copyOf(agentKeys);
        agentUsers = List.copyOf(agentUsers);
        env = Map.copyOf(env);
    }

    /** The settings of an empty workers.yml. */
    public static WorkerSettings defaults() {
        return new WorkerSettings(
                20, // jetp's own
                RunnerPrograms.NONE,
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Duration.ofHours(24),
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                Duration.ofSeconds(15),
                1L << 30,
                Duration.ofDays(7),
                OnWorkerLoss.REPORT,
                AgentMode.FORWARD,
                List.of(),
                List.of(),
                Map.of(),
                LocalhostPolicy.REFUSE,
                HostVerification.CONTROL,
                InventoryShare.WHOLE,
                Zone.DEFAULT);
    }

    /**
     * How a runner is called, with prefix and arguments: one text with shell quoting that is not
     * split yet.
     */
    public String program(String runner) {
        return programs.of(runner);
    }

    /** Leaves out the command lines and the values of {@code env}, which may hold secrets. */
    @Override
    public String toString() {
        return "WorkerSettings[threads=" + threads + ", env=" + env.keySet() + ", …]";
    }
}
