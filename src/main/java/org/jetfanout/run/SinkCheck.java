package org.jetfanout.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.run.camel.Routes;
import org.jetfanout.sink.SinkConfig;
import org.jetfanout.sink.SinkSettings;
import org.jetfanout.sink.shipping.ShippingLimits;
import org.jetfanout.sink.shipping.Sinks;

/**
 * What a check reports about the sinks that are on. It connects to none of them. Pure functions.
 */
public final class SinkCheck {
    private SinkCheck() {}

    /**
     * One line for each sink, with the values of its settings; secrets are masked. It refuses what
     * a run would refuse.
     *
     * @param routes folder with the user's own routes
     * @param environment of the process
     */
    public static List<String> lines(
            SinkRequest request, Optional<Path> routes, Map<String, String> environment) {
        SinkConfig config = SinkConfig.read(request.config(), environment);
        config.redaction();
        List<String> names = config.sinks(request.names());
        Routes.sinks(names, routes);
        return names.stream().map(name -> line(config.settings(name))).toList();
    }

    private static String line(SinkSettings settings) {
        ShippingLimits.of(settings);
        List<String> set =
                Sinks.settings(settings.sink())
                        .map(declared -> settings.check(declared).shown(declared))
                        .orElseGet(() -> settings.shown(List.of()));
        return "sink "
                + settings.sink()
                + ": "
                + (set.isEmpty() ? "default settings" : String.join(", ", set));
    }
}
