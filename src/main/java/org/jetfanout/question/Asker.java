package org.jetfanout.question;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jetfanout.link.Instance;
import org.jetfanout.link.Link;
import org.jetfanout.link.LinkException;
import org.jetfanout.link.LinkMessage;
import org.jetfanout.link.Received;
import org.jetfanout.status.Runs;

/** Asks other instances about runs. Several threads may ask. */
public final class Asker implements AutoCloseable {
    /** Somebody may be there whom nobody has heard of yet. */
    private static final Duration LONGEST_SEARCH = Duration.ofSeconds(3);

    /** An instance that is there, and so says so, may be busy. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    /** What a round took longer, this process stood still: answers may lie there. */
    private static final long LONGEST_ROUND_NANOS = 200_000_000;

    /** A queue of the answer to a question keeps so many messages that carry no bytes, at most. */
    private static final int MOST_MESSAGES = 6000;

    private static final int GUID = 36;

    private final Link link;
    private final long opened = System.nanoTime();

    /** Until then each instance was heard that is there, because each tells all that it is. */
    private final Duration roll;

    /** How long an instance may take to say that a question has arrived. */
    private final Duration longestSilence;

    // Mutable state
    private final Map<String, BlockingQueue<Received>> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger outages = new AtomicInteger();
    private volatile List<String> silent = List.of();

    /**
     * @param link is closed with this
     */
    public Asker(Link link) {
        this.link = link;
        this.roll = link.patience().beat().multipliedBy(3).dividedBy(2);
        this.longestSilence = link.patience().away();
        link.onMessage(this::received);
        link.onAgain(outages::incrementAndGet);
    }

    /** Takes an answer as it comes. */
    public interface Taker {
        /** A part of what the command prints. */
        void printed(byte[] bytes) throws IOException;

        /** A line for people. */
        void said(String line);
    }

    /** A run, as an instance says that it has it. */
    private record Claim(FoundRun run, Received by) {}

    private void received(Received received) {
        BlockingQueue<Received> queue = waiting.get(received.message().head().path("id").asText());
        if (queue != null && queue.size() < MOST_MESSAGES) {
            queue.add(received);
        }
    }

    /**
     * Finds the instance that has the record of a run; of several the latest owner.
     *
     * @param name a GUID, the beginning of one, or {@code last}
     * @return empty where all instances that are there have answered, and none has it
     */
    public Optional<Holder> find(String name) throws InterruptedException, NoAnswerException {
        List<Received> answers = ask(name);
        List<Claim> claims = new ArrayList<>();
        answers.forEach(answer -> claims.addAll(claims(answer, name)));
        if (name.equals("last")) {
            claims.stream()
                    .max(Comparator.comparing(claim -> claim.run().created()))
                    .map(claim -> claim.run().guid())
                    .ifPresent(newest -> claims.removeIf(it -> !it.run().guid().equals(newest)));
        }
        List<String> guids = claims.stream().map(claim -> claim.run().guid()).distinct().toList();
        if (guids.size() > 1) {
            throw Runs.ambiguous(name, guids);
        }
        Optional<Holder> holder =
                claims.stream()
                        .max(Comparator.comparing(Claim::run, FoundRun.BY_RANK))
                        .map(Asker::holder);
        silent = silent(answers);
        if (holder.isEmpty() && !silent.isEmpty()) {
            throw new NoAnswerException(
                    "no instance that answers has run '%s', and %s"
                            .formatted(name, String.join(", ", silent)),
                    false);
        }
        return holder;
    }

    /**
     * Whether an instance has the record of a run that has ended there.
     *
     * @param term of the last owner who is known; only one who is as late has ended the run
     * @return who has it; empty where nobody who answers has
     */
    public Optional<Holder> findEnded(String guid, long term) throws InterruptedException {
        // the owner's own process is dead, or works on the run
        return ask(guid, instance -> !isProcessOf(guid, instance)).stream()
                .flatMap(answer -> claims(answer, guid).stream())
                .filter(claim -> claim.run().ended() && !claim.run().owned())
                .filter(claim -> claim.run().term() >= term)
                .findFirst()
                .map(Asker::holder);
    }

    private static boolean isProcessOf(String guid, Instance instance) {
        for (JsonNode run : instance.facts().path("runs")) {
            if (run.asText().equals(guid)) {
                return true;
            }
        }
        return false;
    }

    private static List<Claim> claims(Received answer, String name) {
        List<Claim> claims = new ArrayList<>();
        answer.message()
                .head()
                .path("runs")
                .forEach(
                        run ->
                                FoundRun.read(run)
                                        .filter(found -> fits(found, name))
                                        .ifPresent(found -> claims.add(new Claim(found, answer))));
        return claims;
    }

    private static boolean fits(FoundRun found, String name) {
        return name.equals("last") || found.guid().startsWith(name);
    }

    private static Holder holder(Claim claim) {
        return new Holder(
                claim.run().guid(),
                claim.by().from(),
                claim.by().sender().name(),
                claim.run().owned(),
                claim.run().ended());
    }

    /** All instances that answer questions, each once. {@link #silent} names the others. */
    public List<Holder> all() throws InterruptedException {
        List<Received> answers = ask("");
        silent = silent(answers);
        return answers.stream()
                .map(answer -> new Holder("", answer.from(), answer.sender().name(), false, false))
                .toList();
    }

    /** Why instances that are there did not answer when others were asked last. */
    public List<String> silent() {
        return silent;
    }

    /** The names of the instances that answer questions, sorted. */
    public List<String> names() {
        TreeSet<String> names = new TreeSet<>();
        answering().forEach(instance -> names.add(instance.id().name()));
        return List.copyOf(names);
    }

    private List<Received> ask(String name) throws InterruptedException {
        return ask(name, instance -> true);
    }

    /** Asks all, and waits for these, if they are there. */
    private List<Received> ask(String name, Predicate<Instance> awaited)
            throws InterruptedException {
        String id = UUID.randomUUID().toString();
        BlockingQueue<Received> queue = new LinkedBlockingQueue<>();
        waiting.put(id, queue);
        try {
            ObjectNode head = JsonNodeFactory.instance.objectNode().put("id", id).put("run", name);
            LinkMessage question = new LinkMessage(QuestionKind.WHO_HAS, head);
            link.tellAll(question);
            boolean again = false;
            List<Received> answers = new ArrayList<>();
            long spent = 0;
            long at = System.nanoTime();
            while (spent < LONGEST_SEARCH.toNanos()
                    || (spent < LONGEST_WAIT.toNanos() && !haveAll(answers, awaited))) {
                Received answer = queue.poll(50, TimeUnit.MILLISECONDS);
                if (answer != null && answer.message().kind().equals(QuestionKind.HAS)) {
                    answers.removeIf(it -> it.from().equals(answer.from()));
                    answers.add(answer);
                    if (name.length() == GUID && isOwner(answer)) {
                        break;
                    }
                }
                boolean rolled = System.nanoTime() - opened > roll.toNanos();
                boolean enough = name.isEmpty() ? !answers.isEmpty() : isFound(answers);
                if (answer == null && rolled && haveAll(answers, awaited)) {
                    if (enough) {
                        break;
                    }
                    if (!again) {
                        // somebody may not have been ready, or was slow to say that it is there
                        again = true;
                        link.tellAll(question);
                    }
                }
                long now = System.nanoTime();
                spent += Math.min(now - at, LONGEST_ROUND_NANOS);
                at = now;
            }
            return answers;
        } finally {
            waiting.remove(id);
        }
    }

    private static boolean isFound(List<Received> answers) {
        return answers.stream().anyMatch(answer -> !answer.message().head().path("runs").isEmpty());
    }

    private static boolean isOwner(Received answer) {
        for (JsonNode run : answer.message().head().path("runs")) {
            if (run.path("owned").asBoolean()) {
                return true;
            }
        }
        return false;
    }

    private List<Instance> answering() {
        return link.presence().all().stream()
                .filter(instance -> !instance.id().equals(link.me()))
                .filter(
                        instance ->
                                instance.understands()
                                        ? instance.facts().path("answers").asBoolean()
                                        // it may say so in another way; who only asks says nothing
                                        : !instance.facts().isEmpty())
                .toList();
    }

    private boolean haveAll(List<Received> answers, Predicate<Instance> awaited) {
        return answering().stream()
                .filter(awaited)
                .filter(Instance::understands)
                .allMatch(instance -> hasAnswered(instance, answers));
    }

    private static boolean hasAnswered(Instance instance, List<Received> answers) {
        return answers.stream().anyMatch(it -> it.sender().equals(instance.id()));
    }

    /** Those who are there and have not answered, in words. */
    private List<String> silent(List<Received> answers) {
        List<String> silent = new ArrayList<>();
        for (Instance instance : answering()) {
            if (!instance.understands()) {
                silent.add(
                        "instance %s cannot be asked: it speaks version %d of the protocol, this one %d"
                                .formatted(instance.id().name(), instance.version(), Link.VERSION));
            } else if (!hasAnswered(instance, answers)) {
                silent.add("instance %s does not answer".formatted(instance.id().name()));
            }
        }
        return silent;
    }

    /**
     * Asks an instance to carry out a command.
     *
     * @param question as {@link Question} makes it
     * @param taker of the answer; where it fails to write, nothing more is asked for
     * @return the exit code of the command
     */
    public int ask(Holder holder, Question question, Taker taker)
            throws InterruptedException, NoAnswerException {
        String id = UUID.randomUUID().toString();
        BlockingQueue<Received> queue = new LinkedBlockingQueue<>();
        waiting.put(id, queue);
        try {
            link.send(
                    holder.address(),
                    new LinkMessage(QuestionKind.ASK, question.head(id, holder.guid())));
            return new IncomingAnswer(holder, id, queue).take(taker);
        } catch (LinkException e) {
            throw new NoAnswerException(
                    "instance %s is not there any more: %s"
                            .formatted(holder.instance(), e.getMessage()),
                    false);
        } finally {
            waiting.remove(id);
        }
    }

    /** An answer that is under way. For one thread. */
    private final class IncomingAnswer {
        private final Holder holder;
        private final String id;
        private final BlockingQueue<Received> queue;
        private final int outagesBefore = outages.get();

        // Mutable state
        private long next;
        private long bytes;
        private long allowed = RunningAnswer.FIRST_CREDIT;

        IncomingAnswer(Holder holder, String id, BlockingQueue<Received> queue) {
            this.holder = holder;
            this.id = id;
            this.queue = queue;
        }

        int take(Taker taker) throws InterruptedException, NoAnswerException, LinkException {
            long began = System.nanoTime();
            while (true) {
                Received received = queue.poll(500, TimeUnit.MILLISECONDS);
                if (received == null) {
                    requireThere(System.nanoTime() - began);
                    continue;
                }
                JsonNode head = received.message().head();
                if (!received.from().equals(holder.address())) {
                    continue;
                }
                if (head.path("n").asLong(-1) != next++) {
                    throw broken("a part of its answer is missing");
                }
                switch (received.message().kind()) {
                    case QuestionKind.ANSWERED -> {
                        int code = head.path("code").asInt(-1);
                        if (code < 0 || code > 255) {
                            throw broken("its answer has no exit code");
                        }
                        return code;
                    }
                    case QuestionKind.ANSWER -> {
                        if (head.has("said")) {
                            taker.said(head.path("said").asText());
                        }
                        if (!print(received.message().body(), taker)) {
                            return 0;
                        }
                    }
                    default -> throw broken("its answer makes no sense");
                }
            }
        }

        /** Returns whether more is wanted. */
        private boolean print(byte[] body, Taker taker) throws NoAnswerException, LinkException {
            if (body.length == 0) {
                return true;
            }
            bytes += body.length + RunningAnswer.COST;
            if (bytes > allowed) {
                enough();
                throw broken("it sends more than it was asked for");
            }
            try {
                taker.printed(body);
            } catch (IOException e) {
                // the reader (head, less) has seen enough; any other failure is reported at the
                // end
                enough();
                return false;
            }
            if (allowed - bytes < RunningAnswer.FIRST_CREDIT / 2) {
                allowed = bytes + RunningAnswer.FIRST_CREDIT;
                tell(QuestionKind.CREDIT, head().put("bytes", allowed));
            }
            return true;
        }

        private void requireThere(long nanos) throws NoAnswerException {
            if (outages.get() != outagesBefore) {
                throw broken("the broker was away");
            }
            if (!link.presence().isAlive(holder.address()) && nanos > roll.toNanos()) {
                throw broken("it is gone");
            }
            if (next == 0 && nanos > longestSilence.toNanos()) {
                throw broken("it says nothing");
            }
        }

        private void enough() {
            try {
                tell(QuestionKind.ENOUGH, head());
            } catch (LinkException e) {
                // it notices by itself
            }
        }

        private ObjectNode head() {
            return JsonNodeFactory.instance.objectNode().put("id", id);
        }

        private void tell(String kind, ObjectNode head) throws LinkException {
            link.send(holder.address(), new LinkMessage(kind, head));
        }

        private NoAnswerException broken(String why) {
            return new NoAnswerException(
                    "instance %s did not answer to the end: %s".formatted(holder.instance(), why),
                    bytes > 0);
        }
    }

    @Override
    public void close() {
        link.close();
    }
}
