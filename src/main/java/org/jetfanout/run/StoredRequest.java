package org.jetfanout.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jetfanout.ConfigurationException;
import org.jetfanout.runner.RunnerOptions;
import org.jetfanout.site.playbook.HostLimits;
import org.jetfanout.site.workers.PlayOrder;
import org.jetfanout.site.workers.RolloutRules;

/**
 * The request as the run record keeps it: the keys of {@code request.json}, in their order. It
 * holds no secrets, only the names of the files that have them. A value is empty or 0 where it was
 * not given, or where another version did not write it. Paths may be relative to {@code directory}.
 * Immutable.
 */
record StoredRequest(
        String directory,
        String mode,
        List<String> playbooks,
        List<String> inventories,
        List<String> roles,
        List<String> modules,
        String workerConfig,
        List<String> limitHosts,
        List<String> limitGroups,
        List<String> extraVars,
        String user,
        int port,
        int batchSize,
        String sudo,
        List<String> tags,
        int verbosity,
        boolean forwardAgent,
        boolean allowLocalhostDelegation,
        int threads,
        @JsonInclude(JsonInclude.Include.NON_NULL) String order,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> rollout,
        String routes,
        String broker,
        @JsonInclude(JsonInclude.Include.NON_NULL) Long brokerWaitMillis,
        @JsonInclude(JsonInclude.Include.NON_NULL) String brokerConfig,
        Sinks sinks) {
    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    StoredRequest {
        playbooks = known(playbooks);
        inventories = known(inventories);
        roles = known(roles);
        modules = known(modules);
        limitHosts = known(limitHosts);
        limitGroups = known(limitGroups);
        extraVars = known(extraVars);
        tags = known(tags);
    }

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

    /** Only after {@link RunRequest#withVariablesIn}. */
    static StoredRequest of(RunRequest request) {
        RunnerOptions runner = request.runner();
        return new StoredRequest(
                Path.of("").toAbsolutePath().toString(),
                runner.mode(),
                texts(request.playbooks()),
                texts(request.inventories()),
                texts(request.roles()),
                texts(request.modules()),
                request.workerConfig().toString(),
                request.limits().hosts(),
                request.limits().groups(),
                request.extraVars(),
                runner.user().orElse(""),
                runner.port().orElse(0),
                runner.batchSize().orElse(0),
                runner.sudo().orElse(""),
                runner.tags(),
                runner.verbosity(),
                runner.forwardAgent(),
                runner.allowLocalhostDelegation(),
                request.threads(),
                request.order().map(PlayOrder::word).orElse(null),
                request.rollout().texts(),
                text(request.routes()),
                request.broker().map(BrokerRequest::url).orElse(""),
                request.broker().map(broker -> broker.patience().toMillis()).orElse(null),
                request.broker().flatMap(BrokerRequest::config).map(Path::toString).orElse(null),
                Sinks.of(request.sinks()));
    }

    static StoredRequest read(JsonNode json) {
        try {
            return JSON.treeToValue(json, StoredRequest.class);
        } catch (JsonProcessingException e) {
            throw new ConfigurationException(
                    "the request of the run cannot be read: " + e.getOriginalMessage());
        }
    }

    RunRequest request() {
        Path from = Path.of(said(directory).orElse(""));
        return new RunRequest(
                paths(from, playbooks),
                paths(from, inventories),
                paths(from, roles),
                paths(from, modules),
                from.resolve(said(workerConfig).orElse("")),
                new HostLimits(limitHosts, limitGroups),
                extraVars.stream().map(text -> "@" + from.resolve(text.substring(1))).toList(),
                new RunnerOptions(
                        said(mode).orElse(""),
                        said(user),
                        number(port),
                        OptionalInt.empty(),
                        number(batchSize),
                        said(sudo),
                        tags,
                        verbosity,
                        forwardAgent,
                        allowLocalhostDelegation),
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
        return Optional.of(new BrokerRequest(said(broker).orElse(""), config, patience));
    }

    private static List<String> known(List<String> texts) {
        return texts == null ? List.of() : List.copyOf(texts);
    }

    private static Optional<String> said(String text) {
        return Optional.ofNullable(text).filter(value -> !value.isEmpty());
    }

    private static OptionalInt number(int number) {
        return number == 0 ? OptionalInt.empty() : OptionalInt.of(number);
    }

    private static String text(Optional<Path> path) {
        return path.map(Path::toString).orElse("");
    }

    private static List<String> texts(List<Path> paths) {
        return paths.stream().map(Path::toString).toList();
    }

    private static List<Path> paths(Path from, List<String> texts) {
        return texts.stream().map(from::resolve).toList();
    }
}
