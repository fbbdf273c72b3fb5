package org.jetfanout.ssh.agent;

import java.util.List;
import org.jetfanout.ssh.KeysForHosts;

/**
 * Which keys of the user's agent a worker may see. {@link KeysForHosts} decides this before
 * anything is sent, and it stays the same during a run, whatever logs in where.
 *
 * @param kind how they were chosen
 * @param keys fingerprints ({@code SHA256:…}) or comments; with {@link Kind#BUT_LOGIN} those that
 *     the agent had when the run began
 */
public record ShownKeys(Kind kind, List<String> keys) {
    /** How keys for hosts are chosen. */
    public enum Kind {
        /** The user named them. */
        NAMED,
        /** They are the keys that are not for workers. None of them ever logs in to a worker. */
        LEFT,
        /**
         * There is one machine only: they are all keys except those that its session logged in
         * with.
         */
        BUT_LOGIN,
        /**
         * The same for the agent of another instance, which may have keys for other machines: none
         * but these keys.
         */
        LISTED_BUT_LOGIN
    }

    /** Copies the list. */
    public ShownKeys {
        keys = List.copyOf(keys);
    }

    /** Keys that the user named. */
    public static ShownKeys named(List<String> keys) {
        return new ShownKeys(Kind.NAMED, keys);
    }

    /** The same keys for the agent of another instance. */
    public ShownKeys elsewhere() {
        return kind == Kind.BUT_LOGIN ? new ShownKeys(Kind.LISTED_BUT_LOGIN, keys) : this;
    }

    /** Whether none of them is one with which this session has logged in. */
    boolean areButLogin() {
        return kind == Kind.BUT_LOGIN || kind == Kind.LISTED_BUT_LOGIN;
    }

    /** Whether a key is among them, for a session that logged in with another key. */
    public boolean has(String fingerprint, String comment) {
        return switch (kind) {
            case NAMED -> keys.contains(fingerprint) || keys.contains(comment);
            case LEFT, LISTED_BUT_LOGIN -> keys.contains(fingerprint);
            case BUT_LOGIN -> true;
        };
    }
}
