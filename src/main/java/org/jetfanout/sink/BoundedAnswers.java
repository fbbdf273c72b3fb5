package org.jetfanout.sink;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.jetfanout.machine.Daemons;
import org.jetfanout.text.Durations;

/**
 * Limits the size of answers, after decompression, and the time that they may take. So a store that
 * sends without end, or a few bytes that become gigabytes, costs one try only. It must be the
 * outermost handler of an HTTP client. Thread-safe.
 */
final class BoundedAnswers implements ExecChainHandler {
    /** Larger than any answer to a delivery. */
    static final int MOST_BYTES = 16 << 20;

    /** Limits for what comes before the body in HTTP/1. */
    static final Http1Config HEADERS =
            Http1Config.custom().setMaxHeaderCount(200).setMaxLineLength(16 << 10).build();

    private static final ScheduledExecutorService DEADLINES =
            Executors.newSingleThreadScheduledExecutor(Daemons.named("sink-deadlines"));

    private final Duration most;

    /**
     * @param most the time from the request to the last byte of the answer
     */
    BoundedAnswers(Duration most) {
        this.most = most;
    }

    @Override
    public ClassicHttpResponse execute(
            ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        Watch watch = new Watch(scope.execRuntime);
        try {
            ClassicHttpResponse response = chain.proceed(request, scope);
            HttpEntity entity = response.getEntity();
            if (entity == null) {
                watch.end();
            } else {
                response.setEntity(new Bounded(entity, watch));
            }
            return response;
        } catch (IOException e) {
            throw watch.explained(e);
        } catch (HttpException | RuntimeException e) {
            watch.end();
            throw e;
        }
    }

    /** Interrupts an exchange that takes too long. */
    private final class Watch {
        private final ExecRuntime connection;
        private final AtomicBoolean late = new AtomicBoolean();
        private final Future<?> deadline;

        Watch(ExecRuntime connection) {
            this.connection = connection;
            this.deadline =
                    DEADLINES.schedule(
                            () -> {
                                late.set(true);
                                connection.discardEndpoint();
                            },
                            most.toMillis(),
                            TimeUnit.MILLISECONDS);
        }

        void end() {
            deadline.cancel(false);
        }

        /** Closes the connection. What would still arrive on it is not read. */
        void breakOff() {
            end();
            connection.discardEndpoint();
        }

        IOException explained(IOException e) {
            end();
            return late.get()
                    ? new SocketTimeoutException(
                            "no complete answer within " + Durations.text(most))
                    : e;
        }
    }

    /** The body of an answer. */
    private static final class Bounded extends HttpEntityWrapper {
        private final HttpEntity entity;
        private final Watch watch;

        Bounded(HttpEntity entity, Watch watch) {
            super(entity);
            this.entity = entity;
            this.watch = watch;
        }

        @Override
        public InputStream getContent() throws IOException {
            try {
                InputStream content = entity.getContent();
                return content == null ? null : new BoundedStream(content, watch);
            } catch (IOException e) {
                throw watch.explained(e);
            }
        }

        @Override
        public void writeTo(java.io.OutputStream out) throws IOException {
            try (InputStream content = getContent()) {
                if (content != null) {
                    content.transferTo(out);
                }
            }
        }

        @Override
        public void close() throws IOException {
            watch.end();
            super.close();
        }
    }

    private static final class BoundedStream extends FilterInputStream {
        private final Watch watch;

        // Mutable state, of the thread that reads
        private long count;
        private boolean whole;

        BoundedStream(InputStream in, Watch watch) {
            super(in);
            this.watch = watch;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int from, int length) throws IOException {
            int got;
            try {
                got = in.read(buffer, from, length);
            } catch (IOException e) {
                throw watch.explained(e);
            }
            if (got < 0) {
                whole = true;
                watch.end();
            } else {
                count += got;
            }
            if (count > MOST_BYTES) {
                watch.breakOff();
                throw new IOException("an answer of more than " + (MOST_BYTES >> 20) + " MiB");
            }
            return got;
        }

        @Override
        public long skip(long bytes) throws IOException {
            byte[] passed = new byte[(int) Math.min(bytes, 8 << 10)];
            return Math.max(0, read(passed, 0, passed.length));
        }

        /** Closes without reading the rest, which other entities would do. */
        @Override
        public void close() throws IOException {
            if (whole) {
                super.close();
                return;
            }
            watch.breakOff();
            try {
                super.close();
            } catch (IOException e) {
                // the connection was closed before the end
            }
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
