package org.jetfanout.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
    private static final String IN_WAVES = "demo-in-waves";
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
            start(service.url(), token, TEMPLATE);
            start(service.url(), token, IN_WAVES);
            Main.say(
                    "demo: the service is at "
                            + service.url()
                            + ", with a run, and one that waits for your approval");
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
            description: The demo's playbook on its 12 hosts
            command: %s
            limit: true
          %s:
            description: The same, first on a quarter of the hosts, then on the others once somebody approves
            command: %s
        """
                .formatted(
                        TokenStore.NAME, TEMPLATE, yaml(site.words()), IN_WAVES, yaml(inWaves()));
    }

    /** A list in JSON is one in YAML. */
    private static String yaml(List<String> words) throws IOException {
        return new ObjectMapper().writeValueAsString(words);
    }

    private List<String> inWaves() {
        List<String> words = new ArrayList<>(site.words());
        // before the command of hosts, which may be at the end
        int place = words.indexOf("--worker-config");
        words.addAll(place, List.of("--waves", "25%,100%", "--approve", "--leave-at-gate"));
        return words;
    }

    private static void start(String url, String token, String template)
            throws IOException, InterruptedException {
        new ServiceClient(URI.create(url), Optional.of(token), Optional.empty(), PATIENCE)
                .post(
                        "runs",
                        Map.of("template", template),
                        Optional.of(UUID.randomUUID().toString()));
    }
}
