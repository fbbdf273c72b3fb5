package org.jetfanout.it.faults;

import jakarta.jms.JMSException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jetfanout.bundle.Archive;
import org.jetfanout.lease.Announcement;
import org.jetfanout.lease.Announcement.Hold;
import org.jetfanout.lease.EstateReader;
import org.jetfanout.lease.Lease;
import org.jetfanout.lease.LeaseBroker;
import org.jetfanout.lease.LeaseSession;
import org.jetfanout.link.SharedKey;
import org.jetfanout.queue.Broker;

/** A process that owns a run without doing anything about it, until it is killed. */
final class LeaseHolder {
    private static final int PIECES_BYTES = 3 << 20;
    private static final Duration LONGEST_OUTAGE = Duration.ofMinutes(2);
    private static final Duration INSTANCE_TIMEOUT = Duration.ofSeconds(2);

    private LeaseHolder() {}

    static LeaseBroker broker(String url, Path key) {
        Broker broker =
                new Broker(url, "", "", Optional.empty(), Optional.empty(), INSTANCE_TIMEOUT);
        return new LeaseBroker(broker, SharedKey.read(key));
    }

    /**
     * What has changed since the estate of a run was packed, as the broker knows it.
     *
     * @param folder for what it reads
     */
    static Map<String, byte[]> changes(String url, Path key, String guid, Path folder)
            throws IOException, JMSException {
        try (LeaseBroker broker = broker(url, key);
                LeaseSession session = broker.open()) {
            return new EstateReader(broker, session.announced(guid).orElseThrow())
                    .read(Files.createTempDirectory(folder, "estate"));
        }
    }

    /** Removes the announcements of all runs. */
    static void withdrawAll(String url, Path key) throws JMSException {
        try (LeaseBroker broker = broker(url, key);
                LeaseSession session = broker.open()) {
            for (Announcement run : session.announced()) {
                session.withdraw(run.guid());
                session.commit();
            }
        }
    }

    /**
     * The process. It says what it hears, a line each.
     *
     * @param args URL of the broker, key file, GUID
     */
    public static void main(String[] args) throws InterruptedException {
        Lease lease = take(args[0], Path.of(args[1]), args[2]);
        lease.change("bundles/0002.json", "changed".getBytes(StandardCharsets.UTF_8));
        System.out.println("held");
        Thread.sleep(Long.MAX_VALUE);
    }

    /** Takes the lease of a run. */
    static Lease take(String url, Path key, String guid) {
        return take(url, key, guid, LeaseHolder::replaced);
    }

    /**
     * Takes the lease of a run.
     *
     * @param replaced takes the term of another owner
     */
    static Lease take(String url, Path key, String guid, LongConsumer replaced) {
        return Lease.take(
                broker(url, key),
                new Announcement(guid, 1, "holder", Hold.KEPT, Set.of("eu"), "", 0),
                LeaseHolder::write,
                LONGEST_OUTAGE,
                replaced);
    }

    private static void replaced(long term) {
        // the process has an end to make: files to write, connections to close
        boolean interrupted = Thread.currentThread().isInterrupted();
        System.out.println("replaced " + term + (interrupted ? ", interrupted" : ""));
    }

    private static void write(OutputStream out) throws IOException {
        Archive archive = new Archive(out);
        archive.file("request.json", "{}".getBytes(StandardCharsets.UTF_8));
        byte[] large = new byte[PIECES_BYTES];
        new java.util.Random(1).nextBytes(large);
        archive.file("bundles/common", large);
        archive.endArchive();
    }
}
