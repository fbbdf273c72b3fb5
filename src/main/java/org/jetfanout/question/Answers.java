package org.jetfanout.question;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jetfanout.ConfigurationException;
import org.jetfanout.link.Link;
import org.jetfanout.link.LinkException;
import org.jetfanout.link.LinkMessage;
import org.jetfanout.link.Received;
import org.jetfanout.machine.Daemons;
import org.jetfanout.machine.OwnProgram;
import org.jetfanout.record.RecordException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers what other instances ask about the runs whose records are here. Each answer is what the
 * same command prints here, in a process of its own: neither the memory nor the time of this
 * process is spent, whatever is asked. Thread-safe.
 */
public final class Answers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

    /** So many commands at a time; an answer that follows a run takes long. */
    private static final int MOST_AT_ONCE = 8;

    /** Questions for a run that wait to be looked up. More are dropped. */
    private static final int MOST_WAITING = 1000;

    private static final int MOST_FOUND = 1000;
    private static final Duration LONGEST_END = Duration.ofSeconds(10);

    private final Link link;
    private final RunFolders records;
    private final ThreadPoolExecutor lookingUp =
            new ThreadPoolExecutor(
                    1,
                    1,
                    1,
                    TimeUnit.SECONDS,
                    new ArrayBlockingQueue<>(MOST_WAITING),
                    Daemons.named("questions"));

    // Mutable state
    private final Map<String, RunningAnswer> running = new ConcurrentHashMap<>();
    private boolean closed;

    private Answers(Link link, RunFolders records) {
        this.link = link;
        this.records = records;
    }

    /** Begins to answer about one run. */
    public static Answers ofRun(Link link, Path runFolder) {
        String guid = runFolder.getFileName().toString();
        return begin(new Answers(link, new RunFolders(runFolder.getParent(), Optional.of(guid))));
    }

    /** Begins to answer about all runs that have their records in this folder. */
    public static Answers ofAll(Link link, Path runsFolder) {
        return begin(new Answers(link, new RunFolders(runsFolder, Optional.empty())));
    }

    private static Answers begin(Answers answers) {
        answers.lookingUp.allowCoreThreadTimeOut(true);
        answers.link.presence().say(answers::facts);
        answers.link.onBroadcast(answers::told);
        answers.link.onMessage(answers::received);
        return answers;
    }

    private ObjectNode facts() {
        ObjectNode facts = JsonNodeFactory.instance.objectNode().put("answers", true);
        records.only().ifPresent(guid -> facts.putArray("runs").add(guid));
        return facts;
    }

    private void told(Received received) {
        if (received.message().kind().equals(QuestionKind.WHO_HAS)) {
            later(() -> lookUp(received));
        }
    }

    private void received(Received received) {
        JsonNode head = received.message().head();
        String id = head.path("id").asText();
        switch (received.message().kind()) {
            case QuestionKind.ASK -> later(() -> answer(received, id));
            case QuestionKind.CREDIT ->
                    ofAsker(received, id)
                            .ifPresent(answer -> answer.allow(head.path("bytes").asLong()));
            case QuestionKind.ENOUGH -> ofAsker(received, id).ifPresent(RunningAnswer::stop);
            default -> {
                // not for this room
            }
        }
    }

    private Optional<RunningAnswer> ofAsker(Received received, String id) {
        return Optional.ofNullable(running.get(id))
                .filter(answer -> answer.isOf(received.sender()));
    }

    private void later(Runnable work) {
        try {
            lookingUp.execute(work);
        } catch (RejectedExecutionException e) {
            LOG.warn("too many questions at once, or the end: dropped one");
        }
    }

    private void lookUp(Received received) {
        JsonNode question = received.message().head();
        ObjectNode answer =
                JsonNodeFactory.instance.objectNode().put("id", question.path("id").asText());
        ArrayNode runs = answer.putArray("runs");
        int all = 0;
        try {
            List<String> guids = records.matching(question.path("run").asText());
            all = guids.size();
            guids.stream()
                    .limit(MOST_FOUND)
                    .forEach(guid -> records.find(guid).ifPresent(run -> runs.add(run.json())));
        } catch (RecordException | ConfigurationException e) {
            LOG.warn("cannot look up a run for {}: {}", received.sender(), e.getMessage());
        }
        answer.put("all", all);
        try {
            link.send(received.from(), new LinkMessage(QuestionKind.HAS, answer));
        } catch (LinkException e) {
            LOG.debug("{} does not wait for the answer", received.sender(), e);
        }
    }

    private void answer(Received received, String id) {
        JsonNode question = received.message().head();
        RunningAnswer answer = new RunningAnswer(link, received.from(), received.sender(), id);
        try {
            synchronized (this) {
                if (closed || running.size() >= MOST_AT_ONCE || running.containsKey(id)) {
                    answer.refuse(
                            closed
                                    ? "it ends now"
                                    : "it answers %d questions already: try again later"
                                            .formatted(running.size()));
                    return;
                }
                running.put(id, answer);
            }
            answer.begin(process(question), before(question), () -> running.remove(id));
            LOG.info(
                    "answering {} of {} for {}",
                    question.path("command").asText(),
                    question.path("run").asText("all runs"),
                    received.sender().name());
        } catch (IOException | IllegalArgumentException | RecordException e) {
            running.remove(id);
            answer.refuse(String.valueOf(e.getMessage()));
        }
    }

    private static Optional<byte[]> before(JsonNode question) {
        JsonNode before = question.path(AnswerMode.BEFORE);
        return before.isObject()
                ? Optional.of((before + "\n").getBytes(StandardCharsets.UTF_8))
                : Optional.empty();
    }

    private ProcessBuilder process(JsonNode question) {
        AskedCommand command =
                AskedCommand.of(question.path("command").asText())
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "it does not know this command"));
        Optional<String> guid = Optional.empty();
        if (command != AskedCommand.RUNS) {
            String named = question.path("run").asText();
            if (records.find(named).isEmpty()) {
                throw new IllegalArgumentException("it has no run " + named + " any more");
            }
            guid = Optional.of(named);
        }
        ProcessBuilder process =
                OwnProgram.process(
                        List.of(), records.folder(), command.words(guid, question.path("options")));
        AnswerMode.set(process.environment(), question, records.only());
        return process;
    }

    /** How many questions are being answered. */
    public int count() {
        return running.size();
    }

    /**
     * Lets the answers come to their end: commands that wait for the end of a run wait no longer,
     * and print what is left.
     */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        running.values().forEach(RunningAnswer::end);
        long began = System.nanoTime();
        while (!running.isEmpty() && System.nanoTime() - began < LONGEST_END.toNanos()) {
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        running.values().forEach(RunningAnswer::stop);
        lookingUp.shutdown();
    }
}
