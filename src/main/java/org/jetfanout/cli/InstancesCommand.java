package org.jetfanout.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import java.util.concurrent.Callable;
import org.jetfanout.ExitCode;
import org.jetfanout.link.Instance;
import org.jetfanout.link.InstanceId;
import org.jetfanout.link.Link;
import org.jetfanout.text.Text;
import org.jetfanout.text.Times;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code instances}: lists who is at the broker. */
@Command(
        name = "instances",
        mixinStandardHelpOptions = true,
        description = {
            "Lists the instances at a broker: hands, and the owners of runs.",
            "It listens for 3 seconds. What has not been heard for 5 seconds is not there."
        })
final class InstancesCommand implements Callable<Integer> {
    /** Each says once a second that it is there. */
    private static final long LISTEN_MILLIS = 3000;

    private static final int LONGEST = 60;
    private static final List<String> TITLES =
            List.of(
                    "name",
                    "id",
                    "roles",
                    "zones",
                    "calls",
                    "connections",
                    "version",
                    "since",
                    "last word",
                    "runs");

    @Option(
            names = "--broker-config",
            required = true,
            paramLabel = "FILE",
            description = "The broker: a file with url, login, TLS, and shared_key.")
    private Path brokerConfig;

    @Option(names = "--json", description = "Print one JSON object per instance.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        List<Instance> all = new ArrayList<>();
        Map<InstanceId, Duration> silence = new HashMap<>();
        try (Link link = OtherInstances.link(brokerConfig)) {
            Thread.sleep(LISTEN_MILLIS);
            link.presence().all().stream()
                    .filter(instance -> !instance.id().equals(link.me()))
                    // somebody who only asks, as this program does now, has no role
                    .filter(InstancesCommand::hasRole)
                    .forEach(all::add);
            all.forEach(
                    instance ->
                            link.presence()
                                    .silence(instance.id())
                                    .ifPresent(time -> silence.put(instance.id(), time)));
        }
        all.sort(
                Comparator.comparing((Instance instance) -> instance.id().name())
                        .thenComparing(instance -> instance.id().id()));
        if (json) {
            StringBuilder text = new StringBuilder();
            all.forEach(instance -> text.append(json(instance, silence)).append('\n'));
            System.out.print(text);
        } else {
            print(all, silence);
        }
        return ExitCode.OK.code();
    }

    private static boolean hasRole(Instance instance) {
        return !instance.roles().isEmpty()
                || !instance.zones().isEmpty()
                || instance.facts().path("answers").asBoolean()
                || !instance.understands();
    }

    private static ObjectNode json(Instance instance, Map<InstanceId, Duration> silence) {
        JsonNode facts = instance.facts();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", instance.id().name()).put("id", instance.id().id());
        ArrayNode roles = json.putArray("roles");
        instance.roles().forEach(roles::add);
        ArrayNode zones = json.putArray("zones");
        instance.zones().forEach(zones::add);
        ArrayNode runs = json.putArray("runs");
        facts.path("runs").forEach(run -> runs.add(run.asText()));
        json.put("calls", facts.path("calls").asLong());
        json.put("connections", facts.path("connections").asLong());
        json.put("version", facts.path("program").asText());
        json.put("protocol", instance.version());
        json.put("since", facts.path("since").asText());
        Duration silent = silence.get(instance.id());
        if (silent != null) {
            json.put("lastWordMillis", silent.toMillis());
        }
        return json;
    }

    private static void print(List<Instance> all, Map<InstanceId, Duration> silence) {
        if (all.isEmpty()) {
            Main.say("no instance is at the broker");
            return;
        }
        List<List<String>> rows = new ArrayList<>(List.of(TITLES));
        TimeZone zone = TimeZone.getDefault();
        for (Instance instance : all) {
            JsonNode facts = instance.facts();
            rows.add(
                    List.of(
                            cell(instance.id().name()),
                            cell(
                                    instance.id()
                                            .id()
                                            .substring(
                                                    0, Math.min(8, instance.id().id().length()))),
                            cell(String.join(",", instance.roles())),
                            cell(String.join(",", instance.zones())),
                            Long.toString(facts.path("calls").asLong()),
                            Long.toString(facts.path("connections").asLong()),
                            cell(version(instance)),
                            cell(Times.shown(facts.path("since").asText(), zone)),
                            lastWord(silence.get(instance.id())),
                            cell(runs(facts))));
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                int at = column;
                int width = rows.stream().mapToInt(it -> it.get(at).length()).max().orElse(0);
                line.append(row.get(column))
                        .append(" ".repeat(width - row.get(column).length() + 2));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        System.out.print(text);
    }

    private static String version(Instance instance) {
        String program = instance.facts().path("program").asText("?");
        return instance.understands()
                ? program
                : "%s (protocol %d, this one %d)"
                        .formatted(program, instance.version(), Link.VERSION);
    }

    /** How long ago it was heard. */
    private static String lastWord(Duration silent) {
        return silent == null
                ? "?"
                : String.format(Locale.ROOT, "%.1f s ago", silent.toMillis() / 1000.0);
    }

    private static String runs(JsonNode facts) {
        List<String> runs = new ArrayList<>();
        facts.path("runs").forEach(run -> runs.add(run.asText()));
        return String.join(",", runs);
    }

    /** Each is what another machine says. */
    private static String cell(String text) {
        String safe = Text.forTerminal(Text.plain(text), false).replace('\t', ' ');
        String cell = safe.isEmpty() ? "-" : safe;
        return cell.length() <= LONGEST ? cell : cell.substring(0, LONGEST - 1) + "…";
    }
}
