package org.jetfanout.logs;

import java.util.Arrays;
import java.util.Collection;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The names of a batch's hosts, in eight bytes each. They are hashes with a secret seed, so that a
 * worker cannot make up a name with the same hash as another. Immutable.
 */
final class HostSet {
    private static final long SEED = ThreadLocalRandom.current().nextLong() | 1;

    private final long[] hashes;

    private HostSet(long[] hashes) {
        this.hashes = hashes;
    }

    static HostSet of(Collection<String> hosts) {
        long[] hashes = hosts.stream().mapToLong(HostSet::hash).toArray();
        Arrays.sort(hashes);
        return new HostSet(hashes);
    }

    boolean has(String host) {
        return Arrays.binarySearch(hashes, hash(host)) >= 0;
    }

    private static long hash(String name) {
        long hash = SEED;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x9e3779b97f4a7c15L;
            hash ^= hash >>> 29;
        }
        hash = (hash ^ SEED) * 0xbf58476d1ce4e5b9L;
        return hash ^ (hash >>> 32);
    }
}
