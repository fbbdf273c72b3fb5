import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;

/**
 * Stand-ins that count and keep nothing: an HTTP Event Collector as far as a sender sees one that is
 * well, a receiver of lines by TCP as Logstash's is, and one that takes connections and bytes and
 * never answers. Prints their ports: {@code HEC LINES MUTE}. For each line on standard input it prints
 * how many events and lines came since the last one; it ends when standard input does.
 */
final class Receivers {
    private static final byte[] SUCCESS = "{\"text\":\"Success\",\"code\":0}".getBytes(StandardCharsets.UTF_8);

    private final AtomicLong count = new AtomicLong();

    public static void main(String[] none) throws IOException {
        Receivers receivers = new Receivers();
        InetAddress here = InetAddress.getLoopbackAddress();
        HttpServer hec = HttpServer.create(new InetSocketAddress(here, 0), 0);
        hec.createContext(
                "/services/collector/event",
                exchange -> {
                    try (exchange) {
                        byte[] body = exchange.getRequestBody().readAllBytes();
                        boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
                        InputStream plain = new ByteArrayInputStream(body);
                        receivers.count(zipped ? new GZIPInputStream(plain, 1 << 16) : plain);
                        exchange.getResponseHeaders().set("Content-Type", "application/json");
                        exchange.sendResponseHeaders(200, SUCCESS.length);
                        exchange.getResponseBody().write(SUCCESS);
                    }
                });
        hec.setExecutor(Executors.newCachedThreadPool());
        hec.start();
        ServerSocket lines = new ServerSocket(0, 50, here);
        ServerSocket mute = new ServerSocket(0, 50, here);
        receivers.serve(lines, true);
        receivers.serve(mute, false);
        System.out.println(hec.getAddress().getPort() + " " + lines.getLocalPort() + " " + mute.getLocalPort());
        for (int read = System.in.read(); read >= 0; read = System.in.read()) {
            if (read == '\n') {
                System.out.println(receivers.count.getAndSet(0));
            }
        }
        System.exit(0);
    }

    private void serve(ServerSocket listener, boolean closing) {
        Thread thread =
                new Thread(
                        () -> {
                            while (true) {
                                try {
                                    Socket socket = listener.accept();
                                    new Thread(() -> read(socket, closing)).start();
                                } catch (IOException e) {
                                    return;
                                }
                            }
                        });
        thread.setDaemon(true);
        thread.start();
    }

    private void read(Socket socket, boolean closing) {
        try {
            if (closing) {
                count(socket.getInputStream());
                socket.close();
            } else {
                socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
            }
        } catch (IOException e) {
            // the sender is gone
        }
    }

    /** An event, and a record, ends with a line break, and has none in it. */
    private void count(InputStream in) throws IOException {
        byte[] buffer = new byte[1 << 16];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            long breaks = 0;
            for (int i = 0; i < n; i++) {
                breaks += buffer[i] == '\n' ? 1 : 0;
            }
            count.addAndGet(breaks);
        }
    }
}
