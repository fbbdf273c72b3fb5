package org.jetfanout.ssh;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Asks for passphrases, one at a time, and measures how long the user needs. That time does not
 * count against the deadline of a login. Thread-safe.
 */
final class Passphrases {
    private final PassphrasePrompt prompt;

    // Mutable state, guarded by clock
    private final Object clock = new Object();
    private long asked;
    private long askingSince;
    private boolean asking;

    Passphrases(PassphrasePrompt prompt) {
        this.prompt = prompt;
    }

    synchronized Optional<char[]> ask(Path file) {
        synchronized (clock) {
            asking = true;
            askingSince = System.nanoTime();
        }
        try {
            return prompt.ask("Enter passphrase for key '" + file + "': ");
        } finally {
            synchronized (clock) {
                asking = false;
                asked += System.nanoTime() - askingSince;
            }
        }
    }

    /** How long users have been asked so far, in total. */
    long nanosAsked() {
        synchronized (clock) {
            return asking ? asked + System.nanoTime() - askingSince : asked;
        }
    }
}
