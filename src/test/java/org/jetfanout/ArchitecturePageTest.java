package org.jetfanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/architecture.md: its picture and its table of rooms say the same. */
final class ArchitecturePageTest {
    private static final Path PAGE = Path.of("docs/architecture.md");
    private static final Path HOME = Path.of("src/main/java/org/jetfanout");

    private static List<String> all(String pattern) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(PAGE))
                .results()
                .map((MatchResult result) -> result.group(1))
                .toList();
    }

    private static List<String> rooms() throws IOException {
        // those of the service have a table of their own
        return all("(?m)^\\| `([a-z]+)` \\|").stream()
                .filter(room -> !room.equals("service"))
                .toList();
    }

    @Test
    void thePictureShowsRoomsOfTheTable() throws IOException {
        List<String> boxes = new ArrayList<>(all("(?m)^  [a-z]+[\\[(]+\"([a-z/]+): "));
        assertThat(boxes).contains("worker");
        boxes.remove("worker");
        // a room within a room has a box of its own where the trip passes it
        for (String box : boxes) {
            assertThat(HOME.resolve(box)).isDirectoryContaining("glob:**/package-info.java");
        }
        boxes.removeIf(box -> box.contains("/"));
        // these serve all others: their arrows would hide the rest
        List<String> pictured = new ArrayList<>(rooms());
        pictured.removeAll(List.of("text", "machine"));
        assertThat(boxes).containsExactlyInAnyOrderElementsOf(pictured);
    }

    @Test
    void everyArrowHasTwoEndsAndAWord() throws IOException {
        List<String> boxes = all("(?m)^  ([a-z]+)[\\[(]+\"");
        List<String> arrows = all("(?m)^  (.* --> .*)$");
        assertThat(arrows).hasSizeGreaterThan(10);
        for (String arrow : arrows) {
            String[] ends = arrow.split(" -- [a-z ,]+ --> ", -1);
            assertThat(ends).as(arrow).hasSize(2);
            assertThat(boxes).contains(ends[0], ends[1]);
        }
    }

    @Test
    void theTreeHasTheseRooms() throws IOException {
        assertThat(rooms()).containsExactlyInAnyOrderElementsOf(folders(HOME, 1));
        for (String room : rooms()) {
            assertThat(HOME.resolve(room)).isDirectoryContaining("glob:**/package-info.java");
            String row = all("(?m)^(\\| `" + room + "` \\|.*)$").get(0);
            List<String> inner =
                    Pattern.compile("`([a-z]+)/`")
                            .matcher(row)
                            .results()
                            .map((MatchResult result) -> result.group(1))
                            .toList();
            assertThat(folders(HOME.resolve(room), Integer.MAX_VALUE))
                    .as(room)
                    .containsExactlyInAnyOrderElementsOf(inner);
        }
    }

    /** The names of the folders below another one, down to a depth. */
    private static List<String> folders(Path parent, int depth) throws IOException {
        try (Stream<Path> files = Files.walk(parent, depth)) {
            return files.filter(Files::isDirectory)
                    .filter(folder -> !folder.equals(parent))
                    .map(folder -> folder.getFileName().toString())
                    .toList();
        }
    }
}
