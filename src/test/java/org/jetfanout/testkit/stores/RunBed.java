package org.jetfanout.testkit.stores;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.logs.LogDocumentReader;
import org.jetfanout.record.Frame;
import org.jetfanout.record.RunRecord;
import org.jetfanout.record.SinkFolder;
import org.jetfanout.runner.Stream;
import org.jetfanout.sink.SinkDelivery;
import org.jetfanout.sink.SinkSender;
import org.jetfanout.sink.shipping.Shipper;
import org.jetfanout.sink.shipping.ShippingLimits;
import org.jetfanout.testkit.Waiting;
import org.jetfanout.text.Redaction;

/** A run record to which tests write lines, with shippers that read it. */
public final class RunBed implements AutoCloseable {
    /** The id of the run. */
    public static final String GUID = "5f0c1a52-0000-4000-8000-000000000001";

    /** Limits with short pauses. */
    public static final ShippingLimits QUICK =
            new ShippingLimits(
                    100,
                    1 << 20,
                    OptionalLong.empty(),
                    Duration.ofMillis(20),
                    Duration.ofMillis(5),
                    Duration.ofMillis(40));

    private final RunRecord record;
    private final Map<String, Integer> lines = new HashMap<>();

    /** The messages for people. */
    public final List<String> said = Collections.synchronizedList(new ArrayList<>());

    /** Creates a record in this folder. */
    public RunBed(Path runs) {
        record = RunRecord.create(runs, GUID);
    }

    /** The record. */
    public RunRecord record() {
        return record;
    }

    /** The folder of a sink in the record. */
    public Path folder(String sink) {
        return record.folder().resolve("sinks").resolve(sink);
    }

    /** Writes this many more lines of a batch: {@code BATCH line N}, from 1. */
    public RunBed lines(String batch, int count) {
        int first = lines.merge(batch, count, Integer::sum) - count + 1;
        StringBuilder text = new StringBuilder();
        for (int n = first; n < first + count; n++) {
            text.append(batch).append(" line ").append(n).append('\n');
        }
        text(batch, text.toString());
        return this;
    }

    /** Writes text of a batch. */
    public void text(String batch, String text) {
        record.append(
                new Frame(
                        GUID,
                        batch,
                        "w1",
                        Stream.OUTPUT,
                        record.storedBytes(batch, Stream.OUTPUT),
                        text.getBytes(StandardCharsets.UTF_8),
                        Instant.now()));
    }

    /** A shipper that is not started. */
    public Shipper shipper(String sink, SinkSender route, ShippingLimits pace) {
        SinkFolder kept = record.sinks().open(sink);
        return new Shipper(
                GUID,
                kept,
                new LogDocumentReader(record, Redaction.of(List.of()), kept.positions()),
                route,
                pace,
                said::add);
    }

    /** Ships everything and closes the shipper. */
    public void shipAll(String sink, SinkSender route, ShippingLimits pace) {
        try (Shipper shipper = shipper(sink, route, pace)) {
            shipper.start();
            shipper.finish(true);
            Waiting.until("all is shipped", shipper::hasEnded);
        }
    }

    @Override
    public void close() {
        record.close();
    }

    /** A sink that keeps what it gets. Thread-safe. */
    public static final class Store implements SinkSender {
        private final List<LogDocument> all = new ArrayList<>();
        private final List<Integer> frames = new ArrayList<>();

        @Override
        public synchronized void send(SinkDelivery delivery) {
            all.addAll(delivery.documents());
            frames.add(delivery.documents().size());
        }

        /** The messages of a batch's lines, in the order in which they arrived. */
        public synchronized List<String> messages(String batch) {
            return all.stream()
                    .filter(record -> record.batch().equals(batch))
                    .map(LogDocument::message)
                    .toList();
        }

        /** The ids of all documents, in the order in which they arrived. */
        public synchronized List<String> ids() {
            return all.stream().map(LogDocument::id).toList();
        }

        /** The sizes of the frames. */
        public synchronized List<Integer> frames() {
            return List.copyOf(frames);
        }

        /** How many documents it has. */
        public synchronized int size() {
            return all.size();
        }
    }
}
