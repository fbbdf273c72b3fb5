package org.jetfanout.cli;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ExitCode;
import org.jetfanout.job.query.JobStatus;
import org.jetfanout.job.query.RunWorkers;
import org.jetfanout.job.query.WorkerAnswer;
import org.jetfanout.job.query.WorkerQuery;
import org.jetfanout.record.RunRecord;
import org.jetfanout.run.FanOut;
import org.jetfanout.ssh.SshSettings;
import org.jetfanout.text.Text;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code clean}: removes the files of a run from its workers. */
@Command(
        name = "clean",
        mixinStandardHelpOptions = true,
        description = {
            "Removes the job folders of a run, with their logs, from its workers.",
            "Keeps the run record. Exit code 4 if a worker could not be reached or a job still"
                    + " runs."
        })
final class CleanCommand implements Callable<Integer> {
    @Mixin private RunArgument run;

    @Option(names = "--worker", paramLabel = "WORKER", description = "Clean only this worker.")
    private String worker;

    @Option(
            names = "--force",
            description =
                    "Also clean a run that has not ended. You cannot safely resume it afterwards.")
    private boolean force;

    @Mixin private ThreadsOption threads;

    @Override
    public Integer call() throws IOException {
        try (RunRecord record = run.open()) {
            // owned, so that nobody resumes the run meanwhile; this fails where another process
            // works on it
            record.own();
            if (record.plan().isEmpty()
                    || (record.summary().isEmpty() && !FanOut.maySend(record))) {
                Main.say("nothing of run " + record.guid() + " was sent: nothing to remove");
                return ExitCode.OK.code();
            }
            if (record.summary().isEmpty() && !force) {
                throw new ConfigurationException(
                        ("run %s has not ended: first resume it (jet-fanout resume %1$s) or"
                                        + " cancel it (jet-fanout cancel %1$s). To clean it now, give"
                                        + " --force; if you resume it later, its jobs start again")
                                .formatted(record.guid()));
            }
            RunWorkers workers = RunWorkers.of(record);
            boolean all = true;
            for (String name : names(record, workers)) {
                if (workers.worker(name).isEmpty()) {
                    say(name, "not reached: the run record has no address for this worker");
                    all = false;
                }
            }
            try (WorkerQuery query = new WorkerQuery(SshSettings.ofUser(), threads.count())) {
                for (WorkerQuery.Cleaned cleaned :
                        query.clean(record.guid(), workers.workers(names(record, workers)))) {
                    all &= said(record.guid(), cleaned);
                }
            }
            return (all ? ExitCode.OK : ExitCode.UNREACHABLE).code();
        }
    }

    private Set<String> names(RunRecord record, RunWorkers workers) {
        if (worker == null) {
            return workers.names();
        }
        if (!workers.names().contains(worker)) {
            throw new ConfigurationException(
                    "run " + record.guid() + " has no worker '" + worker + "'");
        }
        return Set.of(worker);
    }

    /** Prints what happened on a worker. False where files are left there, or may be. */
    private static boolean said(String guid, WorkerQuery.Cleaned cleaned) {
        WorkerAnswer after = cleaned.after();
        String name = after.worker().name();
        if (!after.answered()) {
            say(name, "not cleaned: " + after.trouble());
            return false;
        }
        for (JobStatus job : after.jobs()) {
            say(
                    name,
                    switch (job.state()) {
                        case RUNNING -> "batch " + job.batch() + " still runs there: not removed";
                        case WAITING ->
                                "batch " + job.batch() + " waits there for its turn: not removed";
                        case ELSEWHERE ->
                                "batch "
                                        + job.batch()
                                        + " belongs to another machine that shares this home"
                                        + " folder: not removed";
                        case GONE, STARTING, ENDED ->
                                "could not remove ~/.jet-fanout/"
                                        + guid
                                        + "/"
                                        + job.batch()
                                        + ". Does a process there still write files?";
                    });
        }
        List<String> removed =
                cleaned.before().jobs().stream()
                        .map(JobStatus::batch)
                        .filter(
                                batch ->
                                        after.jobs().stream()
                                                .noneMatch(job -> job.batch().equals(batch)))
                        .toList();
        if (!removed.isEmpty()) {
            say(name, "removed batch " + String.join(", ", removed));
        } else if (after.jobs().isEmpty()) {
            say(name, "nothing to remove");
        }
        return after.jobs().isEmpty();
    }

    private static void say(String worker, String what) {
        System.out.println(Text.forTerminal(worker + ": " + what));
    }
}
