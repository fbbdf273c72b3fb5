package org.jetfanout.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.remote.ServiceClient;
import org.jetfanout.status.Runs;
import org.jetfanout.token.Scope;
import org.jetfanout.token.TokenStore;

/**
 * {@code demo --serve}: the service, with the demo's machines and records of its own, which end
 * with it.
 */
final class DemoService {
    private static final String TEMPLATE = "demo";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Demo.Site site;

    DemoService(Demo.Site site) {
        this.site = site;
    }

    /** Serves on a free port of the loopback interface, until Ctrl-C. */
    void serve() throws IOException, InterruptedException {
        CountDownLatch stop = new CountDownLatch(1);
        new Interrupts((count, all) -> stop.countDown());
        Path folder = Files.createDirectory(site.folder().resolve("service"), PrivateFiles.FOLDER);
        Path config = Files.writeString(folder.resolve("service.yml"), config());
        String token =
                new TokenStore(folder.resolve(TokenStore.NAME))
                        .add(
                                TEMPLATE,
                                Scope.all(),
                                Optional.empty(),
                                Instant.now(),
                                Optional.empty());
        Logging.toFileWithoutEnd(folder.resolve("jet-fanout.log"), "serve");
        Runs runs = new Runs(folder.resolve("runs"));
        try (Service.Running service = Service.find().start(config, runs, site.ssh())) {
            start(service.url(), token);
            Main.say("demo: the service is at " + service.url() + ", and runs the template demo");
            Main.say("demo: log in with the token " + token);
            Main.say(
                    "demo: once more: JET_FANOUT_TOKEN=%s jet-fanout run --server %s %s"
                            .formatted(token, service.url(), TEMPLATE));
            Main.say("demo: Ctrl-C ends it, and removes its runs");
            stop.await();
            service.drain(PATIENCE);
        }
    }

    private String config() throws IOException {
        return """
        listen: 127.0.0.1:0
        tokens: %s
        templates:
          %s:
            command: %s
            limit: true
        """
                .formatted(
                        TokenStore.NAME,
                        TEMPLATE,
                        // a list in JSON is one in YAML
                        new ObjectMapper().writeValueAsString(site.words()));
    }

    private static void start(String url, String token) throws IOException, InterruptedException {
        new ServiceClient(URI.create(url), Optional.of(token), Optional.empty(), PATIENCE)
                .post(
                        "runs",
                        Map.of("template", TEMPLATE),
                        Optional.of(UUID.randomUUID().toString()));
    }
}
