package org.jetfanout.testkit.stores;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jetfanout.testkit.ProxyConnections;

/**
 * An HTTP/1.1 proxy before any HTTP server. It can break the server's answers in many ways. A fault
 * concerns one request, not a connection. Thread-safe.
 *
 * <pre>
 * FaultProxy proxy = FaultProxy.before(server);
 * proxy.next(2, Fault.status(503, Map.of("Retry-After", "1"), ""));  // then all is well again
 * proxy.rule(request -> request.body().length > 1000 ? Fault.status(413) : Fault.NONE);
 * proxy.heal();
 * </pre>
 */
public final class FaultProxy implements AutoCloseable {
    private static final int HEAD_BYTES = 64 << 10;
    private static final int BUFFER_BYTES = 64 << 10;

    /** What happens with a request. */
    public sealed interface Fault {
        /** The request is forwarded, and the answer comes back. */
        Fault NONE = new Late(Duration.ZERO);

        /** The connection is reset before the server sees the request. */
        Fault CUT_BEFORE = new Cut(false);

        /** The server gets the request and answers, and the connection is reset instead. */
        Fault CUT_AFTER = new Cut(true);

        /** The server gets the request; half of its answer comes back, then the end. */
        Fault HALF = new Half();

        /** Nothing is forwarded or answered until the proxy heals. Then the connection is reset. */
        Fault BLACK_HOLE = new Hole();

        /** The proxy answers with an empty body. The server does not see the request. */
        static Fault status(int code) {
            return status(code, Map.of(), "");
        }

        /** The proxy answers. The server does not see the request. */
        static Fault status(int code, Map<String, String> headers, String body) {
            return new Status(code, headers, body);
        }

        /** The request is forwarded after a delay. */
        static Fault late(Duration by) {
            return new Late(by);
        }
    }

    private record Status(int code, Map<String, String> headers, String body) implements Fault {}

    private record Cut(boolean forwarded) implements Fault {}

    private record Half() implements Fault {}

    private record Hole() implements Fault {}

    private record Late(Duration by) implements Fault {}

    /**
     * A request as it arrived.
     *
     * @param path with its query
     * @param headers by name in lower case
     * @param body as sent, compressed or not; empty in {@link FaultProxy#seen}
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record Request(String method, String path, Map<String, String> headers, byte[] body) {
        /** The value of a header; empty where it is missing. */
        public String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }
    }

    private final URI server;
    private final ProxyConnections connections;
    private final String url;
    private final List<Request> seen = new CopyOnWriteArrayList<>();

    // Mutable state, guarded by this
    private Function<Request, Fault> rule = request -> Fault.NONE;
    private Fault next = Fault.NONE;
    private int times;
    private CountDownLatch healed = new CountDownLatch(1);

    private FaultProxy(URI server, ProxyConnections connections, String scheme) {
        this.server = server;
        this.connections = connections;
        this.url = scheme + "://127.0.0.1:" + connections.port();
    }

    /** Starts a proxy on 127.0.0.1 before a server without TLS. */
    public static FaultProxy before(URI server) throws IOException {
        ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        return started(server, listener, "http");
    }

    /** Starts a proxy that uses TLS towards its clients. */
    public static FaultProxy withTls(URI server, SSLContext identity) throws IOException {
        ServerSocket listener =
                identity.getServerSocketFactory()
                        .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        return started(server, listener, "https");
    }

    private static FaultProxy started(URI server, ServerSocket listener, String scheme) {
        FaultProxy proxy = new FaultProxy(server, new ProxyConnections(listener), scheme);
        proxy.connections.accept(proxy::welcome);
        return proxy;
    }

    /** The URL for clients: {@code http://127.0.0.1:PORT}. */
    public String url() {
        return url;
    }

    /**
     * Gives the fault to this many requests from now on. The rule applies to the requests after
     * them.
     */
    public synchronized void next(int requests, Fault fault) {
        times = requests;
        next = fault;
    }

    /** Sets the fault of each request from now on, until the proxy heals. */
    public synchronized void rule(Function<Request, Fault> each) {
        rule = each;
    }

    /** Ends all faults. Requests in the black hole are reset. */
    public synchronized void heal() {
        rule = request -> Fault.NONE;
        times = 0;
        healed.countDown();
        healed = new CountDownLatch(1);
    }

    /** The requests so far, in the order in which they arrived, without their bodies. */
    public List<Request> seen() {
        return List.copyOf(seen);
    }

    /** How many requests had this text in their path. */
    public long requests(String inPath) {
        return seen.stream().filter(request -> request.path().contains(inPath)).count();
    }

    @Override
    public void close() throws IOException {
        connections.close();
        heal();
        connections.reset();
    }

    private void welcome(Socket client) throws IOException {
        client.setTcpNoDelay(true);
        connections.thread(() -> serve(client));
    }

    private void serve(Socket client) {
        try (Upstream upstream = new Upstream()) {
            InputStream in = new BufferedInputStream(client.getInputStream(), BUFFER_BYTES);
            for (Message message = Message.read(in, "");
                    message != null;
                    message = Message.read(in, "")) {
                if (!answer(message, upstream, client)) {
                    ProxyConnections.reset(client);
                    return;
                }
            }
            client.close();
        } catch (IOException e) {
            ProxyConnections.reset(client); // as a server would do that went away
        } finally {
            connections.remove(client);
        }
    }

    /** Answers a request. Returns whether the connection stays open. */
    private boolean answer(Message message, Upstream upstream, Socket client) throws IOException {
        Request request = message.request();
        seen.add(new Request(request.method(), request.path(), request.headers(), new byte[0]));
        Fault fault = faultOf(request);
        OutputStream out = client.getOutputStream();
        if (fault instanceof Status status) {
            out.write(written(status));
            out.flush();
            return true;
        } else if (fault instanceof Cut cut) {
            if (cut.forwarded()) {
                upstream.ask(message);
            }
            return false;
        } else if (fault instanceof Half) {
            byte[] whole = upstream.ask(message).bytes();
            out.write(whole, 0, whole.length / 2);
            out.flush();
            client.close(); // the end, not a reset: what was written arrives
            return false;
        } else if (fault instanceof Hole) {
            untilHealed();
            return false;
        } else if (fault instanceof Late late) {
            sleep(late.by());
        }
        out.write(upstream.ask(message).bytes());
        out.flush();
        return true;
    }

    private synchronized Fault faultOf(Request request) {
        if (times > 0) {
            times--;
            return next;
        }
        return rule.apply(request);
    }

    private static byte[] written(Status status) {
        byte[] body = status.body().getBytes(StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status.code() + " Fault\r\n");
        status.headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
        head.append("Content-Length: " + body.length + "\r\n\r\n");
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
        all.writeBytes(body);
        return all.toByteArray();
    }

    private void untilHealed() {
        CountDownLatch latch;
        synchronized (this) {
            latch = healed;
        }
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void sleep(Duration by) {
        try {
            Thread.sleep(by.toMillis());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The connection to the server for one connection of a client. */
    private final class Upstream implements AutoCloseable {
        // Mutable state
        private Socket socket;
        private InputStream in;

        /** Sends a request and reads the whole answer. */
        Message ask(Message request) throws IOException {
            if (socket == null) {
                socket = new Socket(server.getHost(), server.getPort());
                socket.setTcpNoDelay(true);
                connections.add(socket);
                in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
            }
            socket.getOutputStream().write(request.bytes());
            Message answer = Message.read(in, request.request().method());
            if (answer == null) {
                throw new EOFException("the server closed");
            }
            return answer;
        }

        @Override
        public void close() throws IOException {
            if (socket != null) {
                connections.remove(socket);
                socket.close();
            }
        }
    }

    /** A request or an answer: its bytes and its parts. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Message(String first, Map<String, String> headers, byte[] body, byte[] bytes) {
        /**
         * Reads a request or an answer.
         *
         * @param answerTo method of the request that it answers; empty where it is a request
         * @return null at the end of the connection
         */
        static Message read(InputStream in, String answerTo) throws IOException {
            ByteArrayOutputStream wire = new ByteArrayOutputStream();
            String first = line(in, wire);
            if (first.isEmpty()) {
                return null;
            }
            Map<String, String> headers = new TreeMap<>();
            for (String line = line(in, wire); !line.isEmpty(); line = line(in, wire)) {
                int colon = line.indexOf(':');
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
            byte[] body = body(in, wire, first, headers, answerTo);
            return new Message(first, headers, body, wire.toByteArray());
        }

        Request request() {
            String[] words = first.split(" ", -1);
            return new Request(words[0], words[1], headers, body);
        }

        // RFC 9112, section 6.3
        private static byte[] body(
                InputStream in,
                ByteArrayOutputStream wire,
                String first,
                Map<String, String> headers,
                String answerTo)
                throws IOException {
            boolean none =
                    answerTo.equals("HEAD")
                            || (!answerTo.isEmpty() && first.matches("\\S+ (1..|204|304).*"));
            if (none) {
                return new byte[0];
            }
            if (headers.getOrDefault("transfer-encoding", "").equals("chunked")) {
                return chunks(in, wire);
            }
            String length = headers.get("content-length");
            if (length == null && !answerTo.isEmpty()) {
                byte[] rest = in.readAllBytes();
                wire.writeBytes(rest);
                return rest;
            }
            return exactly(in, wire, length == null ? 0 : Integer.parseInt(length));
        }

        private static byte[] chunks(InputStream in, ByteArrayOutputStream wire)
                throws IOException {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            while (true) {
                int size = Integer.parseInt(line(in, wire).split(";", 2)[0].strip(), 16);
                body.writeBytes(exactly(in, wire, size));
                line(in, wire); // after a chunk; of trailers there are none
                if (size == 0) {
                    return body.toByteArray();
                }
            }
        }

        private static byte[] exactly(InputStream in, ByteArrayOutputStream wire, int size)
                throws IOException {
            byte[] bytes = in.readNBytes(size);
            if (bytes.length < size) {
                throw new EOFException("cut in a body");
            }
            wire.writeBytes(bytes);
            return bytes;
        }

        /** A line without its line break; empty at the end. */
        private static String line(InputStream in, ByteArrayOutputStream wire) throws IOException {
            byte[] line = new byte[HEAD_BYTES];
            int n = 0;
            for (int b = in.read(); b >= 0; b = in.read()) {
                wire.write(b);
                if (b == '\n') {
                    break;
                }
                line[n++] = (byte) b;
            }
            return new String(Arrays.copyOf(line, n), StandardCharsets.ISO_8859_1).strip();
        }
    }
}
