package org.jetfanout.link;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jetfanout.machine.LimitedMap;

/**
 * Which senders of broadcasts are there now. Somebody without the key could keep a sealed broadcast
 * and put it back later, when its sender has long ended. So what an unknown sender tells all is
 * held until the sender has answered a random question. Thread-safe.
 */
final class LiveSenders {
    private static final int MOST_LIVE = 10_000;
    private static final int MOST_ASKED = 1_000;
    private static final int MOST_HELD = 16;

    /** A question may get lost; the next broadcast after this time asks again. */
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(900);

    // Mutable state
    private final Map<String, Boolean> live = LimitedMap.byUse(MOST_LIVE);
    private final Map<String, Asked> asked = LimitedMap.byUse(MOST_ASKED);

    /** A sender that has not answered yet. */
    private static final class Asked {
        private final String question = UUID.randomUUID().toString();
        private final List<Envelope> held = new ArrayList<>();

        // Mutable state
        private long at;
    }

    synchronized boolean isLive(InstanceId sender) {
        return live.get(sender.id()) != null;
    }

    /** Holds a broadcast. Returns the question to ask its sender, where it is time to ask. */
    synchronized Optional<String> hold(Envelope envelope) {
        Asked of = asked.computeIfAbsent(envelope.sender().id(), none -> new Asked());
        if (of.held.size() == MOST_HELD) {
            of.held.remove(0);
        }
        of.held.add(envelope);
        long now = System.nanoTime();
        if (of.held.size() > 1 && now - of.at < AGAIN_NANOS) {
            return Optional.empty();
        }
        of.at = now;
        return Optional.of(of.question);
    }

    /** A sender has answered. Returns what was held, if the answer is that to the question. */
    synchronized List<Envelope> answered(InstanceId sender, String answer) {
        Asked of = asked.get(sender.id());
        if (of == null || !of.question.equals(answer)) {
            return List.of();
        }
        asked.remove(sender.id());
        live.put(sender.id(), true);
        return of.held;
    }
}
