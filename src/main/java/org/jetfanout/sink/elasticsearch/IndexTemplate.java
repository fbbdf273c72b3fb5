package org.jetfanout.sink.elasticsearch;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The index template of our data stream, the same for Elasticsearch and OpenSearch: the fields of
 * docs/records.md. Immutable.
 */
final class IndexTemplate {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String OURS = "logs-jetfanout.";

    private final String index;
    private final ObjectNode json;

    /**
     * The template for an index.
     *
     * @param index name of the data stream
     */
    IndexTemplate(String index) {
        this.index = index;
        try (InputStream in = IndexTemplate.class.getResourceAsStream("index-template.json")) {
            json = (ObjectNode) JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        json.putArray("index_patterns").add(index.startsWith(OURS) ? OURS + "*-*" : index);
    }

    /** Its name in the store. */
    String name() {
        return index.startsWith(OURS) ? "logs-jetfanout" : index;
    }

    /** Grows with each change of it; an older one in the store is replaced. */
    int version() {
        return json.path("version").asInt();
    }

    /** As JSON. */
    byte[] bytes() {
        try {
            return JSON.writeValueAsBytes(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
