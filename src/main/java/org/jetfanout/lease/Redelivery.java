package org.jetfanout.lease;

import jakarta.jms.JMSException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the broker does with a message whose holder gives it back: a lease must be there for the
 * next instance at once. A client cannot read the settings of addresses, so it is tried out.
 */
public enum Redelivery {
    /** The next who waits gets it. */
    SOON,
    /** It comes after a time that a take-over is late then: {@code redelivery-delay}. */
    LATE,
    /** It is gone after one delivery: {@code max-delivery-attempts}. */
    NEVER;

    /** Twice as long as the delay that the documentation proposes. */
    static final Duration LONGEST = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(Redelivery.class);

    /**
     * Tries it out with a message of its own. It takes as long as the delay, at most {@link
     * #LONGEST}.
     *
     * @return empty where the broker does not answer
     */
    public static Optional<Redelivery> of(LeaseBroker broker, String guid) {
        try (LeaseSession session = broker.open()) {
            return session.tryOut(guid, LONGEST);
        } catch (JMSException e) {
            LOG.debug("run {}: redelivery cannot be tried out: {}", guid, e.toString());
            return Optional.empty();
        }
    }
}
