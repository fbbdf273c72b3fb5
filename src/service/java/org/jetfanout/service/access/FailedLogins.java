package org.jetfanout.service.access;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.jetfanout.machine.LimitedMap;

/**
 * Counts wrong tokens for each address from which they come, and says when it has been too many.
 * The addresses of one IPv6 network of a customer (/64) are one. Thread-safe.
 */
final class FailedLogins {
    /** So many wrong tokens in a row, and the address waits. */
    static final int MOST = 10;

    /** For how long wrong tokens are remembered. */
    static final Duration MEMORY = Duration.ofMinutes(1);

    private static final int MOST_ADDRESSES = 10_000;
    private static final int NETWORK_BYTES = 8;

    private final InstantSource clock;

    // Mutable state
    private final Map<String, Failures> byAddress = LimitedMap.byArrival(MOST_ADDRESSES);

    private record Failures(int count, Instant until) {}

    FailedLogins(InstantSource clock) {
        this.clock = clock;
    }

    /** How long this address must wait; zero where it need not. */
    synchronized Duration wait(String address) {
        Failures failures = byAddress.get(key(address));
        Instant now = clock.instant();
        if (failures == null || failures.count < MOST || !now.isBefore(failures.until)) {
            return Duration.ZERO;
        }
        return Duration.between(now, failures.until);
    }

    /** A wrong token came from this address. Returns how many have come. */
    synchronized int add(String address) {
        Instant now = clock.instant();
        Failures failures = byAddress.remove(key(address));
        int count = failures == null || !now.isBefore(failures.until) ? 1 : failures.count + 1;
        byAddress.put(key(address), new Failures(count, now.plus(MEMORY)));
        return count;
    }

    private static String key(String address) {
        if (!address.contains(":")) {
            return address;
        }
        try {
            byte[] bytes = InetAddress.getByName(address.replaceFirst("%.*", "")).getAddress();
            return bytes.length > NETWORK_BYTES
                    ? HexFormat.of().formatHex(Arrays.copyOf(bytes, NETWORK_BYTES))
                    : address;
        } catch (UnknownHostException e) {
            return address;
        }
    }
}
