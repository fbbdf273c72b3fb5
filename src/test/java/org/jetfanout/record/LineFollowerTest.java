package org.jetfanout.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.jetfanout.testkit.Fixture.GUID;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jetfanout.runner.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineFollowerTest {
    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("lines");
    }

    private List<TextLine> read(long from, int chunk, boolean ended) {
        LineFollower lines = new LineFollower(file, Optional.empty(), from);
        List<TextLine> all = new ArrayList<>();
        while (lines.fill(chunk, ended)) {
            assertThat(lines.offset()).isEqualTo(lines.peek().offset());
            all.add(lines.take());
        }
        return all;
    }

    @Test
    void aFileThatIsNotThereYet() throws IOException {
        LineFollower lines = new LineFollower(file, Optional.empty(), 0);
        assertThat(lines.fill(10, true)).isFalse();
        assertThat(lines.size()).isZero();
        Files.writeString(file, "now\n");
        assertThat(lines.fill(10, false)).isTrue();
        assertThat(lines.take().text()).isEqualTo("now");
    }

    @Test
    void aLineComesWhenItIsWhole() throws IOException {
        LineFollower lines = new LineFollower(file, Optional.empty(), 0);
        Files.writeString(file, "one\ntw");
        assertThat(lines.fill(100, false)).isTrue();
        assertThat(lines.take()).isEqualTo(new TextLine(0, 4, "one", false, Instant.EPOCH));
        assertThat(lines.fill(100, false)).isFalse();
        assertThat(lines.offset()).isEqualTo(4);
        Files.writeString(file, "o\n\nlast", StandardOpenOption.APPEND);
        assertThat(lines.fill(100, false)).isTrue();
        assertThat(lines.take().text()).isEqualTo("two");
        assertThat(lines.take().text()).isEmpty();
        assertThat(lines.fill(100, false)).isFalse();
        assertThat(lines.fill(100, true)).isTrue();
        assertThat(lines.take()).isEqualTo(new TextLine(9, 13, "last", false, Instant.EPOCH));
        assertThat(lines.fill(100, true)).isFalse();
    }

    /** Long lines of characters of several bytes, cut wherever reading begins. */
    @Test
    void theSameLinesFromEveryPlaceAndByEveryStretch() throws IOException {
        Random random = new Random(9);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int length :
                new int[] {
                    0, 10, 70_000, LineCutter.LIMIT - 1, LineCutter.LIMIT, 3, 2_500_000, 5
                }) {
            StringBuilder line = new StringBuilder();
            while (line.length() < length) {
                line.append(random.nextBoolean() ? "x" : "✓");
            }
            bytes.write(line.toString().getBytes(UTF_8), 0, length);
            bytes.write('\n');
        }
        Files.write(file, bytes.toByteArray());
        List<TextLine> all = read(0, 1 << 17, false);
        List<String> pushed = new ArrayList<>();
        new LineCutter()
                .add(
                        new Frame(
                                GUID,
                                "b",
                                "w",
                                Stream.OUTPUT,
                                0,
                                bytes.toByteArray(),
                                Instant.EPOCH),
                        line -> pushed.add(line.offset() + " " + line.cut() + " " + line.text()));
        assertThat(all)
                .extracting(line -> line.offset() + " " + line.cut() + " " + line.text())
                .isEqualTo(pushed);
        assertThat(all).filteredOn(TextLine::cut).hasSize(2);
        for (int chunk : new int[] {1, 1000, 1 << 16, 1 << 17}) {
            int from = chunk == 1 ? all.size() - 2 : 0;
            for (int i = from; i < all.size(); i++) {
                assertThat(read(all.get(i).offset(), chunk, false))
                        .as("from %d by %d", i, chunk)
                        .isEqualTo(all.subList(i, all.size()));
            }
        }
    }
}
