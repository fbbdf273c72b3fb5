package org.jetfanout.lease;

import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jetfanout.ConfigurationException;
import org.jetfanout.lease.Announcement.Hold;
import org.jetfanout.machine.Daemons;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process has a run, as all instances at the broker know: it holds the lease, and has put the
 * estate there. After an outage of the broker it takes both up again; where the broker has lost
 * them, it puts them there again. Where another instance has a higher term, it says so once and
 * ends. Thread-safe.
 */
public final class Lease implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

    private static final Duration END = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofMillis(500);

    /** A broker that loses an estate again and again gets it not more often. */
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final LeaseBroker broker;
    private final Content content;
    private final LongConsumer replaced;
    private final Thread watch = Daemons.thread("lease", this::watch);

    /** A lock of its own, because the watch has that of this while it waits for the broker. */
    private final Object interrupting = new Object();

    // Mutable state: all under the lock of this, but for what is volatile
    private Announcement mine;
    private Estate estate;
    private Optional<LeaseSession> session = Optional.empty();
    private Optional<Duration> lifetime = Optional.empty();
    private volatile boolean closed;
    private volatile boolean told;

    /** The watch is not interrupted any more. Under the lock of {@link #interrupting}. */
    private boolean undisturbed;

    /** An estate that was lost is not sent again before this time of the steady clock. */
    private long notBefore = System.nanoTime();

    /** Writes the archive of what is needed to go on, as it is now. */
    @FunctionalInterface
    public interface Content extends Estate.Content {
        /** Called now and then: to {@link Lease#change} what else has changed. */
        default void look() {}
    }

    /**
     * Takes the lease of a run and puts its estate into the broker.
     *
     * @param wanted the run, without estate; its term is not lower than any before
     * @param content writes the archive; called again where the broker has lost it
     * @param longest how long a broker is waited for that goes away meanwhile
     * @param replaced takes the term of another owner, once
     * @throws ConfigurationException where another instance works on the run, or the broker takes
     *     nothing
     * @throws HigherTermException where another instance has taken the run over
     */
    public static Lease take(
            LeaseBroker broker,
            Announcement wanted,
            Content content,
            Duration longest,
            LongConsumer replaced) {
        Lease lease = new Lease(broker, wanted, content, replaced);
        long end = System.nanoTime() + longest.toNanos();
        boolean taken = false;
        try {
            while (!taken) {
                taken = lease.isTaken(System.nanoTime() - end < 0);
            }
        } catch (JMSException | InterruptedException e) {
            lease.close();
            throw new ConfigurationException(
                    "cannot put run %s into the broker: %s"
                            .formatted(wanted.guid(), e.getMessage()));
        } catch (IOException e) {
            lease.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            lease.close();
            throw e;
        }
        lease.watch.start();
        return lease;
    }

    private Lease(LeaseBroker broker, Announcement wanted, Content content, LongConsumer replaced) {
        this.broker = broker;
        this.mine = wanted;
        this.content = content;
        this.replaced = replaced;
        this.estate = new Estate(broker, wanted.guid());
    }

    /** Takes it; false where the broker has gone away, and is waited for. */
    private boolean isTaken(boolean mayWait)
            throws JMSException, IOException, InterruptedException {
        try {
            take();
            return true;
        } catch (JMSException e) {
            // a connection that failed says so at once, or in a moment
            Thread.sleep(broker.patience().look().toMillis());
            if (!mayWait || !isAway(e)) {
                throw e;
            }
            LOG.warn("run {}: its lease waits for the broker: {}", mine.guid(), e.toString());
            return false;
        }
    }

    private synchronized boolean isAway(JMSException why) {
        boolean isClosed = session.isEmpty() && !(why instanceof JMSSecurityException);
        return isClosed || session.filter(LeaseSession::hasFailed).isPresent();
    }

    private synchronized void take() throws JMSException, IOException {
        LeaseSession opened = open();
        long end = System.nanoTime() + broker.patience().longestGhost().toNanos();
        boolean taken = receive(opened);
        while (!taken && System.nanoTime() < end) {
            taken = receive(opened);
        }
        Optional<Announcement> other = opened.announced(mine.guid());
        if (!taken && (other.isEmpty() || other.get().term() == mine.term())) {
            throw new ConfigurationException(
                    "run %s is worked on by another instance (%s)"
                            .formatted(
                                    mine.guid(), other.map(Announcement::owner).orElse("unknown")));
        }
        // an owner with a lower term ends as soon as it reads this
        publish(opened);
    }

    private LeaseSession open() throws JMSException {
        session.ifPresent(LeaseSession::close);
        session = Optional.empty();
        session = Optional.of(broker.open());
        return session.get();
    }

    /**
     * Whether the lease is there to be put anew: it was received, or nobody has it.
     *
     * @throws HigherTermException where another instance has taken the run over
     */
    private boolean receive(LeaseSession from) throws JMSException {
        Optional<Announcement> announced = from.announced(mine.guid());
        requireMine(announced);
        Optional<Announcement> got = from.receive(mine.guid(), SHORT);
        if (got.isPresent()) {
            if (got.get().term() > mine.term()) {
                from.rollback();
                requireMine(got);
            }
            return true;
        }
        return from.leases(mine.guid()) == 0;
    }

    private void requireMine(Optional<Announcement> known) {
        if (known.isPresent() && known.get().term() > mine.term()) {
            throw new HigherTermException(mine.guid(), known.get().term());
        }
    }

    /** Puts the lease, in the place of the one that was received, and a whole estate. */
    private void publish(LeaseSession to) throws JMSException, IOException {
        boolean made = mine.pieces() == 0 || !isEstateWhole(to);
        boolean others = made && to.pieces(mine.guid()) > 0;
        if (made) {
            estate.close();
            estate = new Estate(broker, mine.guid());
            mine = mine.with(estate.id(), estate.send(content));
            notBefore = System.nanoTime() + PAUSE.toNanos();
            if (!isEstateWhole(to)) {
                throw new JMSException(
                        "it does not keep what it has taken (address-full-policy or expiry-delay"
                                + " of jet-fanout.#)");
            }
        }
        putAndHold(to, mine);
        if (others) {
            removeOthers();
        }
    }

    /** What owners before have put there. In a session of its own, because it commits. */
    private void removeOthers() {
        try (LeaseSession own = broker.open()) {
            own.removeOthers(mine.guid(), estate.id());
        } catch (JMSException e) {
            LOG.debug("run {}: old parts of the estate stay: {}", mine.guid(), e.toString());
        }
    }

    private boolean isEstateWhole(LeaseSession in) throws JMSException {
        // first, because it grows
        long stored = estate.stored();
        long there = in.pieces(mine.guid());
        if (there > stored && System.nanoTime() - notBefore > 0) {
            // perhaps of an owner before, which has gone on for a moment
            notBefore = System.nanoTime() + PAUSE.toNanos();
            removeOthers();
            there = in.pieces(mine.guid());
        }
        return there >= stored;
    }

    private void putAndHold(LeaseSession to, Announcement what) throws JMSException {
        to.put(what);
        to.commit();
        Optional<Announcement> held = to.receive(what.guid(), END);
        if (held.isEmpty()) {
            throw new JMSException("the broker did not give back the lease of run " + what.guid());
        }
        lifetime = to.lifetime();
    }

    private void watch() {
        try {
            while (!closed) {
                Thread.sleep(broker.patience().look().toMillis());
                look();
                if (!closed) {
                    content.look();
                }
            }
        } catch (InterruptedException e) {
            // it is closed
        }
    }

    private void look() {
        long term;
        synchronized (this) {
            if (closed) {
                return;
            }
            try {
                if (session.isEmpty() || session.get().hasFailed()) {
                    LeaseSession opened = open();
                    if (!receive(opened)) {
                        close(opened);
                        return;
                    }
                    publish(opened);
                    LOG.info("run {}: the lease is held again", mine.guid());
                } else if (!isWhole(session.get())) {
                    LOG.warn("run {}: the broker has lost the lease or the estate", mine.guid());
                    session.get().rollback();
                    if (receive(session.get())) {
                        publish(session.get());
                    }
                }
                return;
            } catch (HigherTermException e) {
                term = e.term();
            } catch (JMSException | IOException | RuntimeException e) {
                LOG.debug("run {}: the lease waits for the broker: {}", mine.guid(), e.toString());
                session.ifPresent(this::close);
                return;
            }
        }
        // it ends this, and says so, to the end, whoever else ends it meanwhile
        synchronized (interrupting) {
            undisturbed = true;
            Thread.interrupted();
        }
        close();
        replaced.accept(term);
    }

    private void close(LeaseSession failed) {
        failed.close();
        session = Optional.empty();
    }

    private boolean isWhole(LeaseSession in) throws JMSException {
        Optional<Announcement> announced = in.announced(mine.guid());
        requireMine(announced);
        return announced.isPresent()
                && in.leases(mine.guid()) > 0
                && (System.nanoTime() - notBefore < 0 || isEstateWhole(in));
    }

    /**
     * How long the broker keeps what it has of the run; empty where it keeps that until somebody
     * takes it, as it should.
     */
    public synchronized Optional<Duration> lifetime() {
        return lifetime;
    }

    /** Something of the estate has changed; sent in the background. */
    public void change(String path, byte[] bytes) {
        estate().change(path, bytes);
    }

    /** Waits until all changes are in the broker; whether they are. */
    public boolean await(Duration longest) throws InterruptedException {
        return estate().await(longest);
    }

    private synchronized Estate estate() {
        return estate;
    }

    /**
     * This process ends, and the run has not.
     *
     * @param how who may continue it
     */
    public void leave(Hold how) {
        last(
                to -> {
                    to.put(mine.of(mine.term(), mine.owner(), how));
                    to.commit();
                });
    }

    /**
     * The run has ended: nothing of it stays in the broker.
     *
     * @return whether the broker knows that
     */
    public boolean end() {
        last(
                to -> {
                    to.withdraw(mine.guid());
                    to.commit();
                    told = true;
                    to.dissolve(mine.guid());
                });
        return told;
    }

    /**
     * Tells the broker that a run has ended whose last owner could not.
     *
     * @param term of that owner
     * @return whether the broker knows that now
     * @throws HigherTermException where another instance has taken the run over meanwhile
     */
    public static boolean end(LeaseBroker broker, String guid, long term) {
        try (LeaseSession session = broker.open()) {
            Optional<Announcement> known = session.announced(guid);
            if (known.isPresent() && known.get().term() > term) {
                throw new HigherTermException(guid, known.get().term());
            }
            if (session.leases(guid) > 0 && session.receive(guid, END).isEmpty()) {
                return false; // somebody takes it at this moment
            }
            session.withdraw(guid);
            session.commit();
            session.dissolve(guid);
            return true;
        } catch (JMSException e) {
            LOG.warn("run {}: its lease stays in the broker: {}", guid, e.toString());
            return false;
        }
    }

    private interface Last {
        void with(LeaseSession session) throws JMSException;
    }

    private void last(Last last) {
        // not for longer: nobody waits for a broker to end a run
        Thread thread =
                Daemons.start(
                        "end of lease",
                        () -> {
                            synchronized (this) {
                                if (closed) {
                                    return;
                                }
                                closed = true;
                                try {
                                    LeaseSession to =
                                            session.isPresent() && !session.get().hasFailed()
                                                    ? session.get()
                                                    : again();
                                    last.with(to);
                                } catch (JMSException | HigherTermException e) {
                                    LOG.warn(
                                            "run {}: its lease stays in the broker: {}",
                                            mine.guid(),
                                            e.toString());
                                }
                            }
                        });
        try {
            thread.join(END.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close();
    }

    private LeaseSession again() throws JMSException {
        LeaseSession opened = open();
        if (!receive(opened)) {
            throw new JMSException("another instance holds it");
        }
        return opened;
    }

    /** Gives the lease up, as the end of the process does. */
    @Override
    public void close() {
        closed = true;
        synchronized (interrupting) {
            if (!undisturbed) {
                watch.interrupt();
            }
        }
        estate.close();
        session.ifPresent(LeaseSession::close);
        broker.close();
    }
}
