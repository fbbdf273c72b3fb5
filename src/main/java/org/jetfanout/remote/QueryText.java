package org.jetfanout.remote;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Values in the query of a URL. */
final class QueryText {
    private QueryText() {}

    /** The value as it may stand behind an equals sign. */
    static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
