package org.jetfanout.service.page;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.LongFunction;
import org.jetfanout.service.lines.LinesView;

/**
 * Lines as a file: time, worker and text of each, with tabs between them. It is read page by page,
 * so its size does not matter. It ends with what the run has said until then. Not thread-safe.
 */
final class LinesDownload extends InputStream {
    private final LongFunction<LinesView> pages;

    // Mutable state
    private byte[] bytes = new byte[0];
    private int at;
    private long next = 1;
    private boolean last;

    /**
     * @param pages the lines from a number on
     */
    LinesDownload(LongFunction<LinesView> pages) {
        this.pages = pages;
    }

    @Override
    public int read() {
        return fill() ? bytes[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] to, int from, int length) {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, bytes.length - at);
        System.arraycopy(bytes, at, to, from, count);
        at += count;
        return count;
    }

    private boolean fill() {
        while (at == bytes.length && !last) {
            LinesView page = pages.apply(next);
            StringBuilder text = new StringBuilder();
            for (LinesView.ShownLine line : page.lines()) {
                text.append(line.time())
                        .append('\t')
                        .append(PageText.text(line.worker()))
                        .append('\t')
                        .append(PageText.text(line.text()))
                        .append(line.cut() ? "" : "\n");
            }
            bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            at = 0;
            last = !page.more() || page.next() <= next;
            next = page.next();
        }
        return at < bytes.length;
    }
}
