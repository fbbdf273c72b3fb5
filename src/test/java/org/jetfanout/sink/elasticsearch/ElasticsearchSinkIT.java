package org.jetfanout.sink.elasticsearch;

import org.jetfanout.testkit.stores.BulkScenarios;
import org.jetfanout.testkit.stores.ElasticsearchServer;
import org.jetfanout.testkit.stores.SearchServer;
import org.junit.jupiter.api.Tag;

/** The sink against a real Elasticsearch, which needs a newer JDK than the rest. */
@Tag("jdk21")
final class ElasticsearchSinkIT extends BulkScenarios {
    /** It is killed here, which classes beside this one would feel. */
    private static final SearchServer SERVER = ElasticsearchServer.start();

    ElasticsearchSinkIT() {
        super(SERVER, "elasticsearch");
    }
}
