package org.jetfanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The walk of one host name in CONTRIBUTING.md: each file once, forward only, no room twice. */
final class WalkTest {
    private static final int LONGEST = 40;

    private static final Pattern STOP =
            Pattern.compile("(?m)^(\\d+)\\. \\[([^]]+)]\\(([^)]+)\\): \\S.*$");

    /** A room in the picture of docs/architecture.md. */
    private static final Pattern BOX = Pattern.compile("(?m)^ {2}([a-z]+)[\\[(]+\"([a-z/]+): ");

    private static final Pattern ARROW =
            Pattern.compile("(?m)^ {2}([a-z]+) -- [a-z ,]+ --> ([a-z]+)$");
    private static final List<String> ROOMS =
            List.of("src/main/java/org/jetfanout/", "src/main/resources/org/jetfanout/");

    private record Stop(int number, String label, String file) {
        /** The room that it stands in; empty for a file that is in none. */
        Optional<String> room() {
            return ROOMS.stream()
                    .filter(file::startsWith)
                    .map(rooms -> file.substring(rooms.length(), file.lastIndexOf('/')))
                    .findFirst();
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
                                        line.group(3)))
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

    /** The rooms in the order of the walk, each once for each time that it is entered. */
    private static List<String> rooms() throws IOException {
        List<String> rooms = new ArrayList<>();
        for (Stop stop : walk()) {
            stop.room()
                    .filter(room -> rooms.isEmpty() || !rooms.get(rooms.size() - 1).equals(room))
                    .ifPresent(rooms::add);
        }
        return rooms;
    }

    @Test
    void returnsToNoRoom() throws IOException {
        assertThat(rooms())
                .doesNotHaveDuplicates()
                .startsWith("cli")
                .endsWith("sink/elasticsearch");
    }

    @Test
    void goesForwardInThePicture() throws IOException {
        String picture = Files.readString(Path.of("docs/architecture.md"));
        Map<String, Set<String>> behind = behind(picture);
        String box = "cli";
        for (String room : rooms()) {
            String next = box(picture, room);
            assertThat(next.equals(box) || behind.get(box).contains(next))
                    .as("from %s to %s (%s)", box, next, room)
                    .isTrue();
            box = next;
        }
    }

    /** The box that a room is in: the one that names the most of its path. */
    private static String box(String picture, String room) {
        Stream<MatchResult> boxes = BOX.matcher(picture).results();
        return boxes.filter(box -> (room + "/").startsWith(box.group(2) + "/"))
                .max(Comparator.comparingInt(box -> box.group(2).length()))
                .orElseThrow(() -> new AssertionError("not in the picture: " + room))
                .group(1);
    }

    /** The boxes that come after each, however far. */
    private static Map<String, Set<String>> behind(String picture) {
        Map<String, Set<String>> arrows = new HashMap<>();
        ARROW.matcher(picture)
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
                String box = next.remove();
                if (found.add(box)) {
                    next.addAll(arrows.get(box));
                }
            }
            assertThat(found).as("a circle in the picture").doesNotContain(from);
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
