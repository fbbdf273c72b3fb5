package org.jetfanout.sink.syslog;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** Sends syslog messages over the network. Safe for use by several threads. */
interface SyslogWire extends Closeable {
    /**
     * Sends messages.
     *
     * @throws IOException where they must be sent again
     */
    void send(List<byte[]> messages) throws IOException;

    @Override
    void close();
}
