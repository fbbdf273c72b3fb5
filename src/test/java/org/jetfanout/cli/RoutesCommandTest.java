package org.jetfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code jet-fanout routes}: lists, checks, copies and draws routes, and starts none. */
@ResourceLock(Resources.SYSTEM_ERR)
@ResourceLock(Resources.SYSTEM_OUT)
class RoutesCommandTest {
    @TempDir private Path folder;

    private static Ended routes(String... words) {
        List<String> all = new ArrayList<>(List.of("routes"));
        all.addAll(List.of(words));
        return Ended.of(all.toArray(String[]::new));
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private static String packaged(String name) throws IOException {
        return Files.readString(Path.of("routes/" + name + ".camel.yaml"));
    }

    private static String route(String id, String from, String to) {
        return "- route:\n    id: %s\n    from:\n      uri: %s\n      steps:\n        - to: %s\n"
                .formatted(id, from, to);
    }

    /**
     * The folder of routes is best called routes, and others may be called as a command is, too.
     */
    @ParameterizedTest
    @CsvSource({
        "--playbook pb.yml --inventory inv --worker-config w.yml --routes routes",
        "--roles plan --playbook check --inventory runs --worker-config demo",
        "plan --playbook pb.yml --inventory inv --worker-config w.yml --routes routes",
        "routes --routes routes",
        "routes --copy plan --routes routes"
    })
    void aFolderMayHaveTheNameOfACommand(String words) {
        assertThat(Main.program(name -> true).parseArgs(words.split(" ", -1)).errors()).isEmpty();
    }

    @Test
    void listsAllRoutesWithTheirFiles() throws IOException {
        write("plan.camel.yaml", packaged("plan"));
        write("mine.camel.yaml", route("mine", "timer:x", "log:x"));
        write("sinks/chat.camel.yaml", route("sink-chat", "direct:sink-chat", "log:x"));
        Ended list = routes("--routes", folder.toString());
        assertThat(list.exit()).as(list.err()).isZero();
        assertThat(list.out().lines())
                .anyMatch(
                        line ->
                                line.matches(
                                        "plan +direct:plan +yours +.*/plan.camel.yaml +Deals the .*"))
                .anyMatch(
                        line ->
                                line.matches(
                                        "pack +direct:pack +packaged +routes/pack.camel.yaml +Packs.*"))
                .anyMatch(line -> line.matches("mine +timer:x +yours +.*/mine.camel.yaml"))
                .anyMatch(line -> line.matches("sink-chat +direct:sink-chat +yours +.*"))
                .anyMatch(line -> line.startsWith("sink-file "));

        JsonNode json =
                new ObjectMapper().readTree(routes("--json", "--routes", folder.toString()).out());
        assertThat(json).hasSize((int) list.out().lines().count());
        assertThat(json.get(0).fieldNames())
                .toIterable()
                .containsExactly("id", "from", "origin", "file", "description");
    }

    @Test
    void theRoutesOfTheProjectHaveNoFault() throws IOException {
        List<String> words = new ArrayList<>(List.of("--validate"));
        try (Stream<Path> routes = Files.walk(Path.of("routes"));
                Stream<Path> examples = Files.walk(Path.of("examples"))) {
            Stream.concat(routes, examples)
                    .map(Path::toString)
                    .filter(file -> file.endsWith(".camel.yaml"))
                    .forEach(words::add);
        }
        assertThat(words).hasSizeGreaterThan(10);
        assertThat(routes(words.toArray(String[]::new))).isEqualTo(new Ended(0, "", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "plan, 'ref: plan.deal', 'ref: dael', 20, dael",
        "plan, 'id: plan', 'id: mine', 0, no route has the id 'plan'",
        "plan, 'ref: plan.deal', 'reff: deal', 20, Unsupported field: reff",
        "plan, '${body}', '${body', 5, expected symbol",
        "plan, 'uri: direct:plan', 'uri: [', 10, invalid YAML",
        "dispatch, 'autoStartup: false', 'autoStartup: true', 5, must have 'autoStartup: false'",
        "dispatch, 'to: direct:result', 'to: direct:nobody', 74, direct:nobody",
        "dispatch, 'to: direct:result', 'to: nix:there', 74, nix",
        "dispatch, 'uri: \"ssh:worker\"', 'uri: \"ssh:worker?nix=1\"', 49, nix=1",
        "dispatch, 'ref: dispatch.pause', 'ref: takeUp', 5, must wait before it connects again",
        "dispatch, 'ref: dispatch.command', 'ref: dispatch.commands', 5, must begin with 'ref: dispatch.command'",
        "record, 'description: Stores a frame', 'autoStartup: false # ', 3, does not start",
        "sinks/splunk, 'ref: splunk.done', 'ref: splunkDne', 68, splunkDne",
        "sinks/splunk, 'from:\n      uri: direct:sink-splunk', 'from:\n      uri: direct:x', 0, direct:sink-splunk"
    })
    void aFaultIsOneLineWithFileAndLine(
            String name, String part, String other, int line, String says) throws IOException {
        String text = packaged(name);
        part = part.replace("\\n", "\n");
        assertThat(text).contains(part);
        Path file = write(name + ".camel.yaml", text.replace(part, other.replace("\\n", "\n")));
        String place = "jet-fanout: " + file + (line > 0 ? ":" + line : "") + ": ";
        for (Ended ended :
                List.of(
                        routes("--validate", file.toString()),
                        routes("--validate", "--routes", folder.toString()))) {
            assertThat(ended.exit()).as(ended.err()).isEqualTo(78);
            assertThat(ended.err().lines())
                    .anyMatch(fault -> fault.startsWith(place) && fault.contains(says))
                    .allMatch(fault -> fault.startsWith("jet-fanout: " + file));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "page, 'ref: page.home', 'ref: page.hoem', page.home, (nearest: ",
        "page, '- process:', '- proces:', page.home, proces",
        "api, 'ref: api.lines', 'ref: plan.deal', api.lines, the service has no step",
        "api, 'uri: direct:api-lines', 'uri: direct:api-line', 'to: direct:api-lines', no route starts",
        "health, 'ref: health.live', 'ref: [', health.live, invalid YAML"
    })
    void aFaultOfTheServiceIsOneLineWithFileAndLine(
            String name, String part, String other, String near, String says) throws IOException {
        String text = packaged("service/" + name);
        int place = text.indexOf(part, Math.max(0, text.indexOf(near) - 40));
        assertThat(place).isPositive();
        String wrong = text.substring(0, place) + other + text.substring(place + part.length());
        for (String folder : List.of("service/", "mine/")) {
            Path file = write(folder + name + ".camel.yaml", wrong);
            Ended ended = routes("--validate", file.toString());
            assertThat(ended.exit()).as(ended.err()).isEqualTo(78);
            assertThat(ended.err().lines())
                    .hasSize(1)
                    .allMatch(line -> line.matches("jet-fanout: " + file + ":\\d+: .*"))
                    .allMatch(line -> line.contains(says));
        }
    }

    @Test
    void aRouteOfOnesOwnForTheServiceIsCheckedAsOneOfTheService() throws IOException {
        Path file =
                write(
                        "any/mine.camel.yaml",
                        route("mine", "platform-http:/mine", "direct:api-runs"));
        assertThat(routes("--validate", file.toString())).isEqualTo(new Ended(0, "", ""));
        try (Stream<Path> packaged = Files.list(Path.of("routes/service"))) {
            assertThat(packaged.map(path -> path.getFileName().toString()))
                    .as("ServiceRoutes.NAMES")
                    .containsExactlyInAnyOrder(
                            "api.camel.yaml",
                            "errors.camel.yaml",
                            "health.camel.yaml",
                            "page.camel.yaml",
                            "webhooks.camel.yaml");
        }
    }

    @Test
    void everyFaultIsSaidAndNothingIsStarted() throws IOException {
        Path first =
                write(
                        "alone/first.camel.yaml",
                        route("tick", "timer:tick?delay=0", "file:" + folder + "/made")
                                + route("bad", "direct:bad", "nix:there"));
        Path second = write("alone/second.camel.yaml", route("bad", "direct:other", "direct:bad"));
        Path none = folder.resolve("none.camel.yaml");
        Path text = write("notes.yaml", "x");
        Ended ended =
                routes(
                        "--validate",
                        first.toString(),
                        second.toString(),
                        none.toString(),
                        text.toString());
        assertThat(ended.exit()).isEqualTo(78);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err().lines())
                .hasSize(4)
                .anyMatch(line -> line.contains(second + ":2: route 'bad' is also in " + first))
                .anyMatch(line -> line.contains(none + ": no such file"))
                .anyMatch(line -> line.contains(text + ": is not loaded"))
                .anyMatch(line -> line.contains(first + ":12: route 'bad', step nix:there"));
        assertThat(folder.resolve("made")).doesNotExist();
    }

    @Test
    void copiesAFileToEditAndOverwritesNothing() throws IOException {
        Path copy = folder.resolve("mine/pack.camel.yaml");
        Ended ended = routes("--copy", "pack", "--routes", folder + "/mine");
        assertThat(ended.exit()).as(ended.err()).isZero();
        assertThat(ended.out()).isEqualTo(copy + "\n");
        assertThat(ended.err())
                .isEqualTo(
                        ("jet-fanout: edit the file, then check it: jet-fanout routes --routes"
                                        + " %s/mine --validate %s\n")
                                .formatted(folder, copy));
        assertThat(copy).hasContent(packaged("pack"));

        Files.writeString(copy, "edited");
        Ended again = routes("--copy", "pack.camel.yaml", "--routes", folder + "/mine");
        assertThat(again.exit()).isEqualTo(78);
        assertThat(again.err()).startsWith("jet-fanout: " + copy + ": exists already");
        assertThat(copy).hasContent("edited");

        assertThat(routes("--copy", "sinks/file", "--routes", folder.toString()).exit()).isZero();
        assertThat(folder.resolve("sinks/file.camel.yaml")).exists();
        Ended unknown = routes("--copy", "dispach", "--routes", folder.toString());
        assertThat(unknown.exit()).isEqualTo(78);
        assertThat(unknown.err()).contains("(nearest: 'dispatch')");
    }

    @Test
    void drawsWhatComesAfterWhat() throws IOException {
        write(
                "plan.camel.yaml",
                packaged("plan")
                        .replace(
                                "ref: plan.deal",
                                "ref: plan.deal\n              - to: \"direct:racks?block=false\""));
        write("racks.camel.yaml", route("racks", "direct:racks", "\"log:a\\\"b\""));
        Ended mermaid = routes("--mermaid", "--routes", folder.toString());
        assertThat(mermaid.exit()).as(mermaid.err()).isZero();
        String to = node(mermaid.out(), "[\"direct:racks\"]");
        String begin = node(mermaid.out(), "([\"direct:racks\"])");
        assertThat(mermaid.out())
                .startsWith("flowchart TD\n")
                .contains("    " + to + " -.-> " + begin + "\n", "log:a#quot;b");
        Ended dot = routes("--dot", "--routes", folder.toString());
        assertThat(dot.exit()).as(dot.err()).isZero();
        assertThat(dot.out())
                .startsWith("digraph routes {\n")
                .endsWith("}\n")
                .contains("    " + to + " -> " + begin + " [label=\"\", style=dashed];\n")
                .contains("[label=\"log:a\\\"b\"");
    }

    private static String node(String picture, String text) {
        return picture.lines()
                .filter(line -> line.endsWith(text))
                .map(line -> line.strip().replace(text, ""))
                .filter(id -> id.matches("\\w+"))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "--validate, --json",
        "--validate, ''",
        "--copy, plan",
        "--mermaid, --dot",
        "some.camel.yaml, --json"
    })
    void misuse(String first, String second) {
        Ended ended = second.isEmpty() ? routes(first) : routes(first, second);
        assertThat(ended.exit()).isEqualTo(64);
        assertThat(ended.err().lines()).hasSize(1);
        assertThat(ended.err()).endsWith("(see jet-fanout --help)\n");
    }
}
