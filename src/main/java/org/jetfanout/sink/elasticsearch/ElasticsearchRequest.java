package org.jetfanout.sink.elasticsearch;

import java.util.List;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.sink.HttpAnswer;
import org.jetfanout.sink.SinkStoppedException;
import org.jetfanout.sink.UndeliveredException;

/** One request to Elasticsearch or OpenSearch, and the meaning of its answer. */
interface ElasticsearchRequest {
    String method();

    /** The path, beginning with a slash. */
    String path();

    /** The query, without the question mark; may be empty. */
    default String query() {
        return "";
    }

    /** The documents in the request. */
    default List<LogDocument> documents() {
        return List.of();
    }

    /** The body: JSON of one or more lines, not compressed; empty for none. */
    byte[] body();

    /**
     * Reads the answer. Requests that must follow are added to the delivery.
     *
     * @throws UndeliveredException where the server asks to be tried again later
     * @throws SinkStoppedException where a retry cannot help
     */
    void answered(HttpAnswer answer, ElasticsearchDelivery delivery)
            throws UndeliveredException, SinkStoppedException;
}
