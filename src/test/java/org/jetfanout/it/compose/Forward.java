package org.jetfanout.it.compose;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A server that is elsewhere, at the address and port where a container would have it. */
final class Forward implements AutoCloseable {
    private final ServerSocket listener;
    private final int target;

    private Forward(ServerSocket listener, int target) {
        this.listener = listener;
        this.target = target;
    }

    /**
     * Passes on what comes.
     *
     * @param target port on 127.0.0.1
     */
    static Forward at(String address, int port, int target) throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.bind(new InetSocketAddress(address, port));
        Forward forward = new Forward(listener, target);
        thread(forward::accept);
        return forward;
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() throws IOException {
        while (!listener.isClosed()) {
            Socket client;
            try {
                client = listener.accept();
            } catch (IOException e) {
                return; // closed
            }
            Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
            thread(() -> pass(client, server));
            thread(() -> pass(server, client));
        }
    }

    private static void pass(Socket from, Socket to) throws IOException {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            from.close();
            to.close();
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void thread(Work work) {
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                work.run();
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        },
                        "forward");
        thread.setDaemon(true);
        thread.start();
    }
}
