package org.jetfanout.testkit.stores;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPOutputStream;

/** A log store with answers that no store should give. It keeps the heads of the requests. */
public final class HostileStore implements AutoCloseable {
    /** How it answers. */
    public enum Answer {
        /** Sends chunks for ever, as fast as the client reads them. */
        ENDLESS_BODY,
        /** Sends some KiB that decompress to a gigabyte. */
        GZIP_BOMB,
        /** Sends some KiB that become millions of objects. */
        JSON_BOMB,
        /** Sends header lines for ever. */
        ENDLESS_HEADERS,
        /** Sends one header line for ever. */
        ENDLESS_HEADER,
        /** Sends the status 100 (Continue) for ever. */
        ENDLESS_CONTINUES,
        /** Sends a byte now and then, for ever. */
        DRIPS,
        /** Redirects with the status. */
        REDIRECT
    }

    private final ServerSocket server;
    private final Answer answer;
    private final int status;
    private final String location;
    private final List<String> heads = new CopyOnWriteArrayList<>();

    private HostileStore(Answer answer, int status, String location) throws IOException {
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.answer = answer;
        this.status = status;
        this.location = location;
        thread(this::accept);
    }

    /** Starts a store that answers in this way. */
    public static HostileStore that(Answer answer) throws IOException {
        return new HostileStore(answer, 200, "");
    }

    /** Starts a store that redirects every request. An empty location is the store itself. */
    public static HostileStore redirecting(int status, String location) throws IOException {
        return new HostileStore(Answer.REDIRECT, status, location);
    }

    /** The URL of the store. */
    public String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** The heads of the requests: everything before the body. */
    public List<String> heads() {
        return List.copyOf(heads);
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work, "hostile-store");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            for (; ; ) {
                Socket client = server.accept();
                thread(() -> serve(client));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket client) {
        try (client) {
            heads.add(head(client.getInputStream()));
            answer(client.getOutputStream());
        } catch (IOException e) {
            // the client has closed the connection
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        long length = 0;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            head.append(line).append('\n');
            if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
                length = Long.parseLong(line.substring(line.indexOf(':') + 1).strip());
            }
        }
        in.skipNBytes(length);
        return head.toString();
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    private void answer(OutputStream out) throws IOException {
        switch (answer) {
            case ENDLESS_BODY -> {
                say(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                endless(out, "10000\r\n" + " ".repeat(0x10000) + "\r\n");
            }
            case GZIP_BOMB -> compressed(out, gzipped("", " ".repeat(1 << 20), 200));
            case JSON_BOMB ->
                    compressed(
                            out,
                            gzipped("{\"errors\":true,\"items\":[{}", ",{}".repeat(1000), 5_000));
            case ENDLESS_HEADERS -> {
                say(out, "HTTP/1.1 200 OK\r\n");
                endless(out, "X-More: " + "x".repeat(1000) + "\r\n");
            }
            case ENDLESS_HEADER -> {
                say(out, "HTTP/1.1 200 OK\r\nX-More: ");
                endless(out, "x".repeat(1000));
            }
            case ENDLESS_CONTINUES -> endless(out, "HTTP/1.1 102 Processing\r\n\r\n");
            case DRIPS -> {
                say(out, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
                for (; ; ) {
                    say(out, " ");
                    try {
                        Thread.sleep(100);
                    } catch (InterruptedException e) {
                        return;
                    }
                }
            }
            case REDIRECT ->
                    say(
                            out,
                            "HTTP/1.1 %d Elsewhere\r\nLocation: %s/stolen\r\nContent-Length: 0\r\n\r\n"
                                    .formatted(status, location.isEmpty() ? url() : location));
        }
    }

    private static void say(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private static void endless(OutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        for (; ; ) {
            out.write(bytes);
        }
    }

    private static void compressed(OutputStream out, byte[] body) throws IOException {
        say(
                out,
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
                        .formatted(body.length));
        out.write(body);
        out.flush();
    }

    private static byte[] gzipped(String first, String piece, int count) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(first.getBytes(StandardCharsets.ISO_8859_1));
            byte[] each = piece.getBytes(StandardCharsets.ISO_8859_1);
            for (int i = 0; i < count; i++) {
                gzip.write(each);
            }
            if (!first.isEmpty()) {
                gzip.write("]}".getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
