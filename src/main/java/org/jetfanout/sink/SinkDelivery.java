package org.jetfanout.sink;

import java.util.List;
import org.jetfanout.logs.LogDocument;

/**
 * The documents that go to one sink together: the exchange property {@link #PROPERTY} of the sink's
 * route. The body of the exchange is the list of documents. Where the route ends without an
 * exception, all documents are delivered, except those that it refused. After an {@link
 * UndeliveredException} the rest is sent again later. After a {@link SinkStoppedException} the sink
 * gets no more documents. After any other exception the whole delivery is sent again. Used by one
 * thread at a time.
 */
public interface SinkDelivery {
    /** The name of the exchange property. */
    String PROPERTY = "JetDelivery";

    /** The sink's name. */
    String sink();

    /** The run. */
    String guid();

    /** The documents of the delivery, in order within each stream. */
    List<LogDocument> documents();

    /**
     * Says that the log store will never accept this document. It goes into the sink's dead-letter
     * file, counts as refused, and is not sent again.
     *
     * @param reason in the log store's words
     */
    void refuse(LogDocument document, String reason);
}
