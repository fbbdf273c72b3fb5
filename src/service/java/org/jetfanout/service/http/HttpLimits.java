package org.jetfanout.service.http;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.service.config.ServiceConfig;
import org.jetfanout.site.yaml.YamlValue;

/**
 * What one client, and all of them, may take of the server: {@code limits:} of service.yml.
 * Immutable.
 *
 * @param body most bytes of the body of a request
 * @param head most bytes of its head
 * @param connections how many may be open
 * @param streams how many of them may be streams of events
 * @param request how long a request may take to arrive
 * @param idle after this time without a byte, a connection is closed
 */
public record HttpLimits(
        int body, int head, int connections, int streams, Duration request, Duration idle) {
    /** Where service.yml says nothing. */
    public static final HttpLimits USUAL =
            new HttpLimits(
                    1 << 20, 16 << 10, 1000, 200, Duration.ofSeconds(30), Duration.ofSeconds(75));

    private static final Set<String> KEYS =
            Set.of("body", "head", "connections", "streams", "request", "idle");

    /** Reads the limits of service.yml. */
    public static HttpLimits of(ServiceConfig config) {
        Optional<YamlValue> section = config.section("limits");
        if (section.isEmpty()) {
            return USUAL;
        }
        Map<String, YamlValue> keys = ServiceConfig.keys(section.get(), "limits", KEYS);
        HttpLimits limits =
                new HttpLimits(
                        number(keys, "body", USUAL.body, 1 << 10, 64 << 20),
                        number(keys, "head", USUAL.head, 1 << 10, 1 << 20),
                        number(keys, "connections", USUAL.connections, 1, 100_000),
                        number(keys, "streams", USUAL.streams, 1, 100_000),
                        duration(keys, "request", USUAL.request),
                        duration(keys, "idle", USUAL.idle));
        if (limits.streams > limits.connections) {
            throw section.get().error("limits: streams must not be more than connections");
        }
        return limits;
    }

    private static int number(
            Map<String, YamlValue> keys, String key, int usual, int least, int most) {
        YamlValue value = keys.get(key);
        return value == null ? usual : value.integer(key, least, most);
    }

    private static Duration duration(Map<String, YamlValue> keys, String key, Duration usual) {
        YamlValue value = keys.get(key);
        if (value == null) {
            return usual;
        }
        Duration duration = ServiceConfig.duration(value, key);
        if (duration.isZero() || duration.compareTo(Duration.ofDays(1)) > 0) {
            throw value.error(key + " must be from 1s to 1d");
        }
        return duration;
    }
}
