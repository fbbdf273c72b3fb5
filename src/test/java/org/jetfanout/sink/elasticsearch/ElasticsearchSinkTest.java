package org.jetfanout.sink.elasticsearch;

import java.util.HashMap;
import java.util.Map;
import org.jetfanout.testkit.stores.SinkBed;
import org.junit.jupiter.api.Test;

/** The settings of the Elasticsearch sink. */
final class ElasticsearchSinkTest {
    @Test
    void saysWhatIsWrong() {
        wrong(Map.of("url", ""), "elasticsearch.url: is missing");
        wrong(Map.of("url", "es:9200"), "elasticsearch.url: must be an address");
        wrong(Map.of("url", "https://me:secret@es:9200"), "without user or password in it");
        wrong(Map.of("idnex", "x"), "elasticsearch.idnex: unknown key");
        wrong(Map.of("index", "Logs"), "elasticsearch.index: must be a name of lower-case");
        wrong(Map.of("index", "a/_search"), "elasticsearch.index: must be a name of lower-case");
        wrong(Map.of("gzip", "yes"), "elasticsearch.gzip: must be true or false");
        wrong(Map.of("user", "me"), "elasticsearch.password: is missing");
        wrong(Map.of("password", "secret"), "elasticsearch.user: is missing");
        wrong(
                Map.of("api-key", "secret", "user", "me", "password", "secret"),
                "elasticsearch.api-key: and user with password are alternatives");
        wrong(Map.of("api-key", "two\nlines-secret"), "elasticsearch.api-key: must be");
        wrong(Map.of("ca", "/nowhere.pem"), "elasticsearch.ca: cannot read /nowhere.pem");
        wrong(Map.of("response-timeout", "fast"), "elasticsearch.response-timeout: must be");
        wrong(Map.of("response-timeout", "0s"), "elasticsearch.response-timeout: must be");
    }

    private static void wrong(Map<String, String> settings, String message) {
        Map<String, String> all = new HashMap<>(Map.of("url", "https://es:9200"));
        all.putAll(settings);
        SinkBed.refuses("elasticsearch", all, message);
    }
}
