package org.jetfanout.sink.elasticsearch;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The index template of the data stream, with the fields of docs/records.md. It is the same for
 * Elasticsearch and OpenSearch. Immutable.
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

    /** The version, which grows with each change. It replaces an older template in the store. */
    int version() {
        return json.path("version").asInt();
    }

    /** The template as JSON. */
    byte[] bytes() {
        try {
            return JSON.writeValueAsBytes(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
