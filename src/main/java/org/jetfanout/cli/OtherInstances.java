package org.jetfanout.cli;

import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ExitCode;
import org.jetfanout.link.Link;
import org.jetfanout.link.SharedKey;
import org.jetfanout.machine.HostName;
import org.jetfanout.question.AnswerMode;
import org.jetfanout.question.AskedCommand;
import org.jetfanout.question.Asker;
import org.jetfanout.question.Holder;
import org.jetfanout.question.NoAnswerException;
import org.jetfanout.question.Question;
import org.jetfanout.queue.Broker;
import org.jetfanout.record.RunRecord;
import org.jetfanout.screen.Terminal;
import org.jetfanout.status.Runs;
import picocli.CommandLine.Option;

/** The option that finds runs of other machines, by the broker that these share with this one. */
final class OtherInstances {
    @Option(
            names = "--broker-config",
            paramLabel = "FILE",
            description =
                    "If the run is not on this machine, ask the other instances at the broker of"
                            + " this file, which must have shared_key. Exit code 4 if one of them"
                            + " does not answer.")
    private Path brokerConfig;

    /** Whether other instances may be asked. */
    boolean isGiven() {
        return brokerConfig != null;
    }

    /** A question without options. */
    static Question question(AskedCommand command) {
        return question(command, false);
    }

    /**
     * A question without options.
     *
     * @param framed whether each status is drawn over the one before
     */
    static Question question(AskedCommand command, boolean framed) {
        return new Question(command, colour(), framed, ZoneId.systemDefault().getId());
    }

    /** Whether colours of the output are shown. */
    static boolean colour() {
        Optional<AnswerMode> answer = AnswerMode.ofThisProcess();
        if (answer.isPresent()) {
            return answer.get().colour();
        }
        return Terminal.isTerminal(1) && System.getenv().getOrDefault("NO_COLOR", "").isEmpty();
    }

    /**
     * Carries out a command where the record of the run is. A record on this machine counts, unless
     * the run has been taken over by another instance since.
     *
     * @param question asked only where it must be
     * @param json whether the answer is JSON
     * @return the exit code; empty where the record is on this machine
     */
    OptionalInt ask(RunArgument run, Supplier<Question> question, boolean json)
            throws InterruptedException {
        if (!isGiven()) {
            return OptionalInt.empty();
        }
        Broker broker = broker();
        Optional<RunRecord> here = run.openIfHere();
        if (here.isPresent() && counts(here.get())) {
            return OptionalInt.empty();
        }
        String name = here.map(RunRecord::guid).orElse(run.name());
        try (Asker asker = open(broker)) {
            Optional<Holder> holder = asker.find(name).filter(it -> here.isEmpty() || it.owned());
            if (holder.isEmpty()) {
                if (here.isPresent()) {
                    return OptionalInt.empty();
                }
                throw nowhere(name, asker.names());
            }
            if (!holder.get().owned()) {
                // one of these may have a later record of the run
                asker.silent().forEach(why -> Main.say("warning: " + why));
            }
            return OptionalInt.of(new OwnersInTurn(asker, json).ask(holder.get(), question.get()));
        } catch (NoAnswerException e) {
            Main.say(e.getMessage());
            return OptionalInt.of(ExitCode.UNREACHABLE.code());
        }
    }

    /**
     * Whether the record of this machine says how the run stands: a process works on it, or it has
     * ended.
     */
    private static boolean counts(RunRecord record) {
        try (record) {
            return record.takenOver().isEmpty()
                    && (record.isOwned() || record.summary().isPresent());
        }
    }

    private static ConfigurationException nowhere(String name, List<String> asked) {
        return new ConfigurationException(
                "no run '%s' in %s, %s"
                        .formatted(
                                name,
                                Runs.of(System.getenv()).folder(),
                                asked.isEmpty()
                                        ? "and no other instance is at the broker"
                                        : "nor at "
                                                + (asked.size() == 1 ? "instance " : "instances ")
                                                + String.join(", ", asked)));
    }

    /**
     * Goes on to follow a run that nobody works on any more on this machine, at its next owner.
     *
     * @return the exit code; empty where there is none
     */
    OptionalInt follow(String guid, Question question, boolean json) throws InterruptedException {
        if (!isGiven()) {
            return OptionalInt.empty();
        }
        try (Asker asker = open()) {
            OwnersInTurn owners = new OwnersInTurn(asker, json);
            Optional<Holder> next = owners.owner(guid);
            return next.isEmpty()
                    ? OptionalInt.empty()
                    : OptionalInt.of(owners.ask(next.get(), question));
        }
    }

    private Broker broker() {
        return Broker.read(brokerConfig, System.getenv());
    }

    /** Connects to the other instances. The caller closes it. */
    Asker open() {
        return open(broker());
    }

    private Asker open(Broker broker) {
        return new Asker(link(broker, brokerConfig));
    }

    /**
     * Connects to the instances at a broker. The caller closes it.
     *
     * @param config describes the broker
     */
    static Link link(Path config) {
        return link(Broker.read(config, System.getenv()), config);
    }

    private static Link link(Broker broker, Path config) {
        Path key =
                broker.sharedKey()
                        .orElseThrow(
                                () ->
                                        ConfigurationException.at(
                                                config,
                                                "has no shared_key: only instances that share a key"
                                                        + " answer questions"));
        return Link.open(broker, SharedKey.read(key), HostName.get());
    }
}
