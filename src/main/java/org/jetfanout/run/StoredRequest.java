package org.jetfanout.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.jetfanout.runner.WorkRequest;
import org.jetfanout.runner.known.Runners;
import org.jetfanout.site.workers.PlayOrder;
import org.jetfanout.site.workers.RolloutRules;

/**
 * The request as the run record keeps it: the keys of {@code request.json}, beside those of its
 * runner. It holds no secrets, only the names of the files that have them. A value is empty or 0
 * where it was not given, or where another version did not write it. Paths may be relative to the
 * directory. Immutable.
 */
record StoredRequest(
        String workerConfig,
        int threads,
        String order,
        Map<String, String> rollout,
        String routes,
        String broker,
        Long brokerWaitMillis,
        String brokerConfig,
        boolean noLocal,
        Sinks sinks) {
    private static final String DIRECTORY = "directory";
    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    /** The sinks of the run, without their settings, which may be secrets. */
    record Sinks(List<String> names, String config, Long waitMillis, String metrics) {
        Sinks {
            names = known(names);
        }

        static Sinks of(SinkRequest request) {
            return new Sinks(
                    request.names(),
                    text(request.config()),
                    request.atEnd().map(Duration::toMillis).orElse(-1L),
                    request.metrics().orElse(""));
        }

        SinkRequest request(Path directory) {
            return new SinkRequest(
                    names,
                    said(config).map(directory::resolve),
                    Optional.ofNullable(waitMillis)
                            .filter(wait -> wait >= 0)
                            .map(Duration::ofMillis),
                    said(metrics));
        }
    }

    /** The keys of {@code request.json}, in their order. Only after {@link RunRequest#keptIn}. */
    static Map<String, Object> toRecord(RunRequest request) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put(DIRECTORY, Path.of("").toAbsolutePath().toString());
        record.put(Runners.KEY, request.work().runner().name());
        record.putAll(request.work().toRecord());
        of(request).putInto(record);
        return record;
    }

    /** Value by value: Jackson would first learn by reflection what a request consists of. */
    private void putInto(Map<String, Object> record) {
        record.put("workerConfig", workerConfig);
        record.put("threads", threads);
        putIfGiven(record, "order", order);
        if (!rollout.isEmpty()) {
            record.put("rollout", rollout);
        }
        record.put("routes", routes);
        record.put("broker", broker);
        putIfGiven(record, "brokerWaitMillis", brokerWaitMillis);
        putIfGiven(record, "brokerConfig", brokerConfig);
        if (noLocal) {
            record.put("noLocal", true);
        }
        Map<String, Object> shipping = new LinkedHashMap<>();
        shipping.put("names", sinks.names());
        shipping.put("config", sinks.config());
        shipping.put("waitMillis", sinks.waitMillis());
        shipping.put("metrics", sinks.metrics());
        record.put("sinks", shipping);
    }

    private static void putIfGiven(Map<String, Object> record, String key, Object value) {
        if (value != null) {
            record.put(key, value);
        }
    }

    private static StoredRequest of(RunRequest request) {
        return new StoredRequest(
                request.workerConfig().toString(),
                request.threads(),
                request.order().map(PlayOrder::word).orElse(null),
                request.rollout().texts(),
                text(request.routes()),
                request.broker().map(BrokerRequest::url).orElse(""),
                request.broker().map(broker -> broker.patience().toMillis()).orElse(null),
                request.broker().flatMap(BrokerRequest::config).map(Path::toString).orElse(null),
                request.broker().map(broker -> !broker.isLocal()).orElse(false),
                Sinks.of(request.sinks()));
    }

    /** The request that {@link #toRecord} wrote. */
    static RunRequest read(JsonNode json) {
        Path directory = Path.of(json.path(DIRECTORY).asText(""));
        try {
            return JSON.treeToValue(json, StoredRequest.class)
                    .request(Runners.of(json).request(json, directory), directory);
        } catch (JsonProcessingException e) {
            throw new ConfigurationException(
                    "the request of the run cannot be read: " + e.getOriginalMessage());
        }
    }

    private RunRequest request(WorkRequest work, Path from) {
        return new RunRequest(
                work,
                from.resolve(said(workerConfig).orElse("")),
                threads,
                said(order).flatMap(PlayOrder::of),
                rollout == null ? RolloutRules.NONE : RolloutRules.of(rollout),
                said(routes).map(from::resolve),
                brokerRequest(from),
                sinks == null ? SinkRequest.NONE : sinks.request(from));
    }

    private Optional<BrokerRequest> brokerRequest(Path from) {
        Optional<Path> config = said(brokerConfig).map(from::resolve);
        if (said(broker).isEmpty() && config.isEmpty()) {
            return Optional.empty();
        }
        Duration patience =
                brokerWaitMillis == null
                        ? BrokerRequest.USUAL_PATIENCE
                        : Duration.ofMillis(brokerWaitMillis);
        return Optional.of(new BrokerRequest(said(broker).orElse(""), config, patience, !noLocal));
    }

    private static List<String> known(List<String> texts) {
        return texts == null ? List.of() : List.copyOf(texts);
    }

    private static Optional<String> said(String text) {
        return Optional.ofNullable(text).filter(value -> !value.isEmpty());
    }

    private static String text(Optional<Path> path) {
        return path.map(Path::toString).orElse("");
    }
}
