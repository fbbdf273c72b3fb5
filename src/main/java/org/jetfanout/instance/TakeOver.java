package org.jetfanout.instance;

import jakarta.jms.JMSException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jetfanout.lease.Announcement;
import org.jetfanout.lease.Announcement.Hold;
import org.jetfanout.lease.EstateReader;
import org.jetfanout.lease.LeaseBroker;
import org.jetfanout.lease.LeaseSession;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.record.RunRecord;
import org.jetfanout.run.BrokerRequest;
import org.jetfanout.run.InheritedRun;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for runs whose owner dies, and takes them over: it unpacks what the broker has of a run
 * into a record of its own, takes a higher term, and starts a process that resumes the run. Who
 * gets the lease of a run first does that; the broker decides it. Thread-safe.
 */
public final class TakeOver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TakeOver.class);
    private static final Duration LOOK = Duration.ofSeconds(2);

    /** A run is taken by the process that it was handed to within this time, or by others. */
    private static final Duration HANDED = Duration.ofSeconds(30);

    /** A run that could not be taken over is left to others for so long. */
    private static final Duration FAILED = Duration.ofMinutes(1);

    /** So many runs may wait for a new owner here; others are left to other instances. */
    private static final int MOST_RUNS = 200;

    private final LeaseBroker broker;
    private final BrokerRequest request;
    private final String name;
    private final Set<String> zones;
    private final Path runs;
    private final Starter starter;
    private final Consumer<String> say;
    private final Thread looking = new Thread(this::look, "take-over");

    // Mutable state
    private volatile boolean closed;

    /** The runs that a thread waits for. */
    private final Map<String, Thread> waiting = new ConcurrentHashMap<>();

    /** Runs that nobody waits for here, until this time of the steady clock. */
    private final Map<String, Long> left = new ConcurrentHashMap<>();

    /** Since when runs are handed to another process. */
    private final Map<String, Long> handed = new HashMap<>();

    /** Starts a process that resumes a run. */
    @FunctionalInterface
    public interface Starter {
        /**
         * Starts it.
         *
         * @param run the run's folder
         */
        void start(Path run) throws IOException;
    }

    /**
     * @param request the broker as a resumed run names it
     * @param name of this instance
     * @param zones only runs all of whose workers are in these; empty for all runs
     * @param runs the folder of this machine's run records
     * @param say takes one line for each run that is taken over
     */
    public TakeOver(
            LeaseBroker broker,
            BrokerRequest request,
            String name,
            Set<String> zones,
            Path runs,
            Starter starter,
            Consumer<String> say) {
        this.broker = broker;
        this.request = request;
        this.name = name;
        this.zones = Set.copyOf(zones);
        this.runs = runs;
        this.starter = starter;
        this.say = say;
        looking.setDaemon(true);
    }

    /** Begins to wait. */
    public void begin() {
        looking.start();
    }

    private void look() {
        Optional<LeaseSession> session = Optional.empty();
        while (!closed) {
            try {
                if (session.isEmpty() || session.get().hasFailed()) {
                    session.ifPresent(LeaseSession::close);
                    session = Optional.of(broker.open());
                }
                List<Announcement> all = session.get().announced();
                handed.keySet()
                        .removeIf(guid -> all.stream().noneMatch(a -> a.guid().equals(guid)));
                for (Announcement run : all) {
                    if (isForUs(run) && waiting.size() < MOST_RUNS) {
                        waiting.computeIfAbsent(run.guid(), this::waitFor);
                    }
                }
            } catch (JMSException | RuntimeException e) {
                LOG.debug("cannot look for runs: {}", e.toString());
                session.ifPresent(LeaseSession::close);
                session = Optional.empty();
            }
            pause();
        }
        session.ifPresent(LeaseSession::close);
    }

    private void pause() {
        try {
            Thread.sleep(LOOK.toMillis());
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    private boolean isForUs(Announcement run) {
        Long until = left.get(run.guid());
        if (until != null && System.nanoTime() - until < 0) {
            return false;
        }
        if (!zones.isEmpty() && !zones.containsAll(run.zones())) {
            return false;
        }
        return switch (run.hold()) {
            case KEPT -> {
                handed.remove(run.guid());
                yield true;
            }
            case LEFT -> false;
            case HANDED ->
                    System.nanoTime() - handed.computeIfAbsent(run.guid(), g -> System.nanoTime())
                            > HANDED.toNanos();
        };
    }

    private Thread waitFor(String guid) {
        Thread thread = new Thread(() -> await(guid), "waits for run " + guid);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void await(String guid) {
        try (LeaseSession session = broker.open()) {
            while (!closed && !session.hasFailed()) {
                Optional<Announcement> got = session.receive(guid, LOOK);
                if (got.isPresent()) {
                    take(session, got.get());
                    return;
                }
                if (session.announced().stream().noneMatch(run -> run.guid().equals(guid))) {
                    return; // it has ended
                }
            }
        } catch (JMSException | RuntimeException e) {
            LOG.debug("run {}: cannot wait for its lease: {}", guid, e.toString());
        } finally {
            waiting.remove(guid);
        }
    }

    /** The lease is ours, until the connection ends. */
    private void take(LeaseSession session, Announcement run) throws JMSException {
        if (run.hold() == Hold.LEFT || (run.hold() == Hold.HANDED && !isForUs(run))) {
            giveBack(session, run);
            return;
        }
        String guid = run.guid();
        Path record = runs.resolve(guid);
        long term = run.term() + 1;
        List<String> missing = List.of();
        boolean made = false;
        try {
            if (Files.exists(record)) {
                requireIdle(record);
            } else {
                missing = inherit(run, term, record);
                made = true;
            }
            session.put(run.of(term, name, Hold.HANDED));
            session.commit();
        } catch (IOException | RuntimeException e) {
            LOG.warn("run {} cannot be taken over here: {}", guid, e.toString());
            left.put(guid, System.nanoTime() + FAILED.toNanos());
            giveBack(session, run);
            return;
        } catch (JMSException e) {
            // it is another's now
            if (made) {
                remove(record);
            }
            throw e;
        }
        session.close();
        start(run, term, record, missing);
    }

    private void start(Announcement run, long term, Path record, List<String> missing) {
        try {
            say.accept(
                    "run %s: its owner %s does not respond; this instance takes it over (term %d)%s"
                            .formatted(
                                    run.guid(),
                                    run.owner(),
                                    term,
                                    missing.isEmpty()
                                            ? ""
                                            : ". Not here: " + String.join("; ", missing)));
            left.put(run.guid(), System.nanoTime() + HANDED.toNanos());
            starter.start(record);
        } catch (IOException e) {
            LOG.error("run {} cannot be resumed: {}", run.guid(), e.toString());
        }
    }

    /** The run was begun on this machine: its record is whole. */
    private static void requireIdle(Path folder) throws IOException {
        try (RunRecord record = RunRecord.at(folder)) {
            if (record.isOwned()) {
                throw new IOException("a process of this machine has it");
            }
        }
    }

    private List<String> inherit(Announcement run, long term, Path record)
            throws IOException, JMSException {
        Path arriving = runs.resolve(".arriving").resolve(run.guid());
        PrivateFiles.remove(arriving);
        Files.createDirectories(arriving, PrivateFiles.FOLDER);
        try {
            Map<String, byte[]> changes = new EstateReader(broker, run).read(arriving);
            InheritedRun inherited = new InheritedRun(arriving, request);
            inherited.make(changes, term, record);
            return new ArrayList<>(inherited.missing());
        } finally {
            remove(arriving);
        }
    }

    private static void remove(Path folder) {
        try {
            PrivateFiles.remove(folder);
        } catch (IOException e) {
            LOG.warn("{} cannot be removed: {}", folder, e.toString());
        }
    }

    /**
     * Puts the lease back for others; a new message, because a broker counts how often one came.
     */
    private static void giveBack(LeaseSession session, Announcement run) throws JMSException {
        session.put(run);
        session.commit();
    }

    @Override
    public void close() {
        closed = true;
        looking.interrupt();
        waiting.values().forEach(Thread::interrupt);
        broker.close();
    }
}
