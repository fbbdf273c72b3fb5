package org.jetfanout.remote;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jetfanout.machine.BackOff;
import org.jetfanout.machine.Daemons;

/**
 * The events of a run, over as many connections as it takes: after each one that was lost it goes
 * on behind the last event. Not thread-safe.
 */
final class EventStream {
    /** The service says something every 15 seconds. */
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final long LOOK_MILLIS = 5000;

    private final ServiceClient client;
    private final String path;

    // Mutable state
    private String last = "";

    EventStream(ServiceClient client, String path) {
        this.client = client;
        this.path = path;
    }

    /** Takes an event. */
    interface Taker {
        /** Returns whether to go on. */
        boolean take(ServerEventReader.Event event) throws IOException, InterruptedException;
    }

    /**
     * Follows the run.
     *
     * @param lost is told once each time that the connection is lost for longer
     * @throws IOException where the service cannot be reached any more
     */
    @SuppressWarnings("try") // the watch works beside this thread
    void follow(Taker taker, Consumer<String> lost) throws IOException, InterruptedException {
        BackOff pauses = ServiceClient.pauses();
        long heard = System.nanoTime();
        boolean told = false;
        while (true) {
            IOException failure;
            try (InputStream in = client.stream(path, last)) {
                ServerEventReader reader = new ServerEventReader(in);
                try (Watch unused = new Watch(in, reader)) {
                    if (told) {
                        lost.accept("connected to the service again");
                        told = false;
                    }
                    for (Optional<ServerEventReader.Event> event = reader.read();
                            event.isPresent();
                            event = reader.read()) {
                        heard = System.nanoTime();
                        pauses.reset();
                        if (!taker.take(event.get())) {
                            return;
                        }
                        if (!event.get().id().isEmpty()) {
                            last = event.get().id();
                        }
                    }
                    failure = new IOException("the connection ended");
                }
            } catch (ServiceException e) {
                if (e.status() / 100 != 5 && e.status() != 429) {
                    throw e;
                }
                failure = new IOException(e.getMessage(), e);
            } catch (IOException e) {
                failure = e;
            }
            if (System.nanoTime() - heard > client.patience().toNanos()) {
                throw new IOException(client.unreached(failure), failure);
            }
            // at once, the first time: a service that restarts closes all of its streams
            TimeUnit.MILLISECONDS.sleep(pauses.next().toMillis());
            if (!told && System.nanoTime() - heard > TimeUnit.SECONDS.toNanos(3)) {
                lost.accept("lost the connection to the service, retrying (the run goes on there)");
                told = true;
            }
        }
    }

    /** Closes a connection over which nothing comes any more. */
    private static final class Watch implements AutoCloseable {
        private final InputStream in;
        private final ServerEventReader reader;
        private final Thread thread;

        Watch(InputStream in, ServerEventReader reader) {
            this.in = in;
            this.reader = reader;
            this.thread = Daemons.start("stream-watch", this::look);
        }

        private void look() {
            try {
                while (System.nanoTime() - reader.heard() < SILENCE_NANOS) {
                    TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                }
                in.close();
            } catch (InterruptedException | IOException e) {
                // the connection has ended
            }
        }

        @Override
        public void close() {
            thread.interrupt();
        }
    }
}
