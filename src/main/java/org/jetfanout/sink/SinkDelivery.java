package org.jetfanout.sink;

import java.util.List;
import org.jetfanout.logs.LogDocument;

/**
 * A frame of documents on its way to one sink: the exchange property {@link #PROPERTY} of its
 * route, whose body is the list of documents. A route that ends without an exception has delivered
 * all of them but those that it refused; one that throws an {@link UndeliveredException} gets the
 * rest again after a while, for a {@link SinkStoppedException} the sink gets no more, and for any
 * other exception the whole frame comes again. Used by one thread at a time.
 */
public interface SinkDelivery {
    /** Name of the exchange property. */
    String PROPERTY = "JetDelivery";

    /** The sink's name. */
    String sink();

    /** The run. */
    String guid();

    /** The documents of the frame, in order within each stream. */
    List<LogDocument> documents();

    /**
     * The aggregator will never take this document: it is set aside in the sink's dead-letter file
     * and counted, and does not come again.
     *
     * @param reason in the aggregator's words
     */
    void refuse(LogDocument document, String reason);
}
