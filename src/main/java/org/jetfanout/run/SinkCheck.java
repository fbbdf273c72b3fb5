package org.jetfanout.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.run.camel.Routes;
import org.jetfanout.sink.SinkConfig;
import org.jetfanout.sink.SinkSettings;
import org.jetfanout.sink.shipping.ShippingLimits;
import org.jetfanout.sink.shipping.Sinks;

/**
 * What a check reports about a sink that is on. It connects to none. Immutable.
 *
 * @param sink its name
 * @param settings the values of those that are set; secrets are masked
 */
public record SinkCheck(String sink, Map<String, String> settings) {
    /**
     * All sinks that are on. It refuses what a run would refuse.
     *
     * @param routes folder with the user's own routes
     * @param environment of the process
     */
    public static List<SinkCheck> of(
            SinkRequest request, Optional<Path> routes, Map<String, String> environment) {
        SinkConfig config = SinkConfig.read(request.config(), environment);
        config.redaction();
        List<String> names = config.sinks(request.names());
        Routes.sinks(names, routes);
        return names.stream().map(name -> of(config.settings(name))).toList();
    }

    private static SinkCheck of(SinkSettings settings) {
        ShippingLimits.of(settings);
        return new SinkCheck(
                settings.sink(),
                Sinks.settings(settings.sink())
                        .map(declared -> settings.check(declared).shown(declared))
                        .orElseGet(() -> settings.shown(List.of())));
    }

    /** In one line, for people. */
    public String text() {
        List<String> set = new ArrayList<>();
        settings.forEach((name, value) -> set.add(name + " " + value));
        return "sink "
                + sink
                + ": "
                + (set.isEmpty() ? "default settings" : String.join(", ", set));
    }

    /** For programs. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("sink", sink);
        json.put("settings", settings);
        return json;
    }
}
