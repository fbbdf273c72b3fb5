package org.jetfanout.it.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jetfanout.it.compose.ComposeFile.list;
import static org.jetfanout.it.compose.ComposeFile.map;
import static org.jetfanout.it.compose.ComposeFile.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jetfanout.testkit.Pom;
import org.jetfanout.testkit.Programs;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What docker-compose.yml and compose/Dockerfile say. */
final class ComposeFileIT {
    private static final Path DOCKERFILE = Path.of("compose/Dockerfile");

    private static ComposeFile file;

    @BeforeAll
    static void resolve() {
        file = ComposeFile.resolved();
    }

    @Test
    void eachImageIsOfAnExactVersionTheOneOfOurTests() throws IOException {
        Map<String, String> versions =
                Map.of(
                        "jet-fanout-host", version("pom.xml", "<version>"),
                        "jet-fanout-worker", version("pom.xml", "<version>"),
                        "jet-fanout-control", version("pom.xml", "<version>"),
                        // the first without https://www.cve.org/CVERecord?id=CVE-2026-57967
                        "apache/artemis", "2.57.0",
                        "elasticsearch", elastic(),
                        "logstash", elastic(),
                        "kibana", elastic());
        for (String service : file.services()) {
            String[] image = text(file.service(service), "image").split(":", -1);
            assertThat(image).as(service).hasSize(2);
            assertThat(image[1]).as(service).isEqualTo(versions.get(image[0]));
        }
        assertThat(lines(DOCKERFILE, "FROM ([a-z]+:.*) AS [a-z]+"))
                .hasSize(2)
                .allMatch(image -> image.matches("[a-z]+:[0-9]+\\.[0-9]+[a-z0-9.-]*"));
    }

    private static String elastic() throws IOException {
        return Files.readString(Path.of("src/test/servers/elasticsearch/pom.xml"))
                .replaceFirst("(?s).*<artifactId>elasticsearch</artifactId>\\s*<version>", "")
                .replaceFirst("(?s)<.*", "");
    }

    private static String version(String pom, String tag) throws IOException {
        return Files.readString(Path.of(pom))
                .replaceFirst("(?s).*?" + Pattern.quote(tag), "")
                .replaceFirst("(?s)<.*", "");
    }

    @Test
    void nothingIsReachedFromElsewhere() {
        List<String> published = new ArrayList<>();
        for (String service : file.services()) {
            list(file.service(service).getOrDefault("ports", List.of()))
                    .forEach(port -> published.add(port.toString()));
            assertThat(text(file.service(service), "network_mode")).isIn("null", "none");
        }
        assertThat(published)
                .containsExactlyInAnyOrder(
                        "127.0.0.1:9200:9200/tcp",
                        "127.0.0.1:5601:5601/tcp",
                        "127.0.0.1:8642:8642/tcp");
        assertThat(Stream.of("queue", "workers", "hosts")).allMatch(file::internal);
    }

    @Test
    void whatStaysUpSaysWhetherItIsWellAndWhatEndsIsWaitedFor() {
        assertThat(file.oneShots()).containsExactly("secrets", "setup");
        for (String service : file.services()) {
            assertThat(file.service(service).containsKey("healthcheck"))
                    .as(service)
                    .isNotEqualTo(file.oneShots().contains(service));
        }
    }

    @Test
    void whatIsMountedIsThereAndCannotBeWritten() {
        for (String service : file.services()) {
            assertThat(file.binds(service))
                    .allMatch(ComposeFile.Bind::readOnly)
                    .allMatch(bind -> Files.exists(bind.source()));
            assertThat(file.named(service))
                    .filteredOn(volume -> volume.volume().startsWith("secrets-"))
                    .allMatch(volume -> volume.readOnly() != service.equals("secrets"));
        }
    }

    @Test
    void nobodyReadsTheSecretsOfOthers() {
        for (String service : file.services()) {
            String own =
                    service.startsWith("worker-")
                            ? "secrets-workers"
                            : service.startsWith("host-")
                                    ? "secrets-hosts"
                                    : service.startsWith("hand-") || service.equals("serve")
                                            ? "secrets-hands"
                                            : "secrets-" + service;
            assertThat(file.named(service).stream().map(ComposeFile.Named::volume))
                    .filteredOn(
                            volume -> volume.startsWith("secrets-") && !service.equals("secrets"))
                    .as(service)
                    .allMatch(own::equals);
        }
    }

    @Test
    void nothingMayBecomeRoot() throws IOException {
        for (String service : file.services()) {
            assertThat(file.service(service)).as(service).containsEntry("cap_drop", List.of("ALL"));
            assertThat(file.service(service))
                    .as(service)
                    .containsEntry("security_opt", List.of("no-new-privileges:true"));
            assertThat(file.service(service)).doesNotContainKeys("privileged", "user", "cap_add");
        }
        // the last user of each image that is built
        String[] stages = Files.readString(DOCKERFILE).split("(?m)^FROM ", -1);
        for (String target : List.of("host", "worker", "control")) {
            assertThat(stages)
                    .filteredOn(stage -> stage.matches("(?s)\\S+ AS " + target + "\n.*"))
                    .singleElement()
                    .asString()
                    .as(target)
                    .matches("(?s).*\nUSER fanout\n(?!.*\nUSER ).*");
        }
    }

    @Test
    void theMachinesAreThoseOfTheInventory() throws IOException {
        for (String kind : List.of("worker", "host")) {
            TreeSet<String> services = new TreeSet<>(file.services());
            services.removeIf(service -> !service.startsWith(kind + "-"));
            String group = kind.equals("host") ? "region" : "region_workers";
            assertThat(Files.readString(Path.of("compose/site/inventory/groups", group)))
                    .isEqualTo("hosts: [ " + String.join(", ", services) + " ]\n");
            String made = kind.equals("host") ? "HOSTS" : "WORKERS";
            assertThat(file.environment("secrets", made).split(" ", -1))
                    .containsExactlyElementsOf(services);
            for (String service : services) {
                assertThat(file.service(service)).containsEntry("command", List.of(service));
            }
        }
    }

    @Test
    void whatImagesAreBuiltFromIsThereAndNotIgnored() throws IOException {
        List<String> let = lines(Path.of(".dockerignore"), "!(.*)");
        List<String> stages = lines(DOCKERFILE, "FROM \\S+ AS ([a-z]+)");
        for (String copy : lines(DOCKERFILE, "COPY (?!--from)(.*)")) {
            List<String> words = new ArrayList<>(List.of(copy.split(" ", -1)));
            words.remove(words.size() - 1);
            for (String word : words) {
                String source = word.equals("${JETP}") ? standIn() : word;
                assertThat(Path.of(source)).exists();
                assertThat(let).anyMatch(prefix -> Path.of(source).startsWith(prefix));
            }
        }
        assertThat(lines(DOCKERFILE, "COPY --from=(\\S+) .*"))
                .isNotEmpty()
                .allMatch("build"::equals);
        for (String service : file.services()) {
            Object build = file.service(service).get("build");
            if (build != null) {
                assertThat(stages).contains(text(map(build), "target"));
                assertThat(Path.of(text(map(build), "context"), text(map(build), "dockerfile")))
                        .isEqualTo(DOCKERFILE.toAbsolutePath());
            }
        }
    }

    @Test
    void eachImageOfOursIsBuiltOnceAndNeverPulled() throws IOException {
        List<String> built = new ArrayList<>();
        for (String service : file.services()) {
            Map<String, Object> settings = file.service(service);
            if (file.isOurs(service)) {
                boolean builds = settings.containsKey("build");
                assertThat(settings)
                        .as(service)
                        .containsEntry("pull_policy", builds ? "build" : "never");
                if (builds) {
                    built.add(text(settings, "image"));
                }
            }
        }
        assertThat(built)
                .containsExactlyInAnyOrder(
                        "jet-fanout-host:" + Pom.version(),
                        "jet-fanout-worker:" + Pom.version(),
                        "jet-fanout-control:" + Pom.version());
    }

    /** The runner unless JETP says otherwise, the same in both files. */
    private static String standIn() throws IOException {
        String runner = text(map(map(file.service("worker-1").get("build")).get("args")), "JETP");
        assertThat(lines(DOCKERFILE, "ARG JETP=(.*)")).containsExactly(runner);
        return runner;
    }

    @Test
    void theScriptsPassShellcheck() throws IOException {
        try (Stream<Path> scripts = Files.list(Path.of("compose/bin"))) {
            List<Path> all = scripts.sorted().toList();
            assertThat(all).hasSize(6).allMatch(Files::isExecutable);
            for (Path script : all) {
                assertThat(Files.readString(script))
                        .startsWith("#!/bin/sh\n")
                        .contains("\nset -eu\n");
                Programs.ok("shellcheck", script.toString());
            }
        }
    }

    private static List<String> lines(Path file, String pattern) throws IOException {
        List<String> found = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            Matcher matcher = Pattern.compile(pattern).matcher(line);
            if (matcher.matches()) {
                found.add(matcher.group(1));
            }
        }
        return found;
    }
}
