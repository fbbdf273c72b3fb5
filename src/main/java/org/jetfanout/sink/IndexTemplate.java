package org.jetfanout.sink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The index template of our data stream, for Elasticsearch or OpenSearch, which have different
 * names for an object whose fields are not mapped one by one. Immutable.
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
    byte[] bytes(boolean openSearch) {
        ObjectNode template = json.deepCopy();
        if (openSearch) {
            Deque<JsonNode> nodes = new ArrayDeque<>();
            nodes.add(template);
            while (!nodes.isEmpty()) {
                JsonNode node = nodes.remove();
                if (node.path("type").asText().equals("flattened")) {
                    ((ObjectNode) node).removeAll();
                    ((ObjectNode) node).put("type", "flat_object");
                }
                node.forEach(nodes::add);
            }
        }
        try {
            return JSON.writeValueAsBytes(template);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
