package org.jetfanout.run;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jetfanout.dispatch.TakenOverException;
import org.jetfanout.lease.Announcement;
import org.jetfanout.lease.Announcement.Hold;
import org.jetfanout.lease.HigherTermException;
import org.jetfanout.lease.Lease;
import org.jetfanout.lease.LeaseBroker;
import org.jetfanout.lease.Redelivery;
import org.jetfanout.link.SharedKey;
import org.jetfanout.machine.Daemons;
import org.jetfanout.machine.HostName;
import org.jetfanout.pack.Bundles;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.queue.Broker;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.RunEvent;
import org.jetfanout.record.RunFile;
import org.jetfanout.record.RunListener;
import org.jetfanout.record.RunRecord;
import org.jetfanout.text.Durations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * That this process owns its run, for the other instances at the broker; nothing where the run's
 * broker has no shared key. Thread-safe.
 */
final class Ownership implements RunListener {
    private static final Logger LOG = LoggerFactory.getLogger(Ownership.class);

    /** A batch goes to another worker only when whoever takes the run over would know that. */
    private static final Duration KNOWN_ELSEWHERE = Duration.ofMinutes(1);

    private final RunRecord record;
    private final Bundles bundles;
    private final Set<String> begun = ConcurrentHashMap.newKeySet();

    // Mutable state
    private volatile Optional<Lease> lease = Optional.empty();

    /** What the others know of files that change. */
    private final Map<RunFile, byte[]> told = new EnumMap<>(RunFile.class);

    Ownership(RunRecord record, Bundles bundles) {
        this.record = record;
        this.bundles = bundles;
    }

    /**
     * Takes the run, before any of its batches is queued.
     *
     * @param plan its batches without a result
     * @param key that the instances share; empty where this is the only one
     * @param replaced takes the term of another owner, where one takes the run over
     */
    void begin(RunRequest request, Plan plan, Optional<SharedKey> key, LongConsumer replaced)
            throws IOException {
        if (key.isEmpty()) {
            return;
        }
        Broker broker = request.broker().orElseThrow().broker();
        Announcement wanted =
                new Announcement(
                        record.guid(),
                        record.term(),
                        HostName.get(),
                        Hold.KEPT,
                        zones(plan),
                        "",
                        0);
        LeaseBroker leases = new LeaseBroker(broker, key.get());
        try {
            lease =
                    Optional.of(
                            Lease.take(
                                    leases,
                                    wanted,
                                    new Content(new RunEstate(record, request)),
                                    request.broker().orElseThrow().patience(),
                                    term -> {
                                        record.storeTakenOver(term);
                                        replaced.accept(term);
                                    }));
        } catch (HigherTermException e) {
            record.storeTakenOver(e.term());
            throw new TakenOverException(record.guid(), e.term());
        }
    }

    /** What goes into the estate, and what changes of it while nothing else happens. */
    private final class Content implements Lease.Content {
        private final RunEstate estate;

        Content(RunEstate estate) {
            this.estate = estate;
        }

        @Override
        public void write(OutputStream out) throws IOException {
            estate.write(out);
        }

        @Override
        public void look() {
            RunEstate.CHANGING.forEach(Ownership.this::changed);
        }
    }

    /** What is not as it should be at the broker, in one line. */
    Optional<String> warning() {
        return lease.flatMap(Lease::lifetime)
                .map(
                        time ->
                                ("warning: the broker drops what it has of this run after %s"
                                                + " (expiry-delay of jet-fanout.#): then no other"
                                                + " instance can take the run over")
                                        .formatted(Durations.text(time)));
    }

    /**
     * Finds out what else is not as it should be; beside the run, because the broker may take its
     * time.
     *
     * @param say takes what people should know, a line each
     */
    void examine(RunRequest request, Optional<SharedKey> key, Consumer<String> say) {
        if (key.isEmpty()) {
            return;
        }
        Broker broker = request.broker().orElseThrow().broker();
        Daemons.start(
                "redelivery",
                () -> {
                    try (LeaseBroker leases = new LeaseBroker(broker, key.get())) {
                        Redelivery.of(leases, record.guid())
                                .flatMap(Ownership::warning)
                                .ifPresent(say);
                    }
                });
    }

    private static Optional<String> warning(Redelivery found) {
        return switch (found) {
            case SOON -> Optional.empty();
            case LATE ->
                    Optional.of(
                            "warning: the broker is slow to give back what a dead instance had"
                                    + " (redelivery-delay of jet-fanout.#): another instance takes"
                                    + " the run over that much later");
            case NEVER ->
                    Optional.of(
                            "warning: the broker drops what it has delivered once"
                                    + " (max-delivery-attempts of jet-fanout.#): another instance"
                                    + " takes the run over later, and batches are queued again");
        };
    }

    private Set<String> zones(Plan plan) throws IOException {
        Set<String> zones = new TreeSet<>();
        for (Batch batch : plan.batches()) {
            zones.add(bundles.message(batch.id()).zone());
        }
        return zones;
    }

    /** The process ends, and the run has not. */
    void leave() {
        lease.ifPresent(held -> held.leave(Hold.LEFT));
    }

    /** Another process of this machine goes on with the run at once. */
    void handOver() {
        lease.ifPresent(held -> held.leave(Hold.HANDED));
    }

    /**
     * The run has ended.
     *
     * @return whether the broker knows that
     */
    boolean end() {
        return lease.map(Lease::end).orElse(true);
    }

    /**
     * Tells the broker that the run has ended, where its owner could not.
     *
     * @return what people should know, in one line
     */
    String endLater(RunRequest request) {
        Optional<Broker> broker = request.broker().map(BrokerRequest::broker);
        Optional<Path> key = broker.flatMap(Broker::sharedKey);
        boolean known = true;
        if (key.isPresent()) {
            try (LeaseBroker leases = new LeaseBroker(broker.get(), SharedKey.read(key.get()))) {
                known = Lease.end(leases, record.guid(), record.term());
            } catch (HigherTermException e) {
                record.storeStillAnnounced(false);
                return "run %s has ended here, but the broker did not know that, and another instance has taken it over (term %d): it collects the same results"
                        .formatted(record.guid(), e.term());
            }
        }
        if (!known) {
            return stillAnnounced();
        }
        record.storeStillAnnounced(false);
        return "the broker knows now that run %s has ended".formatted(record.guid());
    }

    /** In one line. */
    String stillAnnounced() {
        return "warning: the broker does not know that run %s has ended, so another instance may take it over and collect its results again. When the broker is back, a hand or the next run of this machine tells it, or: jet-fanout resume %1$s"
                .formatted(record.guid());
    }

    @Override
    public void state(RunEvent.State event) {
        if (lease.isEmpty()) {
            return;
        }
        if (event.state() == BatchState.QUEUED) {
            moved(event.batch());
        } else if (begun.add(event.batch())) {
            change(RunEstate.BEGUN + event.batch(), RunEstate.text(Instant.now().toString()));
        }
    }

    /** A batch may have another worker: that is known elsewhere before it is queued for it. */
    private void moved(String batch) {
        String name = batch + ".json";
        Path file = record.file(RunFile.BUNDLES).resolve(name);
        try {
            change(RunFile.BUNDLES.path() + "/" + name, Files.readAllBytes(file));
            if (!lease.orElseThrow().await(KNOWN_ELSEWHERE)) {
                LOG.warn("the broker has not taken yet that batch {} has another worker", batch);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void result(RunEvent.Result event) {
        if (RunEstate.hasJob(event.result().state())) {
            change(RunEstate.ENDED + event.result().batch(), new byte[0]);
        }
        changed(RunFile.PLAYS);
    }

    @Override
    public void rollout(RunEvent.Rollout event) {
        changed(RunFile.ROLLOUT);
        changed(RunFile.PLAYS);
    }

    private void changed(RunFile file) {
        Path path = record.file(file);
        if (lease.isEmpty() || !Files.exists(path)) {
            return;
        }
        try {
            synchronized (told) {
                byte[] now = Files.readAllBytes(path);
                if (!Arrays.equals(now, told.put(file, now))) {
                    change(file.path(), now);
                }
            }
        } catch (IOException e) {
            LOG.warn("cannot read {}: {}", path, e.toString());
        }
    }

    private void change(String path, byte[] content) {
        lease.ifPresent(held -> held.change(path, content));
    }
}
