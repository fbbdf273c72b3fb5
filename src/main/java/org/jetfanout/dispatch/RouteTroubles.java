package org.jetfanout.dispatch;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.NoTypeConversionAvailableException;
import org.jetfanout.screen.Screen;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects the errors of the routes of a run: broken contracts, and failures in the user's own
 * steps. Each is reported once, and the exit code of the run says that there was one. Thread-safe.
 */
public final class RouteTroubles {
    private static final Logger LOG = LoggerFactory.getLogger(RouteTroubles.class);

    /**
     * The most errors that are reported: a step may fail in another way for each line of output.
     */
    private static final int MOST = 20;

    private final Screen screen;
    private final Consumer<String> warnings;
    private final StepWatch steps = new StepWatch(this::failedAfterwards);

    // Mutable state
    private final Set<String> told = ConcurrentHashMap.newKeySet();
    private volatile Set<String> ours = Set.of();

    /**
     * @param screen is held while a line is written
     * @param warnings takes warnings for people
     */
    public RouteTroubles(Screen screen, Consumer<String> warnings) {
        this.screen = screen;
        this.warnings = warnings;
    }

    /** Watches the steps of the routes. */
    public StepWatch steps() {
        return steps;
    }

    /**
     * Says which beans are not the user's own.
     *
     * @param names of our beans
     */
    void ours(Set<String> names) {
        ours = Set.copyOf(names);
    }

    /**
     * The step that threw an exception, if the routes are at fault: it is one of the user's own, or
     * a packaged one that cannot work where it stands.
     */
    Optional<FailedStep> stepAtFault(Exception thrown) {
        return steps.step(thrown)
                .filter(step -> step.isOfUser(ours) || isMisplaced(CamelCauses.within(thrown)));
    }

    private static boolean isMisplaced(Exception cause) {
        return cause instanceof InvalidPayloadException
                || cause instanceof NoTypeConversionAvailableException
                || cause instanceof RouteFaultException;
    }

    /** Whether there was any error. */
    public boolean any() {
        return !told.isEmpty();
    }

    private void failedAfterwards(FailedStep step, Exception cause) {
        LOG.debug("{}", step, cause);
        // the message may differ from line to line, so it does not count
        if (told.add(step.route() + " " + step.step() + " " + step.where())) {
            say(step.says(cause) + "; the run record is kept, and the run continues");
        }
    }

    /** Reports a line, unless it was reported before. */
    void tell(String line) {
        if (told.add(line) && told.size() <= MOST) {
            say(line);
        }
    }

    /** Says a line to people. */
    void say(String line) {
        LOG.warn("{}", line);
        screen.whileHeld(() -> warnings.accept(line));
    }
}
