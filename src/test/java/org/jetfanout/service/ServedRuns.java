package org.jetfanout.service;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jetfanout.service.access.Access;
import org.jetfanout.service.api.ApiPart;
import org.jetfanout.service.config.ServiceConfig;
import org.jetfanout.service.http.HealthPart;
import org.jetfanout.service.http.HttpServer;
import org.jetfanout.service.page.PagePart;
import org.jetfanout.service.runs.RunStarts;
import org.jetfanout.service.stream.StreamPart;
import org.jetfanout.service.templates.Templates;
import org.jetfanout.service.views.Views;
import org.jetfanout.ssh.SshFiles;
import org.jetfanout.ssh.SshSettings;
import org.jetfanout.status.Runs;
import org.jetfanout.token.Scope;
import org.jetfanout.token.TokenStore;

/** The API, the page and the streams of the records in a folder, on a free port of the loopback. */
public final class ServedRuns implements AutoCloseable {
    private final HttpClient client = HttpClient.newHttpClient();
    private final HttpServer server;
    private final RunStarts starts;
    private final StreamPart streams;
    private final Path runs;
    private final Path state;
    private final String token;

    /**
     * @param folder gets the records, and all else
     * @param mostStreams how many streams may be open
     * @param more lines for service.yml
     */
    public ServedRuns(Path folder, int mostStreams, String more) throws IOException {
        this(folder, mostStreams, more, settings -> settings);
    }

    /**
     * @param agent the socket of the ssh-agent of runs
     * @param home with the keys and known hosts of runs
     */
    public ServedRuns(Path folder, int mostStreams, String more, Path agent, Path home)
            throws IOException {
        this(
                folder,
                mostStreams,
                more,
                settings ->
                        settings.withFiles(
                                SshFiles.ofUser(Map.of("SSH_AUTH_SOCK", agent.toString()), home)));
    }

    private ServedRuns(
            Path folder, int mostStreams, String more, UnaryOperator<SshSettings> settings)
            throws IOException {
        runs = folder.resolve("jet-fanout/runs");
        Files.createDirectories(runs);
        Path file = folder.resolve("service.yml");
        Files.writeString(file, "listen: 0\nprefix: /fanout\n" + more);
        ServiceConfig config = ServiceConfig.read(file);
        state = Files.createDirectories(folder.resolve("jet-fanout/service"));
        token = token("everything", Scope.all(), Optional.empty());
        starts = RunStarts.open(config, runs, state, settings);
        starts.begin();
        Views views = new Views(new Runs(runs), List::of, folder.resolve("lines"));
        Templates templates = Templates.read(config, starts);
        streams = new StreamPart(views, mostStreams);
        server =
                HttpServer.start(
                        config,
                        List.of(
                                new HealthPart(List::of),
                                new Access(config, state),
                                new ApiPart(views, starts, templates, "/fanout"),
                                new PagePart(config, views, starts, templates),
                                streams));
    }

    /** The folder with the records. */
    public Path runs() {
        return runs;
    }

    /** Adds a token. */
    public String token(String name, Set<Scope> scopes, Optional<Set<String>> templates) {
        return new TokenStore(state.resolve(TokenStore.NAME))
                .add(name, scopes, templates, Instant.now(), Optional.empty());
    }

    /** A token that may do all. */
    public String token() {
        return token;
    }

    /** A client. */
    public HttpClient client() {
        return client;
    }

    /** How many streams are open. */
    public int streams() {
        return streams.open();
    }

    /** The port. */
    public int port() {
        return server.port();
    }

    /** The address of a path of the API. */
    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + "/fanout/api/v1" + path);
    }

    /** The address of a path of the page. */
    public URI page(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + "/fanout" + path);
    }

    @Override
    public void close() {
        server.close();
        starts.close();
    }
}
