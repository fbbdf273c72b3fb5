package org.jetfanout.check;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jetfanout.check.CheckResult.State;
import org.jetfanout.job.Nonce;
import org.jetfanout.runner.jetp.Jetp;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.site.workers.WorkerSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckFindingsTest {
    private static final Worker WORKER = new Worker("w1", "wk", "10.0.0.1", 0, "fan");
    private static final Instant ASKED = Instant.ofEpochSecond(1_000_000);
    private static final String LOGIN_KEY = "SHA256:login";

    private final Map<String, String> facts =
            new TreeMap<>(
                    Map.of(
                            "clock", "1000001",
                            "uid", "1000",
                            "user", "fan",
                            "version-exit", "0",
                            "version", "jetp 0.1",
                            "home", "yes",
                            "free", "20971520",
                            "agent", "yes",
                            "guard", "0",
                            "key", "SHA256:host"));

    private WorkerCheck judge() {
        StringBuilder text = new StringBuilder();
        facts.forEach(
                (key, value) ->
                        text.append("jet-fanout n 3 ")
                                .append(key)
                                .append(' ')
                                .append(value)
                                .append('\n'));
        CheckReply reply = new CheckReply(new Nonce("n", 1, 2));
        reply.read(false, (text + "jet-fanout n 3 end\n").getBytes(UTF_8));
        return CheckFindings.of(
                WORKER,
                WorkerSettings.defaults(),
                new Jetp(),
                new CheckFindings.Answer(
                        reply, LOGIN_KEY, "curve25519-sha256", ASKED, ASKED.plusSeconds(3)));
    }

    @Test
    void aGoodWorkerIsOneLine() {
        assertThat(judge().text())
                .isEqualTo(
                        "ok       w1 (wk): jetp 0.1; 20.0 GiB free; 1 key for hosts; curve25519-sha256");
    }

    @Test
    void aWorkerWithTroubleTellsOnlyThat() {
        facts.put("free", "102400");
        facts.put("sudo", "yes");
        assertThat(judge().text())
                .startsWith(
                        "warning  w1 (wk): little space in the login's home folder: 100 MiB free;"
                                + " the login");
        facts.put("uid", "0");
        assertThat(judge().text())
                .startsWith("failed   w1 (wk): the login fan is root (uid 0)")
                .contains("little space");
    }

    @ParameterizedTest
    @CsvSource({
        "uid, 0, root, FAILED",
        "uid, x, root, FAILED",
        "no-tool, setsid, tools, FAILED",
        "no-tool, find, tools, WARNING",
        "no-tool, mkfifo, tools, WARNING",
        "no-tool, flock, tools, OK",
        "no-relay, yes, relay, WARNING",
        "no-program, jetp, runner, FAILED",
        "unfit, no locale, runner, FAILED",
        "version-exit, 124, runner, WARNING",
        "version-exit, 1, runner, WARNING",
        "home, no, space, FAILED",
        "jobs, no, space, FAILED",
        "free, 0, space, FAILED",
        "free, 1023, space, FAILED",
        "free, 1048575, space, WARNING",
        "free, 1048576, space, OK",
        "free, many, space, WARNING",
        "agent, '', agentForwarding, FAILED",
        "guard, '', guard, OK",
        "guard, 1, guard, OK",
        "guard, 2, guard, FAILED",
        "guard, 124, guard, FAILED",
        "key, '', guard, FAILED",
        "key, SHA256:login, keys, WARNING",
        "clock, 999970, clock, OK",
        "clock, 999969, clock, WARNING",
        "clock, 1000034, clock, OK",
        "clock, 1000035, clock, WARNING",
        "clock, now, clock, WARNING",
        "sudo, yes, sudo, WARNING",
    })
    void eachFactIsJudged(String key, String value, String check, State state) {
        facts.put(key, value);
        assertThat(judge().checks())
                .filteredOn(result -> result.check().equals(check))
                .extracting(CheckResult::state)
                .containsExactly(state);
    }

    @Test
    void theReportCountsAndDecides() {
        facts.put("sudo", "yes");
        WorkerCheck warned = judge();
        facts.remove("sudo");
        WorkerCheck good = judge();
        CheckReport report = new CheckReport(List.of(good, warned), List.of("be careful"));
        assertThat(report.summary()).isEqualTo("2 workers: 1 ok, 1 with warnings, 0 failed");
        assertThat(report.exitCode().code()).isZero();
        assertThat(report.json().get("totals"))
                .hasToString("{workers=2, ok=1, warning=1, failed=0}");
        assertThat(report.json()).containsEntry("warnings", List.of("be careful"));

        CheckReport bad =
                new CheckReport(
                        List.of(good, CheckFindings.of(WORKER, new IllegalStateException("x"))),
                        List.of());
        assertThat(bad.exitCode().code()).isEqualTo(4);
        assertThat(bad.summary()).isEqualTo("2 workers: 1 ok, 0 with warnings, 1 failed");
    }
}
