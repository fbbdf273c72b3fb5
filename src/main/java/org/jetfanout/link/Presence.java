package org.jetfanout.link;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is at the broker. Each instance tells all others that it is there, once a second or more
 * often. Thread-safe.
 *
 * <p>No clocks of two machines are compared: what counts is the receiver's own time since it heard
 * an instance. A time in which this process itself was stopped does not count.
 */
public final class Presence {
    private static final Logger LOG = LoggerFactory.getLogger(Presence.class);

    private final String me;
    private final Patience patience;

    /** More than this between two sweeps: this process was stopped. */
    private final long longestStep;

    private final List<Supplier<ObjectNode>> facts = new CopyOnWriteArrayList<>();
    private final List<Consumer<Instance>> gone = new CopyOnWriteArrayList<>();

    // Mutable state
    private final Map<String, Heard> heard = new HashMap<>();
    private long now;
    private long swept = System.nanoTime();

    /** An instance, and when it was heard. */
    private record Heard(Instance instance, long at) {}

    /**
     * @param me the id of this instance
     * @param patience after which an instance is gone
     */
    Presence(String me, Patience patience) {
        this.me = me;
        this.patience = patience;
        this.longestStep = 2 * patience.beat().toNanos();
    }

    /** Adds facts to what this instance says about itself. Asked once a second; must be quick. */
    public void say(Supplier<ObjectNode> more) {
        facts.add(more);
    }

    /** The instances that are not gone, this one included. */
    public List<Instance> all() {
        synchronized (heard) {
            return heard.values().stream().map(Heard::instance).toList();
        }
    }

    /** Whether the instance with this address is not gone. */
    public boolean isAlive(String address) {
        return at(address) != null;
    }

    /**
     * Adds whom to tell when an address is gone: its instance said goodbye, has another address
     * now, or was not heard for long. Not told of this instance's own.
     */
    public void onGone(Consumer<Instance> told) {
        gone.add(told);
    }

    /** How long this process has not heard an instance; empty where it is gone. */
    public Optional<Duration> silence(InstanceId id) {
        synchronized (heard) {
            return Optional.ofNullable(heard.get(id.id()))
                    .map(one -> Duration.ofNanos(time() - one.at()));
        }
    }

    /** The instance at an address; null where none was heard. */
    Instance at(String address) {
        synchronized (heard) {
            for (Heard one : heard.values()) {
                if (one.instance().address().equals(address)) {
                    return one.instance();
                }
            }
        }
        return null;
    }

    /** What this instance says about itself. */
    ObjectNode facts() {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        for (Supplier<ObjectNode> one : facts) {
            try {
                all.setAll(one.get());
            } catch (RuntimeException e) {
                LOG.debug("an instance's facts", e);
            }
        }
        return all;
    }

    void heard(Instance instance) {
        Heard before;
        synchronized (heard) {
            before = heard.put(instance.id().id(), new Heard(instance, time()));
        }
        if (before != null && !before.instance().address().equals(instance.address())) {
            tell(List.of(before.instance()));
        }
    }

    void goodbye(InstanceId id) {
        Heard before;
        synchronized (heard) {
            before = heard.remove(id.id());
        }
        if (before != null) {
            tell(List.of(before.instance()));
        }
    }

    /** Looks who was not heard for long. Called once a second. */
    void sweep() {
        List<Instance> silent = new ArrayList<>();
        synchronized (heard) {
            now = time();
            swept = System.nanoTime();
            heard.values()
                    .removeIf(
                            one -> {
                                boolean old = now - one.at() > patience.silence().toNanos();
                                if (old) {
                                    silent.add(one.instance());
                                }
                                return old;
                            });
        }
        tell(silent);
    }

    /** The time in which this process ran. */
    private long time() {
        return now + Math.min(System.nanoTime() - swept, longestStep);
    }

    private void tell(Collection<Instance> instances) {
        for (Instance instance : instances) {
            if (!instance.id().id().equals(me)) {
                for (Consumer<Instance> told : gone) {
                    try {
                        told.accept(instance);
                    } catch (RuntimeException e) {
                        LOG.warn("after an instance was gone: {}", e.toString());
                    }
                }
            }
        }
    }
}
