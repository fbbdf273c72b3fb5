package org.jetfanout.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jetfanout.cli.Service;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.service.access.Access;
import org.jetfanout.service.config.ServiceConfig;
import org.jetfanout.service.http.HealthPart;
import org.jetfanout.service.http.HttpPart;
import org.jetfanout.service.http.HttpServer;
import org.jetfanout.status.Runs;

/** Puts the rooms of the service together. */
public final class FanoutService implements Service {
    /** The service loader calls this. */
    public FanoutService() {}

    @Override
    public Running start(Path file) throws IOException {
        ServiceConfig config = ServiceConfig.read(file);
        Runs runs = Runs.of(System.getenv());
        Path state = runs.folder().resolveSibling("service");
        Files.createDirectories(state, PrivateFiles.FOLDER);
        AtomicBoolean draining = new AtomicBoolean();
        AtomicReference<HttpServer> server = new AtomicReference<>();
        List<HttpPart> parts = new ArrayList<>();
        parts.add(new HealthPart(() -> unready(server.get(), draining.get())));
        // each room has its lines here; what is added first is closed first
        parts.add(new Access(config));
        server.set(HttpServer.start(config, parts));
        return new Open(config, state, server.get(), draining);
    }

    private static List<String> unready(HttpServer server, boolean draining) {
        List<String> reasons = new ArrayList<>();
        if (draining) {
            reasons.add("stopping");
        }
        if (server == null) {
            reasons.add("starting");
        } else {
            reasons.addAll(server.unready());
        }
        return reasons;
    }

    /** The service, as long as it runs. */
    private record Open(ServiceConfig config, Path state, HttpServer server, AtomicBoolean draining)
            implements Running {
        @Override
        public String url() {
            String host = config.host().contains(":") ? "[" + config.host() + "]" : config.host();
            return config.url()
                    .map(url -> url + "/")
                    .orElseGet(
                            () -> "http://" + host + ":" + server.port() + config.prefix() + "/");
        }

        @Override
        public Path log() {
            return state.resolve("jet-fanout.log");
        }

        @Override
        public Duration drain() {
            return config.drain();
        }

        @Override
        public int runs() {
            return 0;
        }

        @Override
        public boolean drain(Duration longest) {
            draining.set(true);
            return true;
        }

        @Override
        public void close() {
            server.close();
        }
    }
}
