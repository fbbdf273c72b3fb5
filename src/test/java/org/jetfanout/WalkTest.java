package org.jetfanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The walk of one host name in CONTRIBUTING.md: each file once, forward but where it says so. */
final class WalkTest {
    private static final int LONGEST = 40;

    /** A line of the walk; it may say that it goes back to a room. */
    private static final Pattern STOP =
            Pattern.compile(
                    "(?m)^(\\d+)\\. \\[([^]]+)]\\(([^)]+)\\): (?:Back in `([a-z]+)`\\. )?\\S.*$");

    private static final Pattern ARROW =
            Pattern.compile("(?m)^ {2}([a-z]+) -- [a-z ,]+ --> ([a-z]+)$");
    private static final String ROOMS = "src/main/java/org/jetfanout/";
    private static final String SCRIPTS = "src/main/resources/org/jetfanout/job/";

    /** It has two ends: what it is told before the queue, and what it says behind the worker. */
    private static final String BOTH_WAYS = "runner";

    private record Stop(int number, String label, String file, Optional<String> back) {
        /** In which box of the picture it stands; empty for a file that is in no room. */
        Optional<String> room() {
            if (file.startsWith(SCRIPTS)) {
                return Optional.of("worker");
            }
            return file.startsWith(ROOMS)
                    ? Optional.of(file.substring(ROOMS.length()).split("/", 2)[0])
                    : Optional.empty();
        }
    }

    private static List<Stop> walk() throws IOException {
        String page = Files.readString(Path.of("CONTRIBUTING.md"));
        String from = page.split("\n## One host name, from inventory to sink\n", 2)[1];
        return STOP.matcher(from.split("\n## ", 2)[0])
                .results()
                .map(
                        (MatchResult line) ->
                                new Stop(
                                        Integer.parseInt(line.group(1)),
                                        line.group(2),
                                        line.group(3),
                                        Optional.ofNullable(line.group(4))))
                .toList();
    }

    @Test
    void namesEachFileOnceAndNotTooMany() throws IOException {
        List<Stop> walk = walk();
        Set<String> files = new TreeSet<>();
        for (Stop stop : walk) {
            assertThat(Path.of(stop.file())).isRegularFile();
            assertThat(files.add(stop.file())).as("%s comes twice", stop.file()).isTrue();
            assertThat(stop.number()).as(stop.file()).isEqualTo(files.size());
            assertThat(stop.file()).contains("/" + stop.label());
        }
        assertThat(walk).hasSizeBetween(30, LONGEST);
    }

    /** By the arrows of the picture in docs/architecture.md. */
    @Test
    void goesBackOnlyWhereItSaysSo() throws IOException {
        Map<String, Set<String>> behind = behind();
        List<String> goesBack = new ArrayList<>();
        List<String> saysSo = new ArrayList<>();
        String room = "cli";
        for (Stop stop : walk()) {
            String next = stop.room().orElse(room);
            stop.back().ifPresent(named -> saysSo.add(stop.label() + " " + named));
            if (next.equals(BOTH_WAYS)) {
                continue;
            }
            assertThat(behind).as(stop.file()).containsKey(next);
            if (behind.get(next).contains(room)) {
                goesBack.add(stop.label() + " " + next);
            } else {
                room = next;
            }
        }
        assertThat(saysSo).isEqualTo(goesBack);
        assertThat(room).isEqualTo("sink");
    }

    /** The rooms that come after each, however far. */
    private static Map<String, Set<String>> behind() throws IOException {
        Map<String, Set<String>> arrows = new HashMap<>();
        ARROW.matcher(Files.readString(Path.of("docs/architecture.md")))
                .results()
                .forEach(
                        arrow -> {
                            arrows.computeIfAbsent(arrow.group(1), from -> new HashSet<>())
                                    .add(arrow.group(2));
                            arrows.computeIfAbsent(arrow.group(2), to -> new HashSet<>());
                        });
        Map<String, Set<String>> behind = new HashMap<>();
        for (String from : arrows.keySet()) {
            Set<String> found = new HashSet<>();
            Deque<String> next = new ArrayDeque<>(arrows.get(from));
            while (!next.isEmpty()) {
                String room = next.remove();
                if (found.add(room)) {
                    next.addAll(arrows.get(room));
                }
            }
            behind.put(from, found);
        }
        return behind;
    }

    /** The chapters of the walk are the route files, in the order of a run. */
    @Test
    void passesTheRoutesOfARun() throws IOException {
        assertThat(walk().stream().map(Stop::file).filter(file -> file.startsWith("routes/")))
                .containsExactly(
                        "routes/run.camel.yaml",
                        "routes/plan.camel.yaml",
                        "routes/pack.camel.yaml",
                        "routes/queue.camel.yaml",
                        "routes/send.camel.yaml",
                        "routes/dispatch.camel.yaml",
                        "routes/record.camel.yaml",
                        "routes/sinks/elasticsearch.camel.yaml");
    }
}
