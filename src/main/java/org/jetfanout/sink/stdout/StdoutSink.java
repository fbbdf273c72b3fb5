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
 * The stdout sink: prints records on standard output, one JSON object a line. Thread-safe. A reader
 * that stops reading blocks the thread that prints.
 */
public final class StdoutSink implements Sink {
    private final OutputStream out;

    // Mutable state
    /** Whether a line was cut by a write that failed. */
    private boolean torn;

    /** Prints on the standard output of this process. */
    public StdoutSink() {
        this(new FileOutputStream(FileDescriptor.out));
    }

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
