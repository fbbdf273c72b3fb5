package org.jetfanout.run.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PackagedRoutesTest {
    /** A class that runs packaged routes with their own steps, in a Camel of its own. */
    private static final String RUNS_ROUTES = "(?s).*(new RouteBed\\(|@CamelMainTest\\().*";

    @Test
    void eachHasATestThatRunsIt() throws IOException {
        List<String> tests;
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            tests =
                    files.filter(file -> file.toString().matches(".*Routes?Test\\.java"))
                            .map(PackagedRoutesTest::text)
                            .filter(text -> text.matches(RUNS_ROUTES))
                            .toList();
        }
        List<String> untested =
                PackagedRoutes.names().stream()
                        .flatMap(name -> PackagedRoutes.read(name).routes().stream())
                        .map(RouteFile.Begin::id)
                        .filter(id -> tests.stream().noneMatch(test -> names(test, id)))
                        .toList();
        assertThat(untested).isEmpty();
    }

    /** As the endpoint at which it begins, its id, or the name of its sink. */
    private static boolean names(String test, String id) {
        return Stream.of(
                        "\"direct:" + id + "\"",
                        "\"" + id + "\"",
                        "\"" + id.replaceFirst("^sink-", "") + "\"")
                .anyMatch(test::contains);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
