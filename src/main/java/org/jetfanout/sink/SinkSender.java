package org.jetfanout.sink;

/** Sends deliveries from a shipper to the route of its sink. Used by one thread at a time. */
@FunctionalInterface
public interface SinkSender {
    /**
     * Sends a delivery. Returns when the sink has accepted it.
     *
     * @throws UndeliveredException where some documents must be sent again
     * @throws SinkStoppedException where the sink must get no more documents
     * @throws Exception for any other reason: the whole delivery must be sent again
     */
    void send(SinkDelivery delivery) throws Exception;
}
