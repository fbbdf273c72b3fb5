package org.jetfanout.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.hand.Calls;
import org.jetfanout.hand.Hand;
import org.jetfanout.link.Link;
import org.jetfanout.link.SharedKey;
import org.jetfanout.machine.AsyncResource;
import org.jetfanout.machine.Daemons;
import org.jetfanout.machine.HostName;
import org.jetfanout.question.Answers;
import org.jetfanout.queue.Broker;
import org.jetfanout.site.workers.Zone;
import org.jetfanout.ssh.SshConnections;
import org.jetfanout.ssh.SshSettings;

/**
 * What a run has where it shares its broker with other instances: a line to them, the calls that
 * hands carry out for it, and the hand that its own process is. It opens while other work goes on.
 * Thread-safe.
 */
final class RunHands implements AutoCloseable {
    private static final long LATE_ENDS_MILLIS = 3000;

    private final SharedKey key;
    private final AsyncResource<Opened> opening;

    // Mutable state
    private volatile boolean abandoned;

    /**
     * All that is open.
     *
     * @param local the hand that this process is; empty where it leaves all workers to others
     * @param lateEnds tells the broker which runs have ended while it was away
     */
    private record Opened(
            Link link, Answers answers, Calls calls, Optional<LocalHand> local, Thread lateEnds) {
        void close() {
            awaitLateEnds();
            // first, because they may wait for a last part of the record
            answers.close();
            calls.close();
            local.ifPresent(LocalHand::close);
            link.close();
        }

        /** A run may take less time than that. Not for long: the next one tells it, too. */
        private void awaitLateEnds() {
            try {
                lateEnds.join(LATE_ENDS_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A hand that lasts as long as the run. */
    private record LocalHand(Hand hand, SshConnections connections) {
        static LocalHand begin(Link link, int threads, SshSettings ssh) {
            SshConnections connections = new SshConnections(ssh);
            Hand hand = new Hand(link, connections, Set.of(Zone.DEFAULT), threads);
            hand.begin();
            return new LocalHand(hand, connections);
        }

        void close() {
            // what it has of other runs goes to other hands
            hand.close();
            connections.close();
        }
    }

    private RunHands(SharedKey key, AsyncResource<Opened> opening) {
        this.key = key;
        this.opening = opening;
    }

    /**
     * Begins to open, where the broker has a shared key; otherwise empty.
     *
     * @param threads how many workers this process is connected to at once
     * @param runFolder of the record: this process answers what others ask about the run
     */
    static Optional<RunHands> opening(
            RunRequest request, int threads, SshSettings ssh, Path runFolder) {
        if (request.broker().isEmpty()) {
            return Optional.empty();
        }
        boolean isLocal = request.broker().get().isLocal();
        Broker broker = request.broker().get().broker();
        return broker.sharedKey()
                .map(SharedKey::read)
                .map(
                        key ->
                                new RunHands(
                                        key,
                                        new AsyncResource<>(
                                                "hands",
                                                () ->
                                                        open(
                                                                broker, key, isLocal, threads, ssh,
                                                                runFolder))));
    }

    private static Opened open(
            Broker broker,
            SharedKey key,
            boolean isLocal,
            int threads,
            SshSettings ssh,
            Path runFolder) {
        Link link = Link.open(broker, key, HostName.get());
        try {
            Optional<LocalHand> local =
                    isLocal ? Optional.of(LocalHand.begin(link, threads, ssh)) : Optional.empty();
            InstanceFacts facts =
                    local.isEmpty()
                            ? new InstanceFacts(List.of("owner"), () -> 0)
                            : new InstanceFacts(
                                    List.of("owner", "hand"), local.get().hand()::calls);
            link.presence().say(facts::now);
            Thread lateEnds =
                    Daemons.start("late ends", () -> LateEnds.tell(runFolder.getParent()));
            return new Opened(
                    link, Answers.ofRun(link, runFolder), new Calls(link), local, lateEnds);
        } catch (RuntimeException e) {
            link.close();
            throw e;
        }
    }

    /** The calls of this run. Waits until all is open, and throws what opening it threw. */
    Calls calls() {
        return opening.await().calls();
    }

    /** The key that the run keeps, whatever becomes of its file. */
    SharedKey key() {
        return key;
    }

    /** The line to the others. */
    Link link() {
        return opening.await().link();
    }

    /** Makes {@link #close} wait for nothing: the broker is down. */
    void abandon() {
        abandoned = true;
    }

    @Override
    public void close() {
        opening.opened().ifPresent(this::close);
    }

    private void close(Opened opened) {
        if (abandoned) {
            Daemons.start("abandoned hands", opened::close);
        } else {
            opened.close();
        }
    }
}
