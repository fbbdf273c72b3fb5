package org.jetfanout.sink.syslog;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.jetfanout.sink.ConfirmedStream;

/**
 * Syslog over TCP and TLS. The length of each message comes before it (octet counting: RFC 6587
 * section 3.4.1, RFC 5425 section 4.3), or a line break follows it (RFC 6587 section 3.4.2). Our
 * messages contain no line break.
 */
final class SyslogStream implements SyslogWire {
    private final ConfirmedStream stream;
    private final boolean counted;

    SyslogStream(ConfirmedStream stream, boolean counted) {
        this.stream = stream;
        this.counted = counted;
    }

    @Override
    public void send(List<byte[]> messages) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] message : messages) {
            if (counted) {
                bytes.writeBytes(Integer.toString(message.length).getBytes(US_ASCII));
                bytes.write(' ');
                bytes.writeBytes(message);
            } else {
                bytes.writeBytes(message);
                bytes.write('\n');
            }
        }
        stream.send(bytes.toByteArray());
    }

    @Override
    public void close() {
        stream.close();
    }
}
