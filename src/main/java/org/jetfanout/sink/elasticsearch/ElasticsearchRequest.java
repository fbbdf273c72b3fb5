package org.jetfanout.sink.elasticsearch;

import java.util.List;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.sink.HttpAnswer;
import org.jetfanout.sink.SinkStoppedException;
import org.jetfanout.sink.UndeliveredException;

/** One request to Elasticsearch or OpenSearch, and the meaning of its answer. */
interface ElasticsearchRequest {
    String method();

    /** Begins with a slash. */
    String path();

    /** What stands after the question mark; may be empty. */
    default String query() {
        return "";
    }

    /** The records that it carries. */
    default List<LogDocument> documents() {
        return List.of();
    }

    /** JSON, one or several lines, not compressed; empty for none. */
    byte[] body();

    /**
     * Takes the answer: what is still to be sent is put into the talk.
     *
     * @throws UndeliveredException where the server wants to be asked again later
     * @throws SinkStoppedException where asking again cannot help
     */
    void answered(HttpAnswer answer, ElasticsearchDelivery talk)
            throws UndeliveredException, SinkStoppedException;
}
