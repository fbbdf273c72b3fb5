package org.jetfanout.service.http;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.main.Main;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.jetfanout.ConfigurationException;
import org.jetfanout.run.camel.RouteErrors;
import org.jetfanout.service.config.ServiceConfig;

/**
 * The HTTP server: Vert.x, with the Camel routes of {@code routes/service/} and the handlers of the
 * parts on one router. Thread-safe once started.
 */
public final class HttpServer implements AutoCloseable {
    private static final String SUFFIX = ".camel.yaml";
    private static final String FOLDER = "routes/service/";

    /** Camel finds the router by a name with a port, which need not be the real one. */
    private static final int NAME = VertxPlatformHttpServerConfiguration.DEFAULT_BIND_PORT;

    private final Main camel = new Main();
    private final Vertx vertx;
    private final io.vertx.core.http.HttpServer server;
    private final List<HttpPart> parts;
    private final ServiceConfig config;
    private final HttpLimits limits;
    private final Optional<TlsFiles> tls;
    private final Guard guard;

    private HttpServer(ServiceConfig config, List<HttpPart> parts) {
        this.config = config;
        this.parts = List.copyOf(parts);
        limits = HttpLimits.of(config);
        tls = TlsFiles.of(config);
        Networks trusted =
                config.section("trusted_proxies")
                        .map(list -> Networks.read(list, "trusted_proxies"))
                        .orElseGet(Networks::none);
        HttpServerOptions options = options();
        vertx = vertx();
        guard = new Guard(vertx, limits, trusted);
        server = vertx.createHttpServer(options);
    }

    private HttpServerOptions options() {
        HttpServerOptions options =
                new HttpServerOptions()
                        .setMaxHeaderSize(limits.head())
                        .setMaxInitialLineLength(limits.head())
                        .setIdleTimeout((int) limits.idle().toSeconds())
                        .setHttp2ClearTextEnabled(false)
                        .setTcpKeepAlive(true);
        // over HTTP/2 a browser has all its streams on one connection; without, at most 6
        tls.ifPresent(
                files -> options.setSsl(true).setUseAlpn(true).setKeyCertOptions(files.read()));
        return options;
    }

    private static Vertx vertx() {
        return Vertx.vertx(
                new VertxOptions()
                        .setEventLoopPoolSize(2)
                        // else a folder in /tmp
                        .setFileSystemOptions(
                                new FileSystemOptions()
                                        .setFileCachingEnabled(false)
                                        .setClassPathResolvingEnabled(false)));
    }

    /**
     * Starts to listen.
     *
     * @param parts what answers; they are closed with the server
     */
    public static HttpServer start(ServiceConfig config, List<HttpPart> parts) {
        HttpServer started = new HttpServer(config, parts);
        try {
            started.begin();
            return started;
        } catch (RuntimeException e) {
            started.stop();
            throw e;
        }
    }

    private void begin() {
        Router inner = Router.router(vertx);
        Router outer = Router.router(vertx);
        outer.route("/*").subRouter(inner);
        if (!config.prefix().isEmpty()) {
            outer.route(config.prefix() + "/*").order(-1).subRouter(inner);
        }
        for (int status : new int[] {400, 401, 403, 404, 405, 406, 413, 414, 415, 500, 503}) {
            outer.errorHandler(status, context -> problem(context, status));
        }
        guard.handlers(inner);
        parts.forEach(part -> part.handlers(inner));
        startCamel(inner);
        inner.route().last().handler(new OtherMethods(inner, config.prefix()));
        server.requestHandler(outer)
                .invalidRequestHandler(HttpServer::refuse)
                .connectionHandler(guard::connected);
        CompletableFuture<Void> listening = new CompletableFuture<>();
        server.listen(config.port(), config.host())
                .onSuccess(ready -> listening.complete(null))
                .onFailure(listening::completeExceptionally);
        try {
            listening.join();
        } catch (CompletionException e) {
            throw new ConfigurationException(
                    "cannot listen on "
                            + config.host()
                            + ":"
                            + config.port()
                            + ": "
                            + RouteErrors.rootMessage(e));
        }
        tls.ifPresent(files -> files.follow(vertx, server));
    }

    private void startCamel(Router inner) {
        var settings = camel.configure();
        settings.setName("jet-fanout-service");
        settings.setBasePackageScanEnabled(false);
        settings.setRoutesIncludePattern(pattern());
        settings.setStreamCachingEnabled(false);
        settings.setAutowiredEnabled(false);
        settings.setJmxEnabled(false);
        settings.setShutdownTimeout(5);
        settings.setAutoConfigurationLogSummary(false);
        settings.setShutdownLogInflightExchangesOnTimeout(false);
        camel.setShutdownStrategy(new SimpleMainShutdownStrategy());
        camel.setDefaultPropertyPlaceholderLocation("false");
        camel.addInitialProperty("service.prefix", config.prefix());
        String name = VertxPlatformHttpRouter.getRouterNameFromPort(NAME);
        camel.bind(
                name,
                new VertxPlatformHttpRouter(null, vertx, inner, name) {
                    @Override
                    public Handler<RoutingContext> bodyHandler() {
                        return BodyHandler.create(false).setBodyLimit(limits.body());
                    }
                });
        parts.forEach(part -> part.beans().forEach(camel::bind));
        try {
            camel.start();
            parts.forEach(part -> part.started(camel.getCamelContext()));
        } catch (Exception e) {
            throw RouteErrors.starting(e, pattern());
        }
    }

    /** Camel's include pattern: the packaged files of the parts, and the user's instead. */
    private String pattern() {
        TreeMap<String, String> locations = new TreeMap<>();
        Stream.concat(Stream.of("errors"), parts.stream().flatMap(part -> part.routes().stream()))
                .forEach(name -> locations.put(name, "classpath:" + FOLDER + name + SUFFIX));
        Optional<Path> own = config.section("routes").map(value -> config.path(value, "routes"));
        own.ifPresent(
                folder -> {
                    try (Stream<Path> files = Files.list(folder)) {
                        files.filter(file -> file.toString().endsWith(SUFFIX))
                                .forEach(
                                        file -> {
                                            String name = file.getFileName().toString();
                                            locations.put(
                                                    name.substring(
                                                            0, name.length() - SUFFIX.length()),
                                                    "file:" + file);
                                        });
                    } catch (java.io.IOException e) {
                        throw config.section("routes")
                                .orElseThrow()
                                .error("routes: cannot read " + folder);
                    }
                });
        return String.join(",", locations.values());
    }

    /** Answers a request whose head cannot be read: no router gets it. */
    private static void refuse(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        int status =
                cause instanceof TooLongHttpLineException
                        ? 414
                        : cause instanceof TooLongHttpHeaderException ? 431 : 400;
        HttpConnection connection = request.connection();
        request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", Problem.TYPE)
                .putHeader("Connection", "close")
                .end(new Problem(status, "").json("/"))
                .onComplete(ended -> connection.close());
    }

    private static void problem(RoutingContext context, int status) {
        if (!context.response().ended() && !context.response().headWritten()) {
            Problem problem =
                    context.failure() instanceof RefusedException refused
                            ? refused.problem()
                            : new Problem(status, "");
            context.response()
                    .setStatusCode(status)
                    .putHeader("Content-Type", Problem.TYPE)
                    .end(problem.json(context.normalizedPath()));
        }
    }

    /** How many connections are open. */
    public int connections() {
        return guard.connections();
    }

    /** How many connections were refused, because too many were open. */
    public int refused() {
        return guard.refused();
    }

    /** Whether it speaks https itself. */
    public boolean isSecure() {
        return tls.isPresent();
    }

    /** The port on which it listens. */
    public int port() {
        return server.actualPort();
    }

    /** Why the service cannot do its work now: a line for each part that cannot. */
    public List<String> unready() {
        List<String> reasons = new ArrayList<>();
        parts.forEach(part -> part.unready().ifPresent(reasons::add));
        return reasons;
    }

    @Override
    public void close() {
        stop();
    }

    private void stop() {
        end(server.close());
        camel.stop();
        parts.forEach(HttpPart::close);
        end(vertx.close());
    }

    /** Waits until something has closed, well or not. */
    private static void end(Future<Void> closing) {
        closing.toCompletionStage().toCompletableFuture().handle((done, e) -> true).join();
    }
}
