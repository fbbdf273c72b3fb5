package org.jetfanout.run.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jetfanout.JetHeaders;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.sink.SinkDelivery;
import org.jetfanout.sink.shipping.Sinks;
import org.jetfanout.site.yaml.YamlValue;
import org.junit.jupiter.api.Test;

/** docs/routes.md is a contract: its tables and the routes may not part. */
final class RoutesPageTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void namesEveryRouteWithWhereItBegins() throws IOException {
        Map<String, String> routes = new HashMap<>();
        for (JsonNode route : routes()) {
            String uri = route.at("/route/from/uri").asText();
            routes.put(route.at("/route/id").asText(), uri);
        }
        assertThat(table("| route |")).isEqualTo(routes);
    }

    @Test
    void namesEveryBean() throws IOException {
        assertThat(table("| bean |").keySet()).isEqualTo(beans());
    }

    private static Set<String> beans() throws IOException {
        Set<String> beans = new TreeSet<>();
        for (JsonNode route : routes()) {
            route.findParents("ref").forEach(step -> beans.add(step.path("ref").asText()));
            route.findValues("aggregationStrategy").forEach(bean -> beans.add(bean.asText()));
            route.findValues("executorService").forEach(bean -> beans.add(bean.asText()));
        }
        return beans;
    }

    /** The rule by which a reader gets from a step's name to its method. */
    @Test
    void theNameOfAStepSaysWhereItLives() throws Exception {
        Map<String, String> classes = table("| before the dot |");
        Set<String> used = new TreeSet<>();
        Set<String> names = beans();
        names.addAll(SinkSteps.beans().keySet());
        for (String name : names) {
            assertThat(name).matches("[a-z]+\\.[a-zA-Z]+");
            String room = name.substring(0, name.indexOf('.'));
            used.add(room);
            assertThat(Class.forName(classes.get(room)).getDeclaredMethods())
                    .as(name)
                    .anySatisfy(
                            method -> {
                                assertThat(room + "." + method.getName()).isEqualTo(name);
                                assertThat(Modifier.isPrivate(method.getModifiers())).isFalse();
                            });
        }
        assertThat(classes.keySet()).isEqualTo(used);
    }

    @Test
    void namesEveryHeader() throws IOException {
        Set<String> headers = new TreeSet<>();
        for (Field field : JetHeaders.class.getFields()) {
            try {
                headers.add((String) field.get(null));
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }
        // properties, in the text below the table
        headers.removeAll(Set.of(JetHeaders.JOB, JetHeaders.PLAN, JetHeaders.WAVES));
        assertThat(table("| header |").keySet()).isEqualTo(headers);
        assertThat(Files.readString(Path.of("docs/routes.md")))
                .contains(
                        "property `JetJob`",
                        "property `JetPlan`",
                        "property `JetWaves`",
                        "property `JetDelivery`");
    }

    @Test
    void namesEveryStepOfUsersSinks() throws IOException {
        assertThat(table("| step |").keySet()).isEqualTo(SinkSteps.beans().keySet());
    }

    @Test
    void namesWhatASinksRouteGets() throws IOException {
        List<String> page = Files.readAllLines(Path.of("docs/routes.md"));
        assertThat(page)
                .contains("| header | " + JetHeaders.GUID + " | text | the run |")
                .anyMatch(line -> line.startsWith("| header | " + JetHeaders.SINK + " |"))
                .anyMatch(line -> line.startsWith("| property | " + SinkDelivery.PROPERTY + " |"));
        String body =
                page.stream().filter(line -> line.startsWith("| body |")).findFirst().orElseThrow();
        for (RecordComponent part : LogDocument.class.getRecordComponents()) {
            assertThat(body).contains("`" + part.getName() + "`");
        }
    }

    @Test
    void aPackagedSinkIsARouteOfItsName() throws IOException {
        assertThat(Routes.packagedSinks()).isNotEmpty();
        for (String sink : Routes.packagedSinks()) {
            assertThat(table("| route |")).containsEntry("sink-" + sink, "direct:sink-" + sink);
            assertThat(hasJavaHalf(sink)).as(sink).isTrue();
        }
    }

    private static boolean hasJavaHalf(String sink) {
        return Sinks.settings(sink).isPresent();
    }

    /** The picture is what {@code jet-fanout routes --mermaid} draws. */
    @Test
    void showsThePictureOfTheRoutes() throws IOException {
        Path page = Path.of("docs/routes.md");
        String picture = new RoutesInForce(Optional.empty()).picture().mermaid();
        if (Boolean.getBoolean("jet.docs.write")) {
            Files.writeString(
                    page,
                    Files.readString(page)
                            .replaceFirst(
                                    "(?s)```mermaid\\n.*?```",
                                    Matcher.quoteReplacement("```mermaid\n" + picture + "```")));
        }
        assertThat(Files.readString(page))
                .as("write it anew: mvn test -Dtest=RoutesPageTest -Djet.docs.write=true")
                .contains("\n```mermaid\n" + picture + "```\n");
    }

    /** First and second column of the table that begins so. */
    private static Map<String, String> table(String head) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("docs/routes.md"));
        int start =
                lines.indexOf(
                        lines.stream()
                                .filter(line -> line.startsWith(head))
                                .findFirst()
                                .orElseThrow());
        return lines.stream()
                .skip(start + 2L)
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> line.split("\\|", -1))
                .collect(Collectors.toMap(cells -> cells[1].strip(), cells -> cells[2].strip()));
    }

    private static List<JsonNode> routes() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("routes"))) {
            return files.filter(file -> file.toString().endsWith(".camel.yaml"))
                    // of the service: docs/api.md and docs/page.md, held by their own tests
                    .filter(file -> !file.startsWith("routes/service"))
                    .map(
                            file ->
                                    JSON.<JsonNode>valueToTree(
                                            YamlValue.read(file).orElseThrow().plain()))
                    .flatMap(
                            list ->
                                    Stream.iterate(0, i -> i < list.size(), i -> i + 1)
                                            .map(list::get))
                    .toList();
        }
    }
}
