package org.jetfanout.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import org.jetfanout.record.Line;
import org.jetfanout.runner.Stream;
import org.junit.jupiter.api.Test;

class ShownLinesTest {
    private static Line line(String batch, long offset, String text) {
        return new Line(
                "guid",
                batch,
                "w1",
                Stream.OUTPUT,
                offset,
                offset + text.length() + 1,
                text,
                false,
                Instant.now());
    }

    @Test
    void anotherReaderGoesOnWhereTheFirstOneEnded() {
        ShownLines first = ShownLines.none();
        assertThat(first.add(line("1", 0, "one"))).isTrue();
        assertThat(first.add(line("2", 0, "uno"))).isTrue();
        ObjectNode shown = first.changes();
        assertThat(first.add(line("1", 4, "two"))).isTrue();
        shown.setAll(first.changes());
        assertThat(first.changes()).isEmpty();

        ShownLines next = ShownLines.before(shown);
        assertThat(next.add(line("2", 0, "uno"))).isFalse();
        assertThat(next.add(line("1", 0, "one"))).isFalse();
        assertThat(next.add(line("1", 4, "two"))).isFalse();
        assertThat(next.changes()).isEmpty();
        assertThat(next.add(line("1", 8, "three"))).isTrue();
        assertThat(next.add(line("3", 0, "new"))).isTrue();
        assertThat(next.changes().properties()).hasSize(2);
        assertThat(next.different()).isEmpty();
    }

    /** A job that was started again elsewhere says something else. */
    @Test
    void otherLinesAreNoticed() {
        ShownLines first = ShownLines.none();
        first.add(line("1", 0, "one"));
        first.add(line("2", 0, "one"));
        ObjectNode shown = first.changes();

        ShownLines other = ShownLines.before(shown);
        assertThat(other.add(line("1", 0, "two"))).isFalse();
        assertThat(other.add(line("2", 0, "longer"))).isTrue();
        assertThat(other.different()).containsExactlyInAnyOrder("1", "2");
    }

    @Test
    void whatIsNoPositionIsRefused() throws IOException {
        ObjectMapper json = new ObjectMapper();
        for (String text : new String[] {"{\"1\":3}", "{\"1\":[\"x\",2]}", "{\"1\":[1]}"}) {
            assertThatThrownBy(() -> ShownLines.before(json.readTree(text)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
