package org.jetfanout.testkit;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports of this machine for servers that tests start later, or for addresses where nobody is to
 * listen. A port that the kernel names may be that of somebody's connection a moment later. These
 * are below the range from which Linux takes such ports, each is given once in a JVM, and nobody
 * listens on it at any address. Thread-safe.
 */
public final class FreePort {
    private static final int FIRST = 12_000;

    /** Linux takes ports for connections from 32768 on. */
    private static final int COUNT = 20_000;

    /** Several JVMs may run tests at the same time. */
    private static final AtomicInteger NEXT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

    private FreePort() {}

    /** A port on which nobody listens. */
    public static int next() throws IOException {
        for (int tries = 1; tries < COUNT; tries++) {
            int port = FIRST + NEXT.getAndIncrement() % COUNT;
            try (ServerSocket all = new ServerSocket(port)) {
                return all.getLocalPort();
            } catch (IOException e) {
                // somebody listens there
            }
        }
        throw new IOException("no port is free");
    }
}
