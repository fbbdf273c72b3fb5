package org.jetfanout.check;

import static org.jetfanout.check.CheckResult.failed;
import static org.jetfanout.check.CheckResult.ok;
import static org.jetfanout.check.CheckResult.warning;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.jetfanout.runner.PlainText;
import org.jetfanout.runner.Runner;
import org.jetfanout.site.workers.AgentMode;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.site.workers.WorkerSettings;
import org.jetfanout.ssh.WorkerUnreachableException;

/** Judges the answer of a worker, or the failure to get one. Pure functions. */
final class CheckFindings {
    private static final Duration MOST_CLOCK_DIFFERENCE = Duration.ofSeconds(30);
    private static final long KIB_A_GIB = 1 << 20;

    /** The job script refuses a job where less space is free. */
    private static final long LEAST_KIB = 1 << 10;

    private static final String TIMED_OUT = "124";

    private CheckFindings() {}

    /**
     * An answer, with the circumstances in which it came.
     *
     * @param loginKey fingerprint of the key that logged in
     * @param encryption the algorithms that were agreed on with the worker
     * @param asked a moment before the command was sent
     * @param answered a moment after the first bytes of the answer arrived
     */
    record Answer(
            CheckReply reply,
            String loginKey,
            String encryption,
            Instant asked,
            Instant answered) {}

    /** Judges an answer. */
    static WorkerCheck of(Worker worker, WorkerSettings settings, Runner runner, Answer answer) {
        CheckReply reply = answer.reply();
        List<CheckResult> checks = new ArrayList<>(arrived(worker));
        checks.add(ok("login", "with " + answer.loginKey()));
        if (!reply.complete()) {
            String said = reply.lastForeignLine().isEmpty() ? "no output" : reply.lastForeignLine();
            checks.add(failed("answer", "the login did not run the check completely: " + said));
            return new WorkerCheck(worker, checks);
        }
        checks.add(root(reply));
        checks.add(tools(reply, settings));
        checks.add(runner(runner, reply));
        checks.add(space(reply));
        if (settings.agent() == AgentMode.FORWARD) {
            agent(settings, runner, answer, checks);
            checks.add(relay(reply));
        }
        checks.add(clock(answer));
        checks.add(sudo(reply));
        checks.add(ok("encryption", answer.encryption()));
        return new WorkerCheck(worker, checks);
    }

    /** The result for a worker where the login succeeded but no usable answer came. */
    static WorkerCheck silent(Worker worker, String why) {
        return with(worker, arrived(worker), failed("answer", why));
    }

    /**
     * The result for a worker that could not be asked.
     *
     * @param cause why
     */
    static WorkerCheck of(Worker worker, Exception cause) {
        String detail = withoutName(worker, PlainText.ofWorker(String.valueOf(cause.getMessage())));
        if (!(cause instanceof WorkerUnreachableException unreachable)) {
            return new WorkerCheck(worker, List.of(failed("login", detail)));
        }
        List<CheckResult> arrived = arrived(worker);
        return switch (unreachable.reason()) {
            case CONFIGURATION -> new WorkerCheck(worker, List.of(failed("login", detail)));
            case CONNECT, KEY_EXCHANGE, JUMP_HOST, TIMEOUT ->
                    new WorkerCheck(worker, List.of(failed("reachable", detail)));
            case HOST_KEY_UNKNOWN, HOST_KEY_CHANGED, HOST_KEY_REVOKED ->
                    new WorkerCheck(worker, List.of(arrived.get(0), failed("hostKey", detail)));
            case AUTHENTICATION -> with(worker, arrived, failed("login", detail));
            case CHANNEL, LOST -> with(worker, arrived, failed("answer", detail));
        };
    }

    private static WorkerCheck with(Worker worker, List<CheckResult> before, CheckResult last) {
        List<CheckResult> checks = new ArrayList<>(before);
        checks.add(last);
        return new WorkerCheck(worker, checks);
    }

    private static List<CheckResult> arrived(Worker worker) {
        return List.of(ok("reachable", worker.address()), ok("hostKey", "known"));
    }

    private static String withoutName(Worker worker, String message) {
        String name = "worker " + worker.name();
        return message.startsWith(name)
                ? message.substring(name.length()).replaceFirst("^:? ", "")
                : message;
    }

    private static CheckResult root(CheckReply reply) {
        OptionalLong uid = reply.number("uid");
        String user = reply.value("user").orElse("?");
        if (uid.isEmpty()) {
            return failed("root", "the user id of the login is unknown");
        }
        return uid.getAsLong() == 0
                ? failed(
                        "root",
                        "the login "
                                + user
                                + " is root (uid 0): jet-fanout never works as root on a worker")
                : ok("root", user + ", uid " + uid.getAsLong());
    }

    private static CheckResult tools(CheckReply reply, WorkerSettings settings) {
        List<String> missing = new ArrayList<>(reply.values("no-tool"));
        List<String> wanted = new ArrayList<>();
        if (missing.remove("find")) {
            wanted.add("find is not installed: the worker never removes the logs of old jobs");
        }
        for (String tool : List.of("mkfifo", "head")) {
            if (missing.remove(tool)) {
                wanted.add(
                        tool
                                + " is not installed: the worker refuses runs of several plays that"
                                + " wait for other workers (order: plays)");
            }
        }
        if (missing.remove("flock") && settings.maxJobs().isPresent()) {
            missing.add("flock (for max_jobs)");
        }
        if (!missing.isEmpty()) {
            return failed("tools", "not installed: " + String.join(", ", missing));
        }
        String unlocked = reply.value("locks").orElse("");
        if (!unlocked.isEmpty() && settings.maxJobs().isPresent()) {
            return failed(
                    "tools",
                    "max_jobs needs file locks, and the home folder does not support them: "
                            + unlocked);
        }
        return wanted.isEmpty() ? ok("tools", "") : warning("tools", String.join("; ", wanted));
    }

    private static CheckResult runner(Runner runner, CheckReply reply) {
        List<String> missing = reply.values("no-program");
        if (!missing.isEmpty()) {
            return failed(
                    "runner",
                    String.join(", ", missing) + ": not found on the worker, or not executable");
        }
        String printed = String.join("\n", reply.values("version"));
        List<String> unfit = new ArrayList<>(reply.values("unfit"));
        runner.refusal(printed).ifPresent(why -> unfit.add(0, why));
        if (!unfit.isEmpty()) {
            return failed("runner", String.join("; ", unfit));
        }
        String said = runner.version(printed);
        String version = said.isEmpty() ? "no version" : said;
        String exit = reply.value("version-exit").orElse("?");
        return switch (exit) {
            case "0" -> ok("runner", version);
            case TIMED_OUT -> warning("runner", "the runner does not answer --version within 30 s");
            default ->
                    warning(
                            "runner",
                            "the runner's --version failed with exit code "
                                    + exit
                                    + ": "
                                    + version);
        };
    }

    private static CheckResult space(CheckReply reply) {
        if (!reply.value("home").orElse("").equals("yes")) {
            return failed("space", "the login cannot write to its home folder");
        }
        if (reply.value("jobs").isPresent()) {
            return failed(
                    "space", "~/.jet-fanout is not a folder, or the login cannot write to it");
        }
        if (reply.value("folder").isPresent()) {
            return failed(
                    "space",
                    "the path of the login's home folder is too long for the agent" + " socket");
        }
        OptionalLong free = reply.number("free");
        if (free.isEmpty()) {
            return warning("space", "the free space in the login's home folder is unknown");
        }
        String text = size(free.getAsLong()) + " free";
        if (free.getAsLong() < LEAST_KIB) {
            return failed("space", "no space left in the login's home folder: " + text);
        }
        return free.getAsLong() < KIB_A_GIB
                ? warning("space", "little space in the login's home folder: " + text)
                : ok("space", text);
    }

    private static String size(long kib) {
        return kib < KIB_A_GIB
                ? kib / 1024 + " MiB"
                : String.format(Locale.ROOT, "%.1f GiB", (double) kib / KIB_A_GIB);
    }

    private static void agent(
            WorkerSettings settings, Runner runner, Answer answer, List<CheckResult> checks) {
        CheckReply reply = answer.reply();
        if (reply.value("agent").isEmpty()) {
            checks.add(
                    failed(
                            "agentForwarding",
                            "the worker's sshd does not forward the agent: set"
                                    + " AllowAgentForwarding yes for this login, or agent: none"
                                    + " in workers.yml"));
            return;
        }
        checks.add(ok("agentForwarding", ""));
        checks.add(guard(runner, reply));
        boolean shown =
                reply.values("key").contains(answer.loginKey())
                        || settings.agentKeys().contains(answer.loginKey());
        checks.add(
                shown
                        ? warning(
                                "keys",
                                "the key that opens workers ("
                                        + answer.loginKey()
                                        + ") is offered to workers too: root on one worker can"
                                        + " log in to all workers. Remove this key from agent_keys")
                        : ok("keys", ""));
    }

    private static CheckResult relay(CheckReply reply) {
        return reply.value("no-relay").isEmpty()
                ? ok("relay", "")
                : warning(
                        "relay",
                        "the worker has neither perl nor python3: if the connection breaks, hosts"
                                + " that the runner tries during the outage count as unfinished");
    }

    private static CheckResult guard(Runner runner, CheckReply reply) {
        if (reply.value("guard").isEmpty()) {
            return ok("guard", "keys not checked (ssh-add is not installed on the worker)");
        }
        int keys = reply.values("key").size();
        switch (reply.value("guard").orElseThrow()) {
            case "0", "1" -> {
                if (keys == 0) {
                    return failed(
                            "guard",
                            "no key for hosts: add one with ssh-add that does not log in to"
                                    + " workers, or name one in agent_keys");
                }
                return keys == 1 || !runner.triesOneKey()
                        ? ok("guard", keys == 1 ? "1 key for hosts" : keys + " keys for hosts")
                        : warning(
                                "guard",
                                "the guard offers "
                                        + keys
                                        + " keys for hosts, but the runner tries only the first:"
                                        + " name the right key in agent_keys");
            }
            default -> {
                return failed("guard", "the agent guard does not answer on the worker");
            }
        }
    }

    /**
     * How far the worker's clock differs from this machine's, given when the question was sent and
     * answered.
     */
    private static CheckResult clock(Answer answer) {
        OptionalLong there = answer.reply().number("clock");
        if (there.isEmpty()) {
            return warning("clock", "the worker's clock is unknown");
        }
        long earliest = answer.asked().getEpochSecond();
        long latest = answer.answered().getEpochSecond() + 1;
        long behind = earliest - there.getAsLong();
        long ahead = there.getAsLong() - latest;
        long difference = Math.max(0, Math.max(behind, ahead));
        String text = difference + " s " + (behind > 0 ? "behind" : "ahead");
        return difference > MOST_CLOCK_DIFFERENCE.toSeconds()
                ? warning("clock", "the worker's clock is " + text)
                : ok("clock", difference == 0 ? "right" : text);
    }

    private static CheckResult sudo(CheckReply reply) {
        return reply.value("sudo").isPresent()
                ? warning(
                        "sudo",
                        "the login can become root without a password (sudo): root on a worker"
                                + " can use the keys that it receives")
                : ok("sudo", "");
    }
}
