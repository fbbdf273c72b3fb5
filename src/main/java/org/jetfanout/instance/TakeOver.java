package org.jetfanout.instance;

import jakarta.jms.JMSException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jetfanout.lease.Announcement;
import org.jetfanout.lease.Announcement.Hold;
import org.jetfanout.lease.EstateReader;
import org.jetfanout.lease.LeaseBroker;
import org.jetfanout.lease.LeaseSession;
import org.jetfanout.machine.Daemons;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.record.RunFile;
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

    /** A run is taken by the process that it was handed to within this time, or by others. */
    private static final Duration HANDED = Duration.ofSeconds(30);

    /** A run that could not be taken over is left to others for so long. */
    private static final Duration FAILED = Duration.ofMinutes(1);

    /** So often the same run is begun here. */
    private static final int MOST_TRIES = 3;

    /** So many runs may wait for a new owner here; others are left to other instances. */
    private static final int MOST_RUNS = 200;

    private final LeaseBroker broker;

    /** Between two looks which runs there are. */
    private final Duration betweenLooks;

    /**
     * So long after the broker came back, owners take their leases up again before anybody else.
     */
    private final Duration grace;

    private final BrokerRequest request;
    private final String name;
    private final Set<String> zones;
    private final Path runs;
    private final Ends ends;
    private final Starter starter;
    private final Consumer<String> say;
    private final Thread looking = Daemons.thread("take-over", this::look);

    // Mutable state
    private volatile boolean closed;

    /** The runs that a thread waits for. */
    private final Map<String, Thread> waiting = new ConcurrentHashMap<>();

    /** Runs that nobody waits for here, until this time of the steady clock. */
    private final Map<String, Long> left = new ConcurrentHashMap<>();

    /** Since when runs are handed to another process. */
    private final Map<String, Long> handed = new ConcurrentHashMap<>();

    /** How often runs were begun here. */
    private final Map<String, Integer> tries = new ConcurrentHashMap<>();

    /** What was said last of a run that could not be taken over. */
    private final Map<String, String> failures = new ConcurrentHashMap<>();

    /** Where runs have ended whose owner could not tell the broker. */
    @FunctionalInterface
    public interface Ends {
        /** Nobody but this machine is asked. */
        Ends UNKNOWN = run -> Optional.empty();

        /**
         * Finds an instance that has the record of a run that has ended there.
         *
         * @return its name; empty where nobody says so
         */
        Optional<String> where(Announcement run) throws InterruptedException;
    }

    /** Starts a process that resumes a run. */
    @FunctionalInterface
    public interface Starter {
        /**
         * Starts it.
         *
         * @param run the run's folder
         * @return its exit code, once it has ended
         */
        CompletableFuture<Integer> start(Path run) throws IOException;
    }

    /**
     * @param request the broker as a resumed run names it
     * @param name of this instance
     * @param zones only runs all of whose workers are in these; empty for all runs
     * @param runs the folder of this machine's run records
     * @param ends knows which runs have ended elsewhere
     * @param say takes one line for each run that is taken over
     */
    public TakeOver(
            LeaseBroker broker,
            BrokerRequest request,
            String name,
            Set<String> zones,
            Path runs,
            Ends ends,
            Starter starter,
            Consumer<String> say) {
        this.broker = broker;
        this.betweenLooks = broker.patience().look();
        this.grace = broker.patience().silence();
        this.request = request;
        this.name = name;
        this.zones = Set.copyOf(zones);
        this.runs = runs;
        this.ends = ends;
        this.starter = starter;
        this.say = say;
    }

    /** Begins to wait. */
    public void begin() {
        looking.start();
    }

    private void look() {
        Optional<LeaseSession> session = Optional.empty();
        long since = System.nanoTime();
        while (!closed) {
            try {
                if (session.isEmpty() || session.get().hasFailed()) {
                    session.ifPresent(LeaseSession::close);
                    session = Optional.of(broker.open());
                    since = System.nanoTime();
                }
                List<Announcement> all = session.get().announced();
                handed.keySet()
                        .removeIf(guid -> all.stream().noneMatch(a -> a.guid().equals(guid)));
                boolean isSettled = isPast(since, grace);
                for (Announcement run : all) {
                    if (isSettled && isForUs(run) && waiting.size() < MOST_RUNS) {
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

    private static boolean isPast(long since, Duration time) {
        return System.nanoTime() - since > time.toNanos();
    }

    private void pause() {
        try {
            Thread.sleep(betweenLooks.toMillis());
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
        if (tries.getOrDefault(run.guid(), 0) >= MOST_TRIES) {
            return false;
        }
        return switch (run.hold()) {
            case KEPT -> {
                handed.remove(run.guid());
                yield true;
            }
            case LEFT -> false;
            case HANDED ->
                    isPast(handed.computeIfAbsent(run.guid(), g -> System.nanoTime()), HANDED);
        };
    }

    private Thread waitFor(String guid) {
        return Daemons.start("waits for run " + guid, () -> await(guid));
    }

    private void await(String guid) {
        try (LeaseSession session = broker.open()) {
            long held = System.nanoTime();
            while (!closed && !session.hasFailed()) {
                Optional<Announcement> got = session.receive(guid, betweenLooks);
                if (got.isPresent()) {
                    take(session, got.get());
                    return;
                }
                Optional<Announcement> known = session.announced(guid);
                if (session.leases(guid) > 0) {
                    held = System.nanoTime();
                } else if (known.isEmpty()) {
                    return; // it has ended
                } else if (isPast(held, broker.patience().away())) {
                    // the broker has lost it, and an owner that lives would have put it back
                    LOG.warn("run {}: the broker has lost its lease", guid);
                    session.put(known.get());
                    session.commit();
                    held = System.nanoTime();
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
        Optional<String> end = hasEnded(record) ? Optional.of(name) : endElsewhere(run);
        if (end.isPresent()) {
            // its owner could not say so
            LOG.info("run {} has ended at {}: its lease and estate are removed", guid, end.get());
            session.withdraw(guid);
            session.commit();
            session.dissolve(guid);
            return;
        }
        long term = run.term() + 1;
        List<String> missing = List.of();
        boolean made = false;
        try {
            boolean wasHere = Files.exists(record);
            missing = inherit(run, term, record);
            made = !wasHere;
            session.put(run.of(term, name, Hold.HANDED));
            session.commit();
        } catch (IOException | RuntimeException e) {
            LOG.warn("run {} cannot be taken over here: {}", guid, e.toString());
            String why = e.getMessage();
            if (!String.valueOf(why).equals(failures.put(guid, String.valueOf(why)))) {
                say.accept(
                        "run %s: its owner %s does not respond, and this instance cannot take it over: %s"
                                .formatted(guid, run.owner(), why));
            }
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

    private Optional<String> endElsewhere(Announcement run) {
        try {
            return ends.where(run);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
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
            tries.merge(run.guid(), 1, Integer::sum);
            CompletableFuture<Void> end =
                    starter.start(record).thenAccept(exit -> ended(run.guid(), record, exit));
            LOG.debug("run {} goes on: {}", run.guid(), end);
        } catch (IOException e) {
            LOG.error("run {} cannot be resumed: {}", run.guid(), e.toString());
        }
    }

    /** The process that was to go on with a run has ended. */
    private void ended(String guid, Path folder, int exit) {
        try (RunRecord record = RunRecord.at(folder)) {
            if (exit != 0
                    && !hasEnded(folder)
                    && record.takenOver().isEmpty()
                    && !record.isOwned()) {
                List<String> lines =
                        Files.exists(RunFile.BACKGROUND_LOG.in(folder))
                                ? Files.readAllLines(RunFile.BACKGROUND_LOG.in(folder))
                                : List.of();
                say.accept(
                        "run %s does not go on here (exit code %d)%s"
                                .formatted(
                                        guid,
                                        exit,
                                        lines.isEmpty() ? "" : ": " + lines.get(lines.size() - 1)));
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("run {} has ended: {}", guid, e.toString());
        }
    }

    private static boolean hasEnded(Path folder) {
        if (!Files.exists(folder)) {
            return false;
        }
        try (RunRecord record = RunRecord.at(folder)) {
            return !record.isOwned() && record.summary().isPresent();
        }
    }

    /** Whether the run has been on this machine up to now: its record is as new as it can be. */
    private static boolean isLatest(Path folder, Announcement run) throws IOException {
        try (RunRecord record = RunRecord.at(folder)) {
            if (record.isOwned()) {
                throw new IOException("a process of this machine has it");
            }
            return record.takenOver().isEmpty() && record.term() >= run.term();
        }
    }

    private List<String> inherit(Announcement run, long term, Path record)
            throws IOException, JMSException {
        boolean wasHere = Files.exists(record);
        if (wasHere && isLatest(record, run)) {
            return List.of();
        }
        Path arriving = runs.resolve(".arriving").resolve(run.guid());
        PrivateFiles.remove(arriving);
        Files.createDirectories(arriving, PrivateFiles.FOLDER);
        try {
            Map<String, byte[]> changes = new EstateReader(broker, run).read(arriving);
            InheritedRun inherited = new InheritedRun(arriving, request);
            if (wasHere) {
                inherited.refresh(changes, term, record);
            } else {
                inherited.make(changes, term, record);
            }
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
