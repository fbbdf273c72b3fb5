package org.jetfanout.service.api;

import java.io.InputStream;
import java.util.Map;
import org.jetfanout.service.views.ViewJson;

/**
 * What an operation answers. Immutable.
 *
 * @param status of HTTP
 * @param type of the content
 * @param body bytes, or an {@link InputStream} for what may be long
 * @param headers more headers
 */
record Answer(int status, String type, Object body, Map<String, String> headers) {
    static final String JSON = "application/json";

    /** A value. */
    static Answer of(Object value) {
        return new Answer(200, JSON, ViewJson.bytes(value), Map.of());
    }

    /** A value, with another status. */
    static Answer of(int status, Object value, Map<String, String> headers) {
        return new Answer(status, JSON, ViewJson.bytes(value), headers);
    }
}
