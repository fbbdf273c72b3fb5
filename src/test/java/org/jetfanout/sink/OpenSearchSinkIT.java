package org.jetfanout.sink;

/** The sink against a real OpenSearch. */
final class OpenSearchSinkIT extends BulkScenarios {
    OpenSearchSinkIT() {
        super(OpenSearchServer.shared(), "opensearch");
    }
}
