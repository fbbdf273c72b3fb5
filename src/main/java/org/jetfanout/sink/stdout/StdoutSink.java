package org.jetfanout.sink.stdout;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Processor;
import org.jetfanout.sink.Sink;
import org.jetfanout.sink.SinkStoppedException;

/**
 * The stdout sink: prints documents on standard output, one JSON object a line. A reader that stops
 * reading blocks the thread that prints. Thread-safe.
 */
public final class StdoutSink implements Sink {
    private final OutputStream out;

    // Mutable state
    /** Whether a write failed in the middle of a line. */
    private boolean torn;

    /** Prints to the standard output of this process. */
    public StdoutSink() {
        this(new FileOutputStream(FileDescriptor.out));
    }

    /** Prints to this stream. */
    public StdoutSink(OutputStream out) {
        this.out = out;
    }

    @Override
    public Map<String, Object> beans() {
        return Map.of("stdout.print", (Processor) this::print);
    }

    synchronized void print(Exchange exchange)
            throws IOException, InvalidPayloadException, SinkStoppedException {
        byte[] lines = exchange.getMessage().getMandatoryBody(byte[].class);
        try {
            if (torn) {
                out.write('\n');
                torn = false;
            }
            out.write(lines);
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).contains("Broken pipe")) {
                throw new SinkStoppedException(
                        "stdout sink: the reader of standard output has gone");
            }
            torn = true;
            throw e;
        }
    }
}
