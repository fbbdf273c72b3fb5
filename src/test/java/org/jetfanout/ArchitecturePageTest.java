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

    private static List<String> all(String pattern) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(PAGE))
                .results()
                .map((MatchResult result) -> result.group(1))
                .toList();
    }

    private static List<String> rooms() throws IOException {
        return all("(?m)^\\| `([a-z]+)` \\|");
    }

    @Test
    void thePictureShowsRoomsOfTheTable() throws IOException {
        List<String> boxes = new ArrayList<>(all("(?m)^  ([a-z]+)[\\[(]+\""));
        assertThat(boxes).contains("worker");
        boxes.remove("worker");
        assertThat(rooms()).containsAll(boxes);
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
        Path home = Path.of("src/main/java/org/jetfanout");
        assertThat(rooms()).containsExactlyInAnyOrderElementsOf(folders(home));
        for (String room : rooms()) {
            assertThat(home.resolve(room)).isDirectoryContaining("glob:**/package-info.java");
            String row = all("(?m)^(\\| `" + room + "` \\|.*)$").get(0);
            List<String> inner =
                    Pattern.compile("`([a-z]+)/`")
                            .matcher(row)
                            .results()
                            .map((MatchResult result) -> result.group(1))
                            .toList();
            assertThat(folders(home.resolve(room)))
                    .as(room)
                    .containsExactlyInAnyOrderElementsOf(inner);
        }
    }

    private static List<String> folders(Path parent) throws IOException {
        try (Stream<Path> files = Files.list(parent)) {
            return files.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .toList();
        }
    }
}
