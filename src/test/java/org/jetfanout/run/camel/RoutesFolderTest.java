package org.jetfanout.run.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every file of a routes folder is loaded, or refused with file, line and reason. */
class RoutesFolderTest {
    @TempDir private Path folder;

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private static String route(String id, String from, String to) {
        return "# one\n- route:\n    id: %s\n    from:\n      uri: %s\n      steps:\n        - to: %s\n"
                .formatted(id, from, to);
    }

    private static String packaged(String name) throws IOException {
        return Files.readString(Path.of("routes/" + name + ".camel.yaml"));
    }

    private void refused(Path file, String... words) {
        assertThatThrownBy(() -> RoutesFolder.read(folder))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(file.toString() + ":")
                .hasMessageContainingAll(words)
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plan.camel.yml",
                "plan.yaml",
                "plan.camel.yaml.bak",
                "plan.camel.yaml~",
                "plan.camel.yaml.orig",
                "plan.xml",
                "Plan.java",
                "more/plan.camel.yml",
                "sinks/file.yaml",
                "camel.yaml"
            })
    void aFileOfAnotherNameIsNotPassedOver(String name) throws IOException {
        refused(write(name, packaged("plan")), "is not loaded");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "README.md",
                "notes.txt",
                ".gitignore",
                ".plan.camel.yaml.swp",
                ".git/HEAD",
                "lib/some.jar"
            })
    void whatNobodyTakesForARouteMayBeThere(String name) throws IOException {
        write(name, "what ever: [");
        assertThat(RoutesFolder.read(folder).files()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Plan", "myplan", "sub/plan", "plan2", "queue2"})
    void aRouteOfTheContractInAFileOfAnotherName(String name) throws IOException {
        refused(write(name + ".camel.yaml", packaged("plan")), "route 'plan'", "plan.camel.yaml");
    }

    @ParameterizedTest
    @CsvSource({
        "mine, direct:plan, plan",
        "mine, direct://plan, plan",
        "mine, 'direct:plan?block=false', plan",
        "pack, direct:mine, pack",
        "result, direct:mine, record",
        "mine, direct:check, check",
        "mine, sjms2:queue:{{jet.queue}}, dispatch",
        "mine, direct:sink-file, sinks/file",
        "sink-file, direct:mine, sinks/file"
    })
    void anIdOrABeginningOfTheContractInAFileOfAnotherName(String id, String from, String file)
            throws IOException {
        refused(
                write("mine.camel.yaml", route(id, "\"" + from + "\"", "log:x")),
                ":3:",
                file + ".camel.yaml");
    }

    @ParameterizedTest
    @CsvSource({
        "dispatch, id: dispatch, id: my-dispatch, no route has the id 'dispatch'",
        "record, id: result, id: results, no route has the id 'result'",
        "pack, id: pack, id: Pack, no route has the id 'pack'",
        "plan, id: plan, autoStartup: true, no route has the id 'plan'",
        "check, uri: direct:check, uri: direct:checks, must start with 'from' direct:check",
        "dispatch, queue:{{jet.queue}}, queue:mine, must start with 'from'"
                + " sjms2:queue:{{jet.queue}}",
        "record, uri: direct:record, uri: direct:records, must start with 'from' direct:record"
    })
    void whatTheContractNeedsAndIsMissing(String file, String part, String other, String says)
            throws IOException {
        String text = packaged(file);
        assertThat(text).contains(part);
        refused(
                write(
                        file + ".camel.yaml",
                        text.replaceFirst(java.util.regex.Pattern.quote(part), other)),
                says);
    }

    @ParameterizedTest
    @CsvSource({
        "'- route:\n    id: [', 2, invalid YAML",
        "'- route:\n\tid: x', 2, invalid YAML",
        "'route:\n  id: x', 1, must be a list",
        "'- 7', 1, must be a mapping",
        "'hello', 1, must be a list",
        "'- route: 7', 1, must be a mapping"
    })
    void whatIsNoYamlOrNoRoutes(String text, int line, String says) throws IOException {
        refused(
                write("mine.camel.yaml", text.replace("\\n", "\n").replace("\\t", "\t")),
                says,
                ":" + line + ": ");
    }

    @Test
    void twoRoutesOfOneName() throws IOException {
        write("a.camel.yaml", route("mine", "direct:a", "log:x"));
        refused(
                write("b.camel.yaml", route("mine", "direct:b", "log:x")),
                ":3:",
                "is also in " + folder.resolve("a.camel.yaml"));
    }

    @Test
    void aPartOfThePipelineTakesWhatItSendsTo() throws IOException {
        write(
                "plan.camel.yaml",
                packaged("plan")
                        .replace(
                                "- process:\n                  ref: plan.deal",
                                """
                                - to: direct:racks
                                              - process:
                                                  ref: plan.deal"""));
        write("racks.camel.yaml", route("racks", "direct:racks", "direct:cmdb"));
        write("deep/cmdb.camel.yaml", route("cmdb", "direct:cmdb", "log:x"));
        write("clock.camel.yaml", route("clock", "timer:x", "log:x"));
        RoutesFolder routes = RoutesFolder.read(folder);
        assertThat(names(routes.of(Routes.PLAN, false)))
                .containsExactlyInAnyOrder("plan", "racks", "deep/cmdb");
        assertThat(names(routes.of(Routes.ALL, true)))
                .containsExactlyInAnyOrder("plan", "racks", "deep/cmdb", "clock");
        assertThat(names(routes.of(Routes.CHECK, false))).isEmpty();
    }

    /** It had the route pack too, and its steps had names without a room. */
    @Test
    void theQueueFileOfVersion01ReplacesTwoFiles() throws IOException {
        Path file =
                write(
                        "queue.camel.yaml",
                        (packaged("pack") + packaged("queue"))
                                .replace("pack.batch", "bundle")
                                .replace("queue.message", "message"));
        assertThat(Routes.pattern(Routes.ALL, Optional.of(folder)))
                .contains("file:" + file.toAbsolutePath(), "routes/plan.camel.yaml")
                .doesNotContain("routes/pack.camel.yaml", "routes/queue.camel.yaml");
        assertThat(new RoutesInForce(Optional.of(folder)).routes())
                .filteredOn(route -> route.file().toString().matches(".*/(pack|queue).camel.yaml"))
                .allMatch(RouteInForce::yours)
                .extracting(RouteInForce::id)
                .containsExactly("pack", "queue");
        assertThat(new RouteCheck(Optional.of(folder)).faults(List.of())).isEmpty();
        Path pack = write("pack.camel.yaml", packaged("pack"));
        refused(file, "route 'pack' is also in " + pack);
    }

    private static List<String> names(List<RouteFile> files) {
        return files.stream().map(RouteFile::name).toList();
    }

    /** What Camel says has the user's file and line. */
    @ParameterizedTest
    @CsvSource({
        "'ref: plan.deal', 'reff: deal', Unsupported field: reff",
        "'ref: plan.deal', 'ref: dael', dael",
        """
        '- process:
                          ref: plan.deal', '- prozess:
                          ref: plan.deal', prozess""",
        "'- process:\n                  ref: plan.deal', '- to: nix:there', nix",
        "'- process:\n                  ref: plan.deal', '- to: \"{{no.such}}\"', no.such",
        "'- process:\n                  ref: plan.deal', '- filter: {}', Filter"
    })
    void whatCamelDoesNotTakeHasFileAndLine(String part, String other, String says)
            throws IOException {
        String text = packaged("plan");
        part = part.replace("\\n", "\n");
        assertThat(text).contains(part);
        Path file = write("plan.camel.yaml", text.replace(part, other.replace("\\n", "\n")));
        assertThatThrownBy(this::start)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageMatching(
                        "(?s)" + java.util.regex.Pattern.quote(file.toString()) + ":\\d+: .*")
                .hasMessageContaining(says)
                .hasMessageNotContaining("\n");
    }

    @Test
    void sendingToNobodyIsSaid() throws IOException {
        write(
                "plan.camel.yaml",
                packaged("plan")
                        .replace(
                                "ref: plan.deal",
                                "ref: plan.deal\n              - to: direct:nobody"));
        assertThatThrownBy(this::start)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("direct:nobody");
    }

    private void start() {
        org.apache.camel.Processor step = exchange -> {};
        org.apache.camel.AggregationStrategy collect = (old, more) -> more;
        new Pipeline(
                        Routes.PLAN,
                        Optional.of(folder),
                        Map.of(
                                "plan.workerMap",
                                step,
                                "plan.deal",
                                step,
                                "plan.plan",
                                step,
                                "plan.batches",
                                collect),
                        Map.of())
                .close();
    }
}
