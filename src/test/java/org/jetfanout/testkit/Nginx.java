package org.jetfanout.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Debian's nginx with one server on 127.0.0.1, as one process. */
public final class Nginx implements AutoCloseable {
    private final Process process;

    private Nginx(Process process) {
        this.process = process;
    }

    /**
     * Starts it, and waits until it listens.
     *
     * @param folder for its files; is made
     * @param locations what the server does, as in nginx.conf
     */
    public static Nginx start(Path folder, int port, String locations) throws IOException {
        Files.createDirectories(folder);
        Path config =
                Files.writeString(
                        folder.resolve("nginx.conf"),
                        """
                        daemon off;
                        master_process off;
                        pid %1$s/pid;
                        error_log %1$s/error.log;
                        events {}
                        http {
                          access_log off;
                          client_body_temp_path %1$s/a; proxy_temp_path %1$s/b;
                          fastcgi_temp_path %1$s/c; uwsgi_temp_path %1$s/d; scgi_temp_path %1$s/e;
                          server {
                            listen 127.0.0.1:%2$d;
                            %3$s
                          }
                        }
                        """
                                .formatted(folder, port, locations));
        Process process =
                new ProcessBuilder(
                                "/usr/sbin/nginx",
                                "-c",
                                config.toString(),
                                "-e",
                                folder + "/error.log")
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("said").toFile())
                        .start();
        Nginx nginx = new Nginx(process);
        try {
            Waiting.until("nginx", () -> listens(port));
        } catch (AssertionError | RuntimeException e) {
            nginx.close();
            throw new AssertionError(Files.readString(folder.resolve("said")), e);
        }
        return nginx;
    }

    private static boolean listens(int port) {
        try (Socket there = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return there.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
