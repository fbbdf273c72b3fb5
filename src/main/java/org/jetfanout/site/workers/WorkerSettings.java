package org.jetfanout.site.workers;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The settings of one worker group, as workers.yml has them; the key of each stands beside it.
 *
 * @param threads {@code threads}: hosts that the runner of one worker works on at once
 * @param jetp {@code jetp}: how the runner is called, prefix and arguments included, as one text
 *     with shell quoting that nobody has split yet
 * @param batchSize {@code batch_size}: hosts of one rolling update on one worker; empty: all at
 *     once
 * @param sudoUser {@code sudo_user}: account the tasks run as on the hosts
 * @param user {@code user}: login on the workers; never root
 * @param port {@code port}: SSH port of the workers
 * @param maxJobs {@code max_jobs}: jobs at a time on one worker, of whatever run; empty: any number
 * @param jobTimeout {@code job_timeout}: how long a job may take
 * @param connectTimeout {@code connect_timeout}: for connecting and for logging in, each
 * @param reconnectTimeout {@code reconnect_timeout}: how long a broken connection is tried again
 *     before the worker counts as lost; 0: not at all
 * @param keepalive {@code keepalive}: silence after which a connection is probed
 * @param maxOutput {@code max_output}: how many bytes of text, and of events, are taken from a job
 * @param retain {@code retain}: how long a worker keeps the logs of an ended job
 * @param onWorkerLoss {@code on_worker_loss}
 * @param agent {@code agent}
 * @param agentKeys {@code agent_keys}: keys offered to the worker, each by its fingerprint ({@code
 *     SHA256:…}) or comment; empty: what ssh_config leaves for hosts
 * @param agentUsers {@code agent_users}: login names on hosts that the agent signs for, beside
 *     those that the run uses; {@link #ANY_USER} for any
 * @param env {@code env}: variables of the runner's environment; may hold secrets
 * @param localhost {@code localhost}
 */
public record WorkerSettings(
        int threads,
        String jetp,
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
        LocalhostPolicy localhost) {
    /** In {@code agent_users}: any login name. */
    public static final String ANY_USER = "*";

    public WorkerSettings {
        agentKeys = List.copyOf(agentKeys);
        agentUsers = List.copyOf(agentUsers);
        env = Map.copyOf(env);
    }

    /** What holds where workers.yml says nothing. */
    public static WorkerSettings defaults() {
        return new WorkerSettings(
                20, // jetp's own
                "jetp",
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
                LocalhostPolicy.REFUSE);
    }

    /** Without the values of {@code env} and without {@code jetp}: both may hold secrets. */
    @Override
    public String toString() {
        return "WorkerSettings[threads=" + threads + ", env=" + env.keySet() + ", …]";
    }
}
