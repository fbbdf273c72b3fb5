package org.jetfanout.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jetfanout.runner.Stream;
import org.jetfanout.text.Text;
import org.junit.jupiter.api.Test;

class LineCutterTest {
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");

    private final List<Line> lines = new ArrayList<>();

    @Test
    void aLineKnowsWhereItComesFrom() {
        new LineCutter().add(frame(100, "one\ntwo\n"), lines::add);
        assertThat(lines)
                .containsExactly(
                        new Line("g", "0001", "w", Stream.OUTPUT, 100, 104, "one", false, TIME),
                        new Line("g", "0001", "w", Stream.OUTPUT, 104, 108, "two", false, TIME));
    }

    @Test
    void aLineMayComeInManyFrames() {
        LineCutter cut = new LineCutter();
        cut.add(frame(0, "o"), lines::add);
        cut.add(frame(1, "n"), lines::add);
        cut.add(frame(2, "e\n\ntw"), lines::add);
        assertThat(texts()).containsExactly("one", "");
        cut.add(frame(7, "o"), lines::add);
        cut.end(lines::add);
        cut.end(lines::add);
        assertThat(texts()).containsExactly("one", "", "two");
        assertThat(lines.get(2).offset()).isEqualTo(5);
        assertThat(lines.get(2).end()).isEqualTo(8);
    }

    @Test
    void charactersAreNotTornByFrames() {
        byte[] bytes = "\u2713 done\n".getBytes(StandardCharsets.UTF_8);
        LineCutter cut = new LineCutter();
        for (int i = 0; i < bytes.length; i++) {
            cut.add(frame(i, Arrays.copyOfRange(bytes, i, i + 1)), lines::add);
        }
        assertThat(texts()).containsExactly("\u2713 done");
    }

    @Test
    void aLongLineComesInMarkedPieces() {
        LineCutter cut = new LineCutter(10);
        cut.add(frame(0, "0123456789abcdefghijKLM\nnext\n"), lines::add);
        assertThat(texts()).containsExactly("0123456789", "abcdefghij", "KLM", "next");
        assertThat(lines).extracting(Line::cut).containsExactly(true, true, false, false);
        assertThat(lines).extracting(Line::offset).containsExactly(0L, 10L, 20L, 24L);
        assertThat(lines.get(3).end()).isEqualTo(29);
    }

    @Test
    void aLineOfExactlyTheLimitIsWhole() {
        LineCutter cut = new LineCutter(10);
        cut.add(frame(0, "01234"), lines::add);
        cut.add(frame(5, "56789"), lines::add);
        cut.add(frame(10, "\n0123456789\n"), lines::add);
        assertThat(texts()).containsExactly("0123456789", "0123456789");
        assertThat(lines).noneMatch(Line::cut);
    }

    @Test
    void aLongLineIsCutBetweenCharacters() {
        LineCutter cut = new LineCutter(10);
        cut.add(frame(0, "\u2713".repeat(7) + "\n"), lines::add);
        assertThat(texts()).containsExactly("\u2713".repeat(3), "\u2713".repeat(3), "\u2713");
    }

    @Test
    void anEndlessLineNeedsNoMoreThanTheLimit() {
        LineCutter cut = new LineCutter();
        byte[] piece = new byte[1 << 16];
        Arrays.fill(piece, (byte) 'x');
        long[] seen = {0};
        int[] longest = {0};
        for (int i = 0; i < 4096; i++) {
            cut.add(
                    frame((long) i * piece.length, piece),
                    line -> {
                        assertThat(line.cut()).isTrue();
                        seen[0] += line.text().length();
                        longest[0] = Math.max(longest[0], line.text().length());
                    });
        }
        cut.end(line -> seen[0] += line.text().length());
        assertThat(seen[0]).isEqualTo(4096L * piece.length);
        assertThat(longest[0]).isEqualTo(LineCutter.LIMIT);
    }

    @Test
    void framesInAnySizeGiveTheSameLines() {
        Random random = new Random(3);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            text.append("z\u00e9\u2713".repeat(random.nextInt(12))).append('\n');
        }
        byte[] bytes = text.append("end").toString().getBytes(StandardCharsets.UTF_8);
        for (int round = 0; round < 50; round++) {
            lines.clear();
            LineCutter cut = new LineCutter();
            int from = 0;
            while (from < bytes.length) {
                int to = Math.min(bytes.length, from + random.nextInt(40));
                cut.add(frame(from, Arrays.copyOfRange(bytes, from, to)), lines::add);
                from = to;
            }
            cut.end(lines::add);
            assertThat(String.join("\n", texts())).isEqualTo(text.toString());
            for (Line line : lines) {
                assertThat(Text.decode(bytes, (int) line.offset(), (int) line.end()).strip())
                        .isEqualTo(line.text());
            }
        }
    }

    @Test
    void aFrameWithoutBytesChangesNothing() {
        LineCutter cut = new LineCutter();
        cut.add(frame(10, "be"), lines::add);
        cut.add(frame(4, ""), lines::add);
        cut.add(frame(12, "gun\n"), lines::add);
        assertThat(texts()).containsExactly("begun");
    }

    @Test
    void whatFollowsAGapIsALineOfItsOwn() {
        LineCutter cut = new LineCutter();
        cut.add(frame(0, "torn"), lines::add);
        cut.add(frame(50, "other\n"), lines::add);
        assertThat(texts()).containsExactly("torn", "other");
        assertThat(lines.get(1).offset()).isEqualTo(50);
    }

    private List<String> texts() {
        return lines.stream().map(Line::text).toList();
    }

    private static Frame frame(long offset, String text) {
        return frame(offset, text.getBytes(StandardCharsets.UTF_8));
    }

    private static Frame frame(long offset, byte[] bytes) {
        return new Frame("g", "0001", "w", Stream.OUTPUT, offset, bytes, TIME);
    }
}
