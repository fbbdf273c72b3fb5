package org.jetfanout.screen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RedrawnLinesTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final RedrawnLines drawn = new RedrawnLines(out, () -> new Terminal.Size(10, 4));

    private String taken() {
        String text = out.toString(StandardCharsets.UTF_8);
        out.reset();
        return text;
    }

    @Test
    void drawsOverWhatItDrew() throws IOException {
        drawn.draw(List.of("one", "two"));
        assertThat(taken()).isEqualTo("one\u001b[K\r\ntwo\u001b[K\r\n\u001b[J");
        drawn.draw(List.of("three"));
        assertThat(taken()).isEqualTo("\r\u001b[2Athree\u001b[K\r\n\u001b[J");
        drawn.erase();
        assertThat(taken()).isEqualTo("\r\u001b[1A\u001b[J");
        drawn.erase();
        assertThat(taken()).isEmpty();
    }

    @Test
    void cutsWhatWouldWrapOrScroll() throws IOException {
        drawn.draw(List.of("0123456789abc", "2", "3", "4", "5"));
        assertThat(taken())
                .startsWith("01234567~\u001b[K\r\n2")
                .doesNotContain("4\u001b", "5\u001b");
    }
}
