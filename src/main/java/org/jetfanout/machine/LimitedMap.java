package org.jetfanout.machine;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A map with a limit: when an entry comes that is one too many, the eldest goes. It is for what
 * others make us remember (addresses, senders, keys), so that nobody can fill the memory. Not
 * thread-safe.
 */
public final class LimitedMap<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;

    private final int most;

    private LimitedMap(int most, boolean byUse) {
        super(16, 0.75f, byUse);
        this.most = most;
    }

    /** A map of at most so many entries; the one that came first is the eldest. */
    public static <K, V> Map<K, V> byArrival(int most) {
        return new LimitedMap<>(most, false);
    }

    /**
     * A map of at most so many entries; the one that was not used for the longest is the eldest.
     */
    public static <K, V> Map<K, V> byUse(int most) {
        return new LimitedMap<>(most, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > most;
    }
}
