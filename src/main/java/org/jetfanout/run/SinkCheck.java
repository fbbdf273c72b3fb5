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

/** What a check says of the sinks that are on. Connects to none. Pure functions. */
public final class SinkCheck {
    private SinkCheck() {}

    /**
     * A line a sink: what is set of its declared settings, secrets masked. Whatever is wrong is
     * refused, as a run would refuse it.
     *
     * @param routes the user's own
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
