package org.jetfanout.sink;

import org.jetfanout.testkit.stores.BulkScenarios;
import org.jetfanout.testkit.stores.OpenSearchServer;
import org.jetfanout.testkit.stores.SearchServer;

/** The sink against a real OpenSearch. */
final class OpenSearchSinkIT extends BulkScenarios {
    /** Classes beside this one make data streams, and a template that is in use cannot go. */
    private static final SearchServer SERVER = OpenSearchServer.start();

    OpenSearchSinkIT() {
        super(SERVER, "opensearch");
    }
}
