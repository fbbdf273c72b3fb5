package org.jetfanout.run.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jetfanout.site.yaml.YamlValue;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every route file of the project is checked against the schema of Camel's YAML DSL, and names and
 * describes its routes.
 */
final class RouteFilesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonSchema SCHEMA = schema();

    private static JsonSchema schema() {
        try (InputStream in =
                RouteFilesTest.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(in);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<Path> routeFiles() throws IOException {
        try (Stream<Path> routes = Files.walk(Path.of("routes"));
                Stream<Path> examples = Files.walk(Path.of("examples"))) {
            return Stream.concat(routes, examples)
                    .filter(file -> file.toString().endsWith(".camel.yaml"))
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("routeFiles")
    void fitsTheSchemaOfTheYamlDsl(Path file) {
        JsonNode routes = JSON.valueToTree(YamlValue.read(file).orElseThrow().plain());
        assertThat(SCHEMA.validate(routes)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("routeFiles")
    void namesAndDescribesEachRoute(Path file) {
        JsonNode routes = JSON.valueToTree(YamlValue.read(file).orElseThrow().plain());
        assertThat(routes).isNotEmpty();
        for (JsonNode route : routes) {
            // a route, or else what the service's files have beside: rest, onException for all
            JsonNode named = route.elements().next();
            if (!route.has("restConfiguration")
                    && !route.has("routeConfiguration")
                    && !route.has("rest")) {
                assertThat(named.at("/id").asText()).isNotEmpty();
                assertThat(named.at("/description").asText()).isNotEmpty();
            }
        }
    }
}
