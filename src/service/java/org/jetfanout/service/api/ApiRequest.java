package org.jetfanout.service.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.service.access.Caller;

/**
 * A request that fits the description of its operation. Immutable.
 *
 * @param caller who asks
 * @param path values of the parameters in the path
 * @param query values of the other parameters; each is of its type
 * @param body what was sent; empty for nothing
 * @param key that makes a start idempotent
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares requests
record ApiRequest(
        Caller caller,
        Map<String, String> path,
        Map<String, List<String>> query,
        byte[] body,
        Optional<String> key) {
    String guid() {
        return path.get("guid");
    }

    /** The value of a parameter; empty where it was not given. */
    String text(String name) {
        List<String> values = query.getOrDefault(name, List.of());
        return values.isEmpty() ? "" : values.get(0);
    }

    List<String> texts(String name) {
        return query.getOrDefault(name, List.of());
    }

    long number(String name, long usual) {
        String text = text(name);
        return text.isEmpty() ? usual : Long.parseLong(text);
    }

    /** A moment, which was checked before. */
    Optional<Instant> moment(String name) {
        return Rfc3339.moment(text(name));
    }
}
