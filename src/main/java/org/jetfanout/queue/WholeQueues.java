package org.jetfanout.queue;

import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;

/**
 * Queues that keep each message until a consumer takes it. All of it is said, so that no default of
 * the address counts which would remove messages or hold them back.
 */
public final class WholeQueues {
    private WholeQueues() {}

    /** One of this name, which is also its address unless another is set. */
    public static QueueConfiguration of(String name, RoutingType type) {
        return QueueConfiguration.of(name)
                .setRoutingType(type)
                .setExclusive(false)
                .setMaxConsumers(-1)
                .setPurgeOnNoConsumers(false)
                .setRingSize(-1L)
                .setLastValue(false)
                .setNonDestructive(false)
                .setConsumersBeforeDispatch(0)
                .setDelayBeforeDispatch(-1L);
    }
}
