package org.jetfanout.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jetfanout.ExitCode;
import org.jetfanout.machine.Daemons;
import org.jetfanout.question.AskedCommand;
import org.jetfanout.question.Asker;
import org.jetfanout.question.Holder;
import org.jetfanout.question.NoAnswerException;
import org.jetfanout.status.RunLine;

/** The runs that other instances have. For one thread. */
final class RunsElsewhere {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The most that is taken of one instance, in bytes. */
    private static final int MOST_BYTES = 64 << 20;

    private final OtherInstances others;
    private final AtomicReference<ExitCode> code;

    /**
     * @param code is set where an instance does not answer
     */
    RunsElsewhere(OtherInstances others, AtomicReference<ExitCode> code) {
        this.others = others;
        this.code = code;
    }

    /** All that they have, in no order. */
    List<RunsCommand.Listed> list() throws InterruptedException {
        List<RunsCommand.Listed> all = new ArrayList<>();
        try (Asker asker = others.open()) {
            List<Thread> asking = new ArrayList<>();
            for (Holder holder : asker.all()) {
                // each takes the time of a start of the program
                asking.add(Daemons.start("runs of others", () -> ask(asker, holder, all)));
            }
            for (Thread thread : asking) {
                thread.join();
            }
            asker.silent().forEach(this::missed);
        }
        synchronized (all) {
            return List.copyOf(all);
        }
    }

    private void ask(Asker asker, Holder holder, List<RunsCommand.Listed> all) {
        Lines lines = new Lines();
        try {
            int exit =
                    asker.ask(
                            holder,
                            OtherInstances.question(AskedCommand.RUNS).flag("--json", true),
                            lines);
            if (exit != ExitCode.OK.code()) {
                missed(
                        "instance %s lists its runs with exit code %d"
                                .formatted(holder.instance(), exit));
            }
        } catch (NoAnswerException e) {
            missed(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (all) {
            lines.runs(holder.instance()).forEach(all::add);
        }
    }

    private synchronized void missed(String why) {
        Main.say(why);
        code.compareAndSet(ExitCode.OK, ExitCode.UNREACHABLE);
    }

    /** Keeps what is printed. */
    private static final class Lines implements Asker.Taker {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public void printed(byte[] part) {
            if (bytes.size() < MOST_BYTES) {
                bytes.writeBytes(part);
            }
        }

        @Override
        public void said(String line) {
            Main.say(line);
        }

        List<RunsCommand.Listed> runs(String instance) {
            return bytes.toString(UTF_8)
                    .lines()
                    .map(Lines::json)
                    .flatMap(Optional::stream)
                    .flatMap(
                            line ->
                                    RunLine.read(line).stream()
                                            .map(
                                                    run ->
                                                            new RunsCommand.Listed(
                                                                    run,
                                                                    Optional.of(instance),
                                                                    line.path("record").asText(),
                                                                    line.path("startedBy")
                                                                            .asText())))
                    .toList();
        }

        private static Optional<JsonNode> json(String line) {
            try {
                return Optional.of(JSON.readTree(line));
            } catch (JsonProcessingException e) {
                return Optional.empty();
            }
        }
    }
}
