package org.jetfanout.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jetfanout.cli.Service;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.service.access.Access;
import org.jetfanout.service.api.ApiPart;
import org.jetfanout.service.config.ServiceConfig;
import org.jetfanout.service.http.HealthPart;
import org.jetfanout.service.http.HttpLimits;
import org.jetfanout.service.http.HttpPart;
import org.jetfanout.service.http.HttpServer;
import org.jetfanout.service.http.MetricsPart;
import org.jetfanout.service.page.PagePart;
import org.jetfanout.service.runs.RunStarts;
import org.jetfanout.service.stream.StreamPart;
import org.jetfanout.service.templates.Templates;
import org.jetfanout.service.templates.TemplatesPart;
import org.jetfanout.service.views.Views;
import org.jetfanout.service.views.WaitingRun;
import org.jetfanout.ssh.SshSettings;
import org.jetfanout.status.Runs;

/** Puts the rooms of the service together. */
public final class FanoutService implements Service {
    /** The service loader calls this. */
    public FanoutService() {}

    /** What only this service writes, beside the run records. */
    private static Path state(Runs runs) throws IOException {
        Path state = runs.folder().resolveSibling("service");
        Files.createDirectories(state, PrivateFiles.FOLDER);
        return state;
    }

    @Override
    public Path log() throws IOException {
        return state(Runs.of(System.getenv())).resolve("jet-fanout.log");
    }

    @Override
    public Running start(Path file) throws IOException {
        return start(file, Runs.of(System.getenv()), settings -> settings);
    }

    @Override
    public Running start(Path file, Runs runs, SshSettings ssh) throws IOException {
        return start(file, runs, settings -> ssh);
    }

    private static Running start(Path file, Runs runs, UnaryOperator<SshSettings> ssh)
            throws IOException {
        ServiceConfig config = ServiceConfig.read(file);
        Path state = state(runs);
        StateLock lock = StateLock.take(state);
        try {
            return start(config, runs.folder(), state, ssh, lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static Running start(
            ServiceConfig config,
            Path runs,
            Path state,
            UnaryOperator<SshSettings> ssh,
            StateLock lock)
            throws IOException {
        AtomicBoolean draining = new AtomicBoolean();
        AtomicReference<HttpServer> server = new AtomicReference<>();
        MetricsPart metrics = new MetricsPart(config);
        List<HttpPart> parts = new ArrayList<>();
        parts.add(new HealthPart(() -> unready(server.get(), draining.get())));
        parts.add(metrics);
        // each room has its lines here; what is added first is closed first
        parts.add(new Access(config, state));
        RunStarts starts = RunStarts.open(config, runs, state, ssh);
        TemplatesPart templates;
        try {
            Templates named = Templates.read(config, starts);
            templates = new TemplatesPart(config, named, starts, runs, state);
            parts.add(templates);
            Views views = new Views(new Runs(runs), () -> waiting(starts), state.resolve("lines"));
            parts.add(new PagePart(config, views, starts, named));
            parts.add(new ApiPart(views, starts, named, config.prefix()));
            StreamPart streams = new StreamPart(views, HttpLimits.of(config).streams());
            parts.add(streams);
            metrics.show("streams", "Open streams of events", streams::open);
            server.set(HttpServer.start(config, parts));
        } catch (IOException | RuntimeException e) {
            starts.close();
            throw e;
        }
        metrics.show("connections", "Open connections", server.get()::connections);
        metrics.show(
                "connections.refused",
                "Connections refused because too many were open",
                server.get()::refused);
        metrics.show("runs", "Runs that go on in this process", starts::running);
        metrics.show("runs.waiting", "Starts that wait", () -> starts.waiting().size());
        starts.begin();
        templates.begin();
        return new Open(config, lock, server.get(), starts, draining);
    }

    private static List<WaitingRun> waiting(RunStarts starts) {
        // else nobody would know a run between its turn and its record
        return Stream.concat(starts.waiting().stream(), starts.beginning().stream())
                .map(
                        start ->
                                new WaitingRun(
                                        start.guid(),
                                        start.accepted(),
                                        start.title(),
                                        start.template().orElse(""),
                                        start.who()))
                .toList();
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
    private record Open(
            ServiceConfig config,
            StateLock lock,
            HttpServer server,
            RunStarts starts,
            AtomicBoolean draining)
            implements Running {
        @Override
        public String url() {
            String host = config.host().contains(":") ? "[" + config.host() + "]" : config.host();
            return config.url()
                    .map(url -> url + "/")
                    .orElseGet(
                            () ->
                                    (server.isSecure() ? "https://" : "http://")
                                            + host
                                            + ":"
                                            + server.port()
                                            + config.prefix()
                                            + "/");
        }

        @Override
        public Duration drain() {
            return config.drain();
        }

        @Override
        public int runs() {
            return starts.running();
        }

        @Override
        public boolean drain(Duration longest) throws InterruptedException {
            draining.set(true);
            return starts.drain(longest);
        }

        @Override
        public void close() {
            starts.close();
            server.close();
            lock.close();
        }
    }
}
