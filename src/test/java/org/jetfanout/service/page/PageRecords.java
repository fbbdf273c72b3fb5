package org.jetfanout.service.page;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.BatchResult;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Counts;
import org.jetfanout.record.Frame;
import org.jetfanout.record.RolloutState;
import org.jetfanout.record.RunEvent;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.Outcome;
import org.jetfanout.runner.Stream;
import org.jetfanout.site.workers.RolloutRules;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.status.RunStatus;

/**
 * Run records for the tests of the page, as runs of that size and kind leave them. While an object
 * is open, its run goes on in the process of the test.
 */
final class PageRecords implements AutoCloseable {
    /** What hosts have said that wanted to be seen as something else. */
    static final List<String> NASTY =
            List.of(
                    "<script>window.pwned=1</script>",
                    "<img src=x onerror=\"window.pwned=2\">",
                    "\"><svg onload=window.pwned=3>",
                    "{{frame.csrf}} ${window.pwned=4} &lt;b&gt;",
                    "\u001b[31mred\u001b[0m \u001b]0;title\u0007 \u001b[2J",
                    "abc\u202egnp.exe \u2066isolated\u2069 \u200bzero",
                    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 right to left",
                    "javascript:window.pwned=5 data:text/html,<script>window.pwned=6</script>",
                    "\u0000\u0001\u0008 bell\u0007 \u0085 \u2028 end");

    final String guid = UUID.randomUUID().toString();
    private final RunRecord record;
    private final Instant began;
    private final List<Batch> batches = new ArrayList<>();

    private PageRecords(Path runs, Instant began, String title) {
        this.began = began;
        record = RunRecord.create(runs, guid, Clock.fixed(began, ZoneOffset.UTC));
        record.storeRequest(
                Map.of(
                        "runner",
                        "jetp",
                        "mode",
                        "ssh",
                        "playbooks",
                        List.of("/srv/site/" + title),
                        "inventories",
                        List.of("/srv/site/inventory"),
                        "workerConfig",
                        "/srv/site/workers.yml"));
    }

    private void plan(int workers, int hosts, int waves) {
        for (int wave = 1; wave <= waves; wave++) {
            for (int worker = 1; worker <= workers; worker++) {
                List<String> names = new ArrayList<>();
                for (int host = 1; host <= hosts; host++) {
                    names.add("web%d-%02d-%04d.example.com".formatted(wave, worker, host));
                }
                batches.add(
                        new Batch(
                                "%04d".formatted(batches.size() + 1),
                                new Worker(
                                        "worker%02d".formatted(worker),
                                        "eu_workers",
                                        "10.0.0." + worker,
                                        22,
                                        "ops"),
                                names,
                                wave));
            }
        }
        record.storePlan(new Plan(guid, batches, List.of()));
    }

    /** A run that has ended, with hosts of each outcome and this many lines. */
    static String ended(Path runs, Instant began, int workers, int hosts, int linesOfWorker) {
        try (PageRecords run = new PageRecords(runs, began, "site.yml")) {
            run.plan(workers, hosts, 1);
            for (int i = 0; i < workers; i++) {
                run.state(i, BatchState.CONNECTING, "");
                run.state(i, BatchState.RUNNING, "");
                run.output(i, linesOfWorker);
                if (i % 7 == 3) {
                    run.state(i, BatchState.RECONNECTING, "");
                    run.state(i, BatchState.RUNNING, "");
                }
                run.result(i, i == workers - 1 ? BatchState.LOST : BatchState.ENDED);
            }
            for (int i = 0; i < 20; i++) {
                run.record.storeSignature(
                        new RunEvent.Signed(
                                "worker01",
                                "SHA256:Hc1h6Cq4wPbJ5pTmTqW0kK9m3zqS5l1fP3v5JrI5q7s",
                                "deploy",
                                "SHA256:zX0mZ0kqkqQd2J0Xb4c7yT3mS3Q2b1c8oV9iT2bX1uY",
                                i % 10 != 9,
                                began.plusSeconds(5 + i)));
            }
            run.record.storeSummary(RunStatus.of(run.record)::writeTo);
            return run.guid;
        }
    }

    /** A run that has ended, whose hosts, reasons and lines are of somebody who means harm. */
    static String nasty(Path runs, Instant began) {
        try (PageRecords run = new PageRecords(runs, began, "<b onclick=window.pwned=9>.yml")) {
            run.batches.add(
                    new Batch(
                            "0001",
                            new Worker("w<b>1</b>", "group<i>", "10.0.0.1", 22, "ops\"onclick=x"),
                            NASTY));
            run.record.storePlan(new Plan(run.guid, run.batches, List.of()));
            run.state(0, BatchState.RUNNING, "");
            run.append(0, String.join("\n", NASTY) + "\n", 2);
            run.append(0, "x".repeat(60_000) + "\n", 3);
            List<HostResult> hosts = new ArrayList<>();
            for (String host : NASTY) {
                hosts.add(new HostResult(host, Outcome.FAILED, "reason of " + host));
            }
            run.record.storeResult(
                    new BatchResult(
                            "0001",
                            "w<b>1</b>",
                            BatchState.ENDED,
                            OptionalInt.of(2),
                            true,
                            hosts,
                            began,
                            began.plusSeconds(60),
                            ""));
            run.record.storeSummary(RunStatus.of(run.record)::writeTo);
            return run.guid;
        }
    }

    /** A run that goes on, as long as the object is open. */
    static PageRecords live(Path runs, int workers, int hosts) {
        PageRecords run = new PageRecords(runs, Instant.now(), "live.yml");
        run.plan(workers, hosts, 1);
        for (int i = 0; i < workers; i++) {
            run.state(i, BatchState.RUNNING, "");
        }
        return run;
    }

    /** A run that waits for an approval of its second wave, as long as the object is open. */
    static PageRecords atGate(Path runs) {
        Instant now = Instant.now();
        PageRecords run = new PageRecords(runs, now, "waves.yml");
        run.plan(2, 10, 3);
        for (int i = 0; i < 2; i++) {
            run.state(i, BatchState.RUNNING, "");
            run.result(i, BatchState.ENDED);
        }
        RolloutRules rules =
                RolloutRules.of(Map.of("waves", "20,40", "approve", "true", "max_failures", "5"));
        run.record.storeRollout(
                RolloutState.of(rules, 3)
                        .withWave(1)
                        .withWait(new RolloutState.Wait(2, RolloutState.Kind.APPROVAL, now)));
        return run;
    }

    /** The names of the hosts of a batch. */
    List<String> hosts(int batch) {
        return batches.get(batch).hosts();
    }

    /** A worker says something now. */
    void say(int batch, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Batch of = batches.get(batch);
        record.append(
                new Frame(
                        guid,
                        of.id(),
                        of.worker().name(),
                        Stream.OUTPUT,
                        record.storedBytes(of.id(), Stream.OUTPUT),
                        bytes,
                        Instant.now()));
    }

    /** So many hosts of a batch that goes on are well now, and so many have failed. */
    void tally(int batch, int ok, int failed) {
        int hosts = batches.get(batch).hosts().size();
        record.storeTallies(
                Map.of(
                        batches.get(batch).id(),
                        new Counts(hosts, ok, 0, failed, 0, hosts - ok - failed)));
    }

    /** A batch ends now: a few of its hosts are not well. */
    void result(int batch, BatchState state) {
        Batch of = batches.get(batch);
        List<HostResult> hosts = new ArrayList<>();
        int at = 0;
        for (String host : of.hosts()) {
            hosts.add(result(host, at++, state));
        }
        record.storeState(of.id(), of.worker().name(), state, "");
        record.storeResult(
                new BatchResult(
                        of.id(),
                        of.worker().name(),
                        state,
                        OptionalInt.of(state == BatchState.ENDED ? 0 : 1),
                        state == BatchState.ENDED,
                        hosts,
                        began.plusSeconds(2 + batch),
                        began.plusSeconds(40 + 3L * batch),
                        state == BatchState.ENDED ? "" : "no answer for 10m"));
    }

    private static HostResult result(String host, int at, BatchState state) {
        if (state == BatchState.LOST && at % 5 != 0) {
            return new HostResult(host, Outcome.UNFINISHED, "its worker did not answer for 10m");
        }
        return switch (at % 50) {
            case 7 ->
                    new HostResult(
                            host,
                            Outcome.FAILED,
                            "install nginx: rc 100: unable to lock the dpkg frontend");
            case 8 ->
                    new HostResult(
                            host, Outcome.FAILED, "copy certificate: no space left on device");
            case 9 ->
                    new HostResult(
                            host,
                            Outcome.UNREACHABLE,
                            "SSH connection to " + host + ":22 timed out");
            default -> new HostResult(host, at % 3 == 0 ? Outcome.CHANGED : Outcome.OK, "");
        };
    }

    /** The run has ended. */
    void end() {
        record.storeSummary(RunStatus.of(record)::writeTo);
    }

    private void state(int batch, BatchState state, String detail) {
        Batch of = batches.get(batch);
        record.storeState(of.id(), of.worker().name(), state, detail);
    }

    private void output(int batch, int lines) {
        List<String> hosts = batches.get(batch).hosts();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < lines; i++) {
            text.append(i % 997 == 500 ? "! " : "\u2713 ")
                    .append(hosts.get(i % hosts.size()))
                    .append(" => task ")
                    .append(i)
                    .append(i % 997 == 500 ? " failed: rc 100" : " ok")
                    .append('\n');
            if (text.length() > 60_000 || i == lines - 1) {
                append(batch, text.toString(), 3 + 30L * i / Math.max(1, lines));
                text.setLength(0);
            }
        }
    }

    private void append(int batch, String text, long second) {
        Batch of = batches.get(batch);
        record.append(
                new Frame(
                        guid,
                        of.id(),
                        of.worker().name(),
                        Stream.OUTPUT,
                        record.storedBytes(of.id(), Stream.OUTPUT),
                        text.getBytes(StandardCharsets.UTF_8),
                        began.plusSeconds(second)));
    }

    @Override
    public void close() {
        record.close();
    }
}
