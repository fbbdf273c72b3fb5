package org.jetfanout.hand;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import org.jetfanout.link.Instance;
import org.jetfanout.link.Link;
import org.jetfanout.link.LinkException;
import org.jetfanout.link.LinkMessage;
import org.jetfanout.ssh.WorkerUnreachableException;
import org.jetfanout.ssh.WorkerUnreachableException.Cause;
import org.jetfanout.text.Quoted;

/** Looks for a hand that carries out a call. For one thread. */
final class HandSearch {
    /** How often it looks who is there. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** After that it is offered again even if others wait in its queue. */
    private static final Duration OFFER_IN_ANY_CASE = Duration.ofMinutes(5);

    private final Link link;
    private final CallSpec spec;

    /** So long a zone may have no hand. */
    private final Duration noHand;

    /** After that a call that is in no queue has got lost. */
    private final Duration offer;

    HandSearch(Link link, CallSpec spec) {
        this.link = link;
        this.spec = spec;
        this.noHand = link.patience().away();
        this.offer = link.patience().look();
    }

    /**
     * Returns when a hand has taken the call.
     *
     * @param outages of the broker until now
     * @throws WorkerUnreachableException if there is no hand, or nobody wants the call any more
     */
    void run(Call call, CallWait waiting, IntSupplier outages) throws InterruptedException {
        int outage = outages.getAsInt();
        boolean offered = offer(call, waiting);
        long offeredAt = System.nanoTime();
        long seen = System.nanoTime();
        while (!call.awaitTaken(LOOK)) {
            if (waiting.isOver()) {
                throw failure(Cause.CONNECT, "not connected, because nobody waits for it any more");
            }
            List<Instance> there = link.presence().all();
            boolean hears = there.stream().anyMatch(one -> one.id().equals(link.me()));
            if (!hears || there.stream().anyMatch(this::serves)) {
                seen = System.nanoTime();
                waiting.on(
                        hears
                                ? "waits for a free hand of zone " + spec.zone()
                                : "waits for the broker, which does not deliver messages");
            } else if (isPast(seen, noHand)) {
                throw failure(Cause.CONNECT, noHand(there));
            }
            boolean lost =
                    outage != outages.getAsInt()
                            || isPast(offeredAt, OFFER_IN_ANY_CASE)
                            || (isPast(offeredAt, offer) && isQueueEmpty());
            if (!offered || lost) {
                outage = outages.getAsInt();
                offered = offer(call, waiting);
                offeredAt = System.nanoTime();
            }
        }
    }

    /** The ids of the hands that serve the zone now. */
    Set<String> hands() {
        return link.presence().all().stream()
                .filter(this::serves)
                .map(one -> one.id().id())
                .collect(Collectors.toSet());
    }

    private boolean serves(Instance instance) {
        return instance.understands() && instance.zones().contains(spec.zone());
    }

    private static boolean isPast(long since, Duration time) {
        return System.nanoTime() - since > time.toNanos();
    }

    private boolean isQueueEmpty() {
        try {
            return link.waiting(spec.zone()) == 0;
        } catch (LinkException e) {
            return false; // the broker is away
        }
    }

    private boolean offer(Call call, CallWait waiting) {
        try {
            link.toZone(
                    spec.zone(),
                    new LinkMessage(
                            CallWord.CALL.name(), SentMessages.head().put("call", call.id())));
            return true;
        } catch (LinkException e) {
            waiting.on("waits for the broker: " + Quoted.excerpt(e.getMessage()));
            return false;
        }
    }

    private String noHand(List<Instance> there) {
        String others =
                there.stream()
                        .filter(one -> !one.zones().isEmpty())
                        .map(HandSearch::named)
                        .sorted()
                        .collect(Collectors.joining("; "));
        return "no hand serves zone %s (%s)"
                .formatted(
                        spec.zone(), others.isEmpty() ? "there is none" : "there are: " + others);
    }

    private static String named(Instance hand) {
        String name = Quoted.excerpt(hand.id().name());
        return hand.understands()
                ? name + " of " + Quoted.excerpt(String.join(", ", hand.zones()))
                : "%s, which speaks version %d, and this one %d"
                        .formatted(name, hand.version(), Link.VERSION);
    }

    WorkerUnreachableException failure(Cause cause, String why) {
        return WorkerUnreachableException.told(
                cause, "worker " + Quoted.excerpt(spec.worker().name()) + ": " + why);
    }
}
