package org.jetfanout.sink;

/** Sends frames from a shipper to the route of its sink. Used by one thread at a time. */
@FunctionalInterface
public interface SinkSender {
    /**
     * Sends a frame; returns when the sink has taken it.
     *
     * @throws UndeliveredException where some records are to come again
     * @throws SinkStoppedException where the sink is to get no more
     * @throws Exception for any other reason: the whole frame is to come again
     */
    void send(SinkDelivery delivery) throws Exception;
}
