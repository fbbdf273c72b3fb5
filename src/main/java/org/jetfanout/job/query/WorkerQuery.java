package org.jetfanout.job.query;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jetfanout.ConfigurationException;
import org.jetfanout.job.JobScript;
import org.jetfanout.job.Nonce;
import org.jetfanout.machine.Daemons;
import org.jetfanout.runner.PlainText;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.ssh.CommandStream;
import org.jetfanout.ssh.Deadlines;
import org.jetfanout.ssh.LocalCommand;
import org.jetfanout.ssh.SshConnections;
import org.jetfanout.ssh.SshSession;
import org.jetfanout.ssh.SshSettings;
import org.jetfanout.ssh.TimedReader;
import org.jetfanout.ssh.WorkerUnreachableException;
import org.jetfanout.ssh.config.Destination;

/**
 * Asks workers about the jobs of a run, whether or not another process works on that run. It needs
 * no queue and no routes, and forwards no agent. Thread-safe.
 */
public final class WorkerQuery implements AutoCloseable {
    /** How long it may take from the login to the end of the answer. */
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    /** As long as a run takes by default: where it has reached a worker, so does a question. */
    private static final Deadlines CONNECTING = new Deadlines(DEADLINE, DEADLINE);

    private final SshConnections connections;
    private final ExecutorService threads;
    private final TimedReader reader;
    private static final String THREAD = "inquiry";

    private final SecureRandom random = new SecureRandom();

    /**
     * @param threads how many workers are asked at once
     */
    public WorkerQuery(SshSettings ssh, int threads) {
        this.connections = new SshConnections(ssh);
        this.threads = Executors.newFixedThreadPool(threads, Daemons.named(THREAD));
        this.reader = new TimedReader(DEADLINE, Daemons.named(THREAD));
    }

    /**
     * Asks which jobs of a run these workers have. There is an answer for each, in the same order.
     */
    public List<WorkerAnswer> status(String guid, List<Worker> workers) {
        return all(workers, worker -> ask(worker, nonce -> JobScript.status(guid, nonce)));
    }

    /**
     * Removes everything of a run from these workers, except jobs that still run.
     *
     * @return for each worker, in the same order, the jobs before and after
     */
    public List<Cleaned> clean(String guid, List<Worker> workers) {
        return all(workers, worker -> clean(guid, worker));
    }

    /**
     * The result for one worker.
     *
     * @param before the jobs that were there; empty for a worker that did not answer
     * @param after the jobs that are still there, or {@code trouble} where that is unknown
     */
    public record Cleaned(WorkerAnswer before, WorkerAnswer after) {}

    private Cleaned clean(String guid, Worker worker) {
        WorkerAnswer before = ask(worker, nonce -> JobScript.clean(guid, nonce));
        // removing may fail (permissions, disk), so the worker is asked what is there afterwards
        WorkerAnswer after =
                before.answered() ? ask(worker, nonce -> JobScript.status(guid, nonce)) : before;
        return new Cleaned(before, after);
    }

    @Override
    public void close() {
        threads.shutdownNow();
        reader.close();
        connections.close();
    }

    private interface Question {
        String command(Nonce nonce);
    }

    private interface Asked<T> {
        T of(Worker worker);
    }

    private <T> List<T> all(List<Worker> workers, Asked<T> asked) {
        List<Callable<T>> calls = new ArrayList<>(workers.size());
        workers.forEach(worker -> calls.add(() -> asked.of(worker)));
        try {
            List<T> answers = new ArrayList<>(workers.size());
            for (Future<T> answer : threads.invokeAll(calls)) {
                answers.add(answer.get());
            }
            return answers;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(
                    "interrupted while waiting for the workers to answer", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private WorkerAnswer ask(Worker worker, Question question) {
        Nonce nonce = Nonce.random(random);
        JobReply reply = new JobReply(nonce);
        try {
            String trouble = run(worker, question.command(nonce), reply);
            return new WorkerAnswer(worker, trouble.isEmpty() ? reply.jobs() : List.of(), trouble);
        } catch (WorkerUnreachableException | ConfigurationException | IOException e) {
            return new WorkerAnswer(
                    worker, List.of(), PlainText.ofWorker(String.valueOf(e.getMessage())));
        }
    }

    private String run(Worker worker, String command, JobReply reply) throws IOException {
        if (worker.equals(Worker.CONTROL_MACHINE)) {
            try (CommandStream stream =
                    LocalCommand.start(command, Optional.empty(), Optional.empty())) {
                return read(worker, stream, reply);
            }
        }
        Destination destination =
                new Destination(worker.name(), worker.address(), worker.port(), worker.user());
        try (SshSession session = connections.open(destination, CONNECTING, Optional.empty());
                CommandStream stream = session.exec(command, Optional.empty())) {
            return read(worker, stream, reply);
        }
    }

    /** Reads an answer. Returns what is wrong with it; empty for nothing. */
    private String read(Worker worker, CommandStream stream, JobReply reply) {
        boolean late =
                reader.read(
                        stream,
                        () -> reply.over() || reply.tooLong(),
                        chunk -> reply.read(chunk.stderr(), chunk.bytes()));
        String name = "worker " + worker.name() + ": ";
        if (reply.complete()) {
            return "";
        }
        if (reply.tooLong()) {
            return name + "the answer of the worker is too long";
        }
        if (late) {
            return name + "no answer within " + DEADLINE.toSeconds() + " s";
        }
        return stream.loss()
                .map(loss -> PlainText.ofWorker(String.valueOf(loss.getMessage())))
                .orElseGet(() -> name + "no answer: " + PlainText.ofWorker(reply.failure()));
    }
}
