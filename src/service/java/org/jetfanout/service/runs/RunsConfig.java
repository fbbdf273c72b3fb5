package org.jetfanout.service.runs;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.cli.NamedFiles;
import org.jetfanout.service.config.ServiceConfig;
import org.jetfanout.site.yaml.YamlValue;

/**
 * What service.yml says of runs. Immutable.
 *
 * @param atOnce how many go on at a time
 * @param mostWaiting how many may wait
 * @param roots what the command lines of callers may name; empty where callers may not give any
 * @param keepConnections how long a connection that no run uses is kept; zero for not at all
 */
record RunsConfig(
        int atOnce, int mostWaiting, Optional<NamedFiles> roots, Duration keepConnections) {
    private static final int USUAL_AT_ONCE = 4;
    private static final int MOST_AT_ONCE = 64;
    private static final int USUAL_WAITING = 100;
    private static final int MOST_WAITING = 10_000;

    static RunsConfig of(ServiceConfig config) {
        Map<String, YamlValue> runs =
                config.section("runs")
                        .map(
                                value ->
                                        ServiceConfig.keys(
                                                value, "runs", Set.of("at_once", "waiting")))
                        .orElse(Map.of());
        return new RunsConfig(
                number(runs, "at_once", 1, MOST_AT_ONCE, USUAL_AT_ONCE),
                number(runs, "waiting", 0, MOST_WAITING, USUAL_WAITING),
                config.section("roots").map(value -> roots(config, value)),
                config.section("keep_connections")
                        .map(value -> ServiceConfig.duration(value, "keep_connections"))
                        .orElse(Duration.ZERO));
    }

    private static int number(
            Map<String, YamlValue> runs, String key, int least, int most, int usual) {
        YamlValue value = runs.get(key);
        return value == null ? usual : value.integer("runs." + key, least, most);
    }

    private static NamedFiles roots(ServiceConfig config, YamlValue value) {
        List<Path> roots = new ArrayList<>();
        for (YamlValue root : value.sequence("roots")) {
            roots.add(config.path(root, "roots"));
        }
        return NamedFiles.below(roots);
    }
}
