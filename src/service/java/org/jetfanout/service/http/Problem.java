package org.jetfanout.service.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An error as RFC 9457 has it. Immutable.
 *
 * @param status the HTTP status
 * @param detail one line for the caller; may be empty
 */
public record Problem(int status, String detail) {
    /** The content type. */
    public static final String TYPE = "application/problem+json";

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * The JSON object.
     *
     * @param instance the path of the request
     */
    public String json(String instance) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("type", "about:blank");
        fields.put("title", HttpResponseStatus.valueOf(status).reasonPhrase());
        fields.put("status", status);
        if (!detail.isEmpty()) {
            fields.put("detail", detail);
        }
        fields.put("instance", instance);
        try {
            return JSON.writeValueAsString(fields);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
