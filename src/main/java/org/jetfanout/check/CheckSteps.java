package org.jetfanout.check;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.processor.aggregate.GroupedBodyAggregationStrategy;
import org.jetfanout.dispatch.WorkerHeaders;
import org.jetfanout.job.Nonce;
import org.jetfanout.machine.Daemons;
import org.jetfanout.pack.AgentAccess;
import org.jetfanout.runner.Runner;
import org.jetfanout.site.workers.AgentMode;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.site.workers.WorkerSettings;
import org.jetfanout.site.workers.WorkersConfig;
import org.jetfanout.ssh.CommandStream;
import org.jetfanout.ssh.Encryption;
import org.jetfanout.ssh.SshHeaders;
import org.jetfanout.ssh.TimedReader;
import org.jetfanout.ssh.agent.GuardBudget;
import org.jetfanout.ssh.agent.GuardPolicy;
import org.jetfanout.ssh.agent.Signature;

/** The steps of the check route. Thread-safe: each worker is asked by one thread. */
final class CheckSteps implements AutoCloseable {
    /** The script's own deadlines add up to 65 s. */
    private static final Duration DEADLINE = Duration.ofSeconds(75);

    /** The exchange property that holds the question for a worker. */
    private static final String QUESTION = "JetCheck";

    private static final String GUID = "check";

    private final Runner runner;
    private final WorkersConfig config;
    private final AgentAccess access;
    private final ExecutorService threads;
    private final TimedReader reader;
    private final SecureRandom random = new SecureRandom();

    private record Question(Worker worker, WorkerSettings settings, Nonce nonce, Instant asked) {}

    /**
     * @param runner of the run that is to come
     * @param count how many workers are asked at once
     */
    CheckSteps(Runner runner, WorkersConfig config, AgentAccess access, int count) {
        ThreadFactory daemons = Daemons.named("check");
        this.runner = runner;
        this.config = config;
        this.access = access;
        this.threads = Executors.newFixedThreadPool(count, daemons);
        this.reader = new TimedReader(DEADLINE, daemons);
    }

    Map<String, Object> beans() {
        return Map.of(
                "check.threads", threads(),
                "check.command", (Processor) this::command,
                "check.answer", (Processor) this::answer,
                "check.failed", (Processor) this::failed,
                "check.checks", checks());
    }

    /** The threads that ask the workers. */
    ExecutorService threads() {
        return threads;
    }

    /** Collects the answers, in the order of the workers. */
    AggregationStrategy checks() {
        return new GroupedBodyAggregationStrategy();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        reader.close();
    }

    void command(Exchange exchange) throws InvalidPayloadException {
        Message message = exchange.getMessage();
        Worker worker = message.getMandatoryBody(Worker.class);
        WorkerSettings settings = config.settings(worker.group());
        Nonce nonce = Nonce.random(random);
        exchange.setProperty(QUESTION, new Question(worker, settings, nonce, Instant.now()));
        Optional<GuardPolicy> guard =
                settings.agent() == AgentMode.FORWARD
                        ? Optional.of(
                                new GuardPolicy(
                                        GUID,
                                        worker.name(),
                                        access.shown(worker.group()),
                                        Set.of(),
                                        GuardBudget.of(0),
                                        CheckSteps::refuse,
                                        trouble -> {}))
                        : Optional.empty();
        WorkerHeaders.set(message, worker, settings.connectTimeout(), guard, access.forHosts());
        message.setBody(
                CheckScript.command(
                        nonce,
                        settings.env().getOrDefault("PATH", ""),
                        runner.versionCommand(settings),
                        runner.trial(),
                        runner.needs(settings)));
    }

    /** Refuses a signature. A check logs in to no host, so nobody has a reason to ask for one. */
    private static void refuse(Signature signature) {
        throw new IllegalStateException("jet-fanout signs nothing during a check");
    }

    void answer(Exchange exchange) throws InvalidPayloadException {
        Message message = exchange.getMessage();
        Question question = exchange.getProperty(QUESTION, Question.class);
        String loginKey = message.getHeader(SshHeaders.LOGIN_KEY, String.class);
        String encryption =
                String.valueOf(message.getHeader(SshHeaders.ENCRYPTION, Encryption.class));
        try (CommandStream stream = message.getMandatoryBody(CommandStream.class)) {
            message.setBody(judge(question, loginKey, encryption, stream));
        }
    }

    private WorkerCheck judge(
            Question question, String loginKey, String encryption, CommandStream stream) {
        CheckReply reply = new CheckReply(question.nonce());
        AtomicReference<Instant> answered = new AtomicReference<>();
        boolean late =
                reader.read(
                        stream,
                        () -> reply.complete() || reply.tooLong(),
                        chunk -> {
                            answered.compareAndSet(null, Instant.now());
                            reply.read(chunk.stderr(), chunk.bytes());
                        });
        answered.compareAndSet(null, Instant.now());
        if (!reply.complete() && late) {
            return CheckFindings.silent(
                    question.worker(), "no answer within " + DEADLINE.toSeconds() + " s");
        }
        if (!reply.complete() && reply.tooLong()) {
            return CheckFindings.silent(question.worker(), "the answer of the worker is too long");
        }
        Optional<? extends Exception> loss = stream.loss();
        if (!reply.complete() && loss.isPresent()) {
            return CheckFindings.of(question.worker(), loss.get());
        }
        return CheckFindings.of(
                question.worker(),
                question.settings(),
                runner,
                new CheckFindings.Answer(
                        reply, loginKey, encryption, question.asked(), answered.get()));
    }

    void failed(Exchange exchange) {
        Question question = exchange.getProperty(QUESTION, Question.class);
        Exception cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        exchange.getMessage().setBody(CheckFindings.of(question.worker(), cause));
    }
}
