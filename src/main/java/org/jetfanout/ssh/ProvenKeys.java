package org.jetfanout.ssh;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jetfanout.ssh.keys.KeyBlob;

/** The keys that have logged in somewhere: they will elsewhere, too. Thread-safe. */
final class ProvenKeys {
    private final Set<KeyBlob> keys = ConcurrentHashMap.newKeySet();

    void add(KeyBlob key) {
        keys.add(key);
    }

    boolean has(KeyBlob key) {
        return keys.contains(key);
    }
}
