package org.jetfanout.it.faults;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jetfanout.bundle.Archive;
import org.jetfanout.lease.Announcement;
import org.jetfanout.lease.Announcement.Hold;
import org.jetfanout.lease.Lease;
import org.jetfanout.lease.LeaseBroker;
import org.jetfanout.link.SharedKey;
import org.jetfanout.queue.Broker;

/** A process that owns a run without doing anything about it, until it is killed. */
final class LeaseHolder {
    private static final int PIECES_BYTES = 3 << 20;

    private LeaseHolder() {}

    static LeaseBroker broker(String url, Path key) {
        return new LeaseBroker(Broker.of(url, Map.of()), SharedKey.read(key));
    }

    /**
     * The process. It says what it hears, a line each.
     *
     * @param args URL of the broker, key file, GUID
     */
    public static void main(String[] args) throws InterruptedException {
        Announcement run = new Announcement(args[2], 1, "holder", Hold.KEPT, Set.of("eu"), "", 0);
        Lease lease =
                Lease.take(
                        broker(args[0], Path.of(args[1])),
                        run,
                        LeaseHolder::write,
                        term -> System.out.println("replaced " + term));
        lease.change("bundles/0002.json", "changed".getBytes(StandardCharsets.UTF_8));
        System.out.println("held");
        Thread.sleep(Long.MAX_VALUE);
    }

    private static void write(OutputStream out) throws java.io.IOException {
        Archive archive = new Archive(out);
        archive.file("request.json", "{}".getBytes(StandardCharsets.UTF_8));
        byte[] large = new byte[PIECES_BYTES];
        new java.util.Random(1).nextBytes(large);
        archive.file("bundles/common", large);
        archive.endArchive();
    }
}
