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
 * A frame on its way to Splunk: what of it is still to be sent, what is sent and not yet
 * acknowledged, and why it ended early. The property {@link #PROPERTY} of the exchange. For one
 * thread.
 */
public final class HecDelivery {
    /** Name of the exchange property. */
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

    /** Whether the acknowledgement of requests is to be asked for. */
    public boolean isAsking() {
        return !unacknowledged.isEmpty();
    }

    /** Milliseconds to wait before the acknowledgements are asked for. */
    public long getPause() {
        return pause.toMillis();
    }

    /** What the next request may hold, in order. */
    List<LogDocument> ahead() {
        return left.stream().limit(most).toList();
    }

    /** The next request is on its way, with so many records. */
    List<LogDocument> take(int count) {
        List<LogDocument> taken = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            taken.add(left.removeFirst());
        }
        request = taken;
        return taken;
    }

    /** The records of the request under way. */
    List<LogDocument> request() {
        return request;
    }

    /**
     * The first records of the request are accepted, by an id where they will be acknowledged; the
     * rest is to be sent next.
     */
    void accepted(int count, OptionalLong ackId) {
        if (ackId.isPresent()) {
            unacknowledged.put(ackId.getAsLong(), request.subList(0, count));
        }
        back(request.subList(count, request.size()));
        most = Integer.MAX_VALUE;
    }

    /** One record of the request is refused; those before it were accepted, or are sent again. */
    void refused(int number, boolean acceptedBefore) {
        List<LogDocument> rest = new ArrayList<>(request);
        rest.remove(number);
        back(acceptedBefore ? rest.subList(number, rest.size()) : rest);
        most = Integer.MAX_VALUE;
    }

    /** The records of the request are to be sent in smaller ones. */
    void halved() {
        most = request.size() / 2;
        back(request);
    }

    private void back(List<LogDocument> documents) {
        for (int i = documents.size() - 1; i >= 0; i--) {
            left.addFirst(documents.get(i));
        }
        request = List.of();
    }

    /**
     * Nothing more is sent now.
     *
     * @param taken records at the beginning of the request that were accepted all the same
     */
    void broken(int taken, Optional<Duration> wait, String why) {
        again.addAll(request.subList(taken, request.size()));
        again.addAll(left);
        left.clear();
        request = List.of();
        after = wait;
        reason = why;
    }

    /**
     * The acknowledgements to ask for now; later, the longer none comes.
     *
     * @param patience how long to ask before what is not acknowledged is given up
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

    /** Acknowledgement is not to be had from this collector. */
    void acknowledgedNever() {
        unacknowledged.clear();
    }

    /** Gives up asking when it is time; what is not acknowledged then comes again. */
    void giveUp(Instant now, String why) {
        if (isAsking() && !now.isBefore(askUntil)) {
            unacknowledged.values().forEach(again::addAll);
            unacknowledged.clear();
            reason = reason.isEmpty() ? why : reason;
        }
    }

    /** Ends the frame: what was not taken comes again, in order. */
    void end() throws UndeliveredException {
        if (!again.isEmpty()) {
            Set<LogDocument> rest = Collections.newSetFromMap(new IdentityHashMap<>());
            rest.addAll(again);
            throw new UndeliveredException(
                    all.stream().filter(rest::contains).toList(), after, reason);
        }
    }
}
