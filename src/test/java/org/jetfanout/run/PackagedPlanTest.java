package org.jetfanout.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jetfanout.ConfigurationException;
import org.jetfanout.plan.Plan;
import org.jetfanout.runner.jetp.PlaybookRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A plan without Camel is the one that the packaged route makes. */
final class PackagedPlanTest {
    private static final String MAP =
            "  map: [ { from: west, to: one }, { from: east, to: two }, { from: north, to: one } ]\n";

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "  unmatched: skip\n",
                "  unmatched: local\n",
                "  unmatched: skip\n  waves: [ 3, 10% ]\n",
                "  unmatched: skip\n  canary: east\n  waves: [ 7 ]\n"
            })
    void isThatOfTheRoute(String settings) throws IOException {
        CheckedRequest request = request(settings);
        Plan plan = request.plan("g");
        assertThat(plan).isEqualTo(request.plan("g", Optional.empty()));
        assertThat(plan.batches()).hasSizeGreaterThan(4);
        assertThat(plan.batches().stream().mapToInt(batch -> batch.hosts().size()).sum())
                .isGreaterThanOrEqualTo(60);
    }

    @Test
    void refusesWhatTheRouteRefuses() throws IOException {
        CheckedRequest request = request("");
        Throwable refused = catchThrowable(() -> request.plan("g"));
        assertThat(refused).isInstanceOf(ConfigurationException.class);
        assertThat(catchThrowable(() -> request.plan("g", Optional.empty())))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(refused.getMessage());
    }

    /** 20 hosts each, of which two are in two groups; three have no worker. */
    private CheckedRequest request(String settings) throws IOException {
        Path groups = Files.createDirectories(folder.resolve("inv/groups"));
        Files.writeString(groups.resolve("west"), hosts("w", 20) + "  - n1\n");
        Files.writeString(groups.resolve("east"), hosts("e", 20) + "  - w1\n");
        Files.writeString(groups.resolve("north"), hosts("n", 20));
        Files.writeString(groups.resolve("south"), hosts("s", 3));
        Files.writeString(groups.resolve("one"), hosts("one", 3));
        Files.writeString(groups.resolve("two"), hosts("two", 2));
        Path playbook =
                Files.writeString(
                        folder.resolve("pb.yml"),
                        "- name: p\n  groups: [ south, north, west, east ]\n  tasks:\n    - !shell\n      name: t\n      cmd: uptime\n");
        Path workers =
                Files.writeString(
                        folder.resolve("workers.yml"),
                        "workers:\n  user: ops\n  agent: none\n" + MAP + settings);
        return CheckedRequest.read(
                RunRequest.of(PlaybookRequest.of(playbook, folder.resolve("inv")), workers),
                warning -> {});
    }

    private static String hosts(String prefix, int count) {
        List<String> lines =
                IntStream.rangeClosed(1, count).mapToObj(n -> "  - " + prefix + n + "\n").toList();
        return lines.stream().collect(Collectors.joining("", "hosts:\n", ""));
    }
}
