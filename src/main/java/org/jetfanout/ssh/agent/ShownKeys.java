package org.jetfanout.ssh.agent;

import java.util.List;
import org.jetfanout.ssh.KeysForHosts;

/**
 * Which keys of the user's agent a worker is shown. Settled before anything is sent, by {@link
 * KeysForHosts}, and the same for all of a run: what logs in where, and when, changes nothing.
 *
 * @param kind how they were found
 * @param keys fingerprints ({@code SHA256:…}) or comments; nothing for {@link Kind#BUT_LOGIN}
 */
public record ShownKeys(Kind kind, List<String> keys) {
    /** How keys for hosts are found. */
    public enum Kind {
        /** The user named them. */
        NAMED,
        /** Those that are left beside the keys that are named for workers; they never log in. */
        LEFT,
        /** There is one machine only: all keys but those that its session logged in with. */
        BUT_LOGIN
    }

    /** Copies the list. */
    public ShownKeys {
        keys = List.copyOf(keys);
    }

    /** Those that the user named. */
    public static ShownKeys named(List<String> keys) {
        return new ShownKeys(Kind.NAMED, keys);
    }

    /** Whether a key is among them, for a session that logged in with none of this key's kind. */
    public boolean has(String fingerprint, String comment) {
        return switch (kind) {
            case NAMED -> keys.contains(fingerprint) || keys.contains(comment);
            case LEFT -> keys.contains(fingerprint);
            case BUT_LOGIN -> true;
        };
    }
}
