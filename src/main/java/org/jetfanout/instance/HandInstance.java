package org.jetfanout.instance;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.hand.Hand;
import org.jetfanout.lease.Announcement;
import org.jetfanout.link.Link;
import org.jetfanout.link.SharedKey;
import org.jetfanout.machine.Daemons;
import org.jetfanout.question.Answers;
import org.jetfanout.question.Asker;
import org.jetfanout.question.Holder;
import org.jetfanout.queue.Broker;
import org.jetfanout.run.InstanceFacts;
import org.jetfanout.run.LateEnds;
import org.jetfanout.run.Metrics;
import org.jetfanout.ssh.SshConnections;
import org.jetfanout.ssh.SshSettings;

/**
 * A process that is a hand and nothing else. One thread calls its methods, but for {@link
 * #endElsewhere}.
 */
public final class HandInstance implements AutoCloseable {
    /** In bytes. What is below is not worth the work. */
    private static final long SMALL_HEAP = 48L << 20;

    private final Link link;
    private final SshConnections connections;
    private final Hand hand;
    private final Answers answers;
    private final Path runsFolder;

    // Mutable state
    private Optional<Asker> asker = Optional.empty();

    private HandInstance(
            Link link, SshConnections connections, Hand hand, Answers answers, Path runsFolder) {
        this.link = link;
        this.connections = connections;
        this.hand = hand;
        this.answers = answers;
        this.runsFolder = runsFolder;
    }

    /**
     * Connects to the broker.
     *
     * @param name for people
     * @param zones that it serves
     * @param threads how many workers it is connected to at once
     * @param runsFolder with the records of runs about which it answers what others ask
     */
    public static HandInstance open(
            Broker broker,
            SharedKey key,
            String name,
            Set<String> zones,
            int threads,
            SshSettings ssh,
            Path runsFolder) {
        Link link = Link.open(broker, key, name);
        try {
            SshConnections connections = new SshConnections(ssh);
            Hand hand = new Hand(link, connections, zones, threads);
            link.presence().say(new InstanceFacts(List.of("hand"), hand::calls)::now);
            return new HandInstance(
                    link, connections, hand, Answers.ofAll(link, runsFolder), runsFolder);
        } catch (RuntimeException e) {
            link.close();
            throw e;
        }
    }

    /** Begins to take calls. */
    public void begin() {
        hand.begin();
        link.onAgain(this::tellLateEnds);
        tellLateEnds();
    }

    private void tellLateEnds() {
        Daemons.start("late ends", () -> LateEnds.tell(runsFolder));
    }

    /** The name of an instance that has the record of this run, which has ended there. */
    public Optional<String> endElsewhere(Announcement run) throws InterruptedException {
        return asker().findEnded(run.guid(), run.term()).map(Holder::instance);
    }

    private synchronized Asker asker() {
        if (asker.isEmpty()) {
            asker = Optional.of(new Asker(link));
        }
        return asker.get();
    }

    /** The line to the others. */
    public Link link() {
        return link;
    }

    /** How many calls it carries out now. */
    public int calls() {
        return hand.calls();
    }

    /**
     * What is due now and then. Gives memory back to the system where there is nothing to do. A JVM
     * that idles collects nothing, and keeps what its start, or its last run, has taken.
     */
    public void rest() {
        tellLateEnds();
        Runtime jvm = Runtime.getRuntime();
        boolean isLarge = jvm.totalMemory() > SMALL_HEAP && jvm.freeMemory() > SMALL_HEAP / 2;
        if (hand.calls() == 0 && isLarge) {
            System.gc();
        }
    }

    /** Shows its numbers. */
    public void show(Metrics metrics) {
        metrics.show("jetfanout.hand.calls", "Calls that the hand carries out", hand::calls);
    }

    /**
     * Takes no more calls, and waits for those that it has.
     *
     * @return whether all have ended by themselves; others are handed over
     */
    public boolean drain(Duration longest) throws InterruptedException {
        return hand.drain(longest);
    }

    @Override
    public void close() {
        answers.close();
        hand.close();
        connections.close();
        link.close();
    }
}
