package org.jetfanout.sink.splunk;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.sink.UndeliveredException;

/**
 * One delivery to Splunk: what is still to be sent, what is sent and not yet acknowledged, and why
 * it ended early. It is the property {@link #PROPERTY} of the exchange. For one thread.
 */
public final class HecDelivery {
    /** The name of the exchange property. */
    public static final String PROPERTY = "JetSplunk";

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final List<LogDocument> all;

    // Mutable state
    private final ArrayDeque<LogDocument> left;
    private final Map<Long, List<LogDocument>> unacknowledged = new LinkedHashMap<>();
    private final List<LogDocument> again = new ArrayList<>();
    private List<LogDocument> request = List.of();
    private int most = Integer.MAX_VALUE;
    private Optional<Duration> after = Optional.empty();
    private String reason = "";
    private Duration pause = FIRST_PAUSE;
    private Instant askUntil = Instant.MAX;

    HecDelivery(List<LogDocument> documents) {
        this.all = List.copyOf(documents);
        this.left = new ArrayDeque<>(documents);
    }

    /** Whether there is another request to send. */
    public boolean isMore() {
        return !left.isEmpty();
    }

    /** Whether to ask for acknowledgements. */
    public boolean isAsking() {
        return !unacknowledged.isEmpty();
    }

    /** How many milliseconds to wait before asking for acknowledgements. */
    public long getPause() {
        return pause.toMillis();
    }

    /** The documents for the next requests, in order. */
    List<LogDocument> ahead() {
        return left.stream().limit(most).toList();
    }

    /** Makes a request of the next documents, this many. */
    List<LogDocument> take(int count) {
        List<LogDocument> taken = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            taken.add(left.removeFirst());
        }
        request = taken;
        return taken;
    }

    /** The documents of the request that was sent last. */
    List<LogDocument> request() {
        return request;
    }

    /**
     * The collector has accepted the first documents of the request. If it will acknowledge them,
     * they have an id. The other documents are sent next.
     */
    void accepted(int count, OptionalLong ackId) {
        if (ackId.isPresent()) {
            unacknowledged.put(ackId.getAsLong(), request.subList(0, count));
        }
        putBack(request.subList(count, request.size()));
        most = Integer.MAX_VALUE;
    }

    /**
     * The collector refused one document of the request. It has accepted those before it, or they
     * are sent again.
     */
    void refused(int number, boolean acceptedBefore) {
        List<LogDocument> rest = new ArrayList<>(request);
        rest.remove(number);
        putBack(acceptedBefore ? rest.subList(number, rest.size()) : rest);
        most = Integer.MAX_VALUE;
    }

    /** The documents of the request must be sent in smaller requests. */
    void halved() {
        most = request.size() / 2;
        putBack(request);
    }

    private void putBack(List<LogDocument> documents) {
        for (int i = documents.size() - 1; i >= 0; i--) {
            left.addFirst(documents.get(i));
        }
        request = List.of();
    }

    /**
     * Ends the delivery early.
     *
     * @param taken how many documents at the beginning of the request were accepted nevertheless
     */
    void endEarly(int taken, Optional<Duration> wait, String why) {
        again.addAll(request.subList(taken, request.size()));
        again.addAll(left);
        left.clear();
        request = List.of();
        after = wait;
        reason = why;
    }

    /**
     * The ids to ask for now. The longer no acknowledgement comes, the longer the pauses are.
     *
     * @param patience how long to ask before giving up
     */
    Collection<Long> ask(Instant now, Duration patience) {
        if (askUntil.equals(Instant.MAX)) {
            askUntil = now.plus(patience);
        }
        Duration longer = pause.multipliedBy(2);
        pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
        return List.copyOf(unacknowledged.keySet());
    }

    void acknowledged(long ackId) {
        unacknowledged.remove(ackId);
        pause = FIRST_PAUSE;
    }

    /** The collector does not acknowledge. */
    void acknowledgedNever() {
        unacknowledged.clear();
    }

    /** Stops asking where it took too long. Documents that are not acknowledged are sent again. */
    void giveUp(Instant now, String why) {
        if (isAsking() && !now.isBefore(askUntil)) {
            unacknowledged.values().forEach(again::addAll);
            unacknowledged.clear();
            reason = reason.isEmpty() ? why : reason;
        }
    }

    /**
     * Ends the delivery.
     *
     * @throws UndeliveredException where some documents were not accepted: they are sent again, in
     *     order
     */
    void end() throws UndeliveredException {
        if (!again.isEmpty()) {
            Set<LogDocument> rest = Collections.newSetFromMap(new IdentityHashMap<>());
            rest.addAll(again);
            throw new UndeliveredException(
                    all.stream().filter(rest::contains).toList(), after, reason);
        }
    }
}
