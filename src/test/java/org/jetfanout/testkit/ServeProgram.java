package org.jetfanout.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.token.Scope;
import org.jetfanout.token.TokenStore;

/** {@code jet-fanout serve} as a program of its own, which can be killed and started again. */
public final class ServeProgram implements AutoCloseable {
    private final Path home;
    private final Path config;
    private final int port;
    private final Map<String, String> environment;

    // Mutable state
    private Program program;

    private ServeProgram(Path home, Path config, int port, Map<String, String> environment) {
        this.home = home;
        this.config = config;
        this.port = port;
        this.environment = environment;
    }

    /**
     * Starts it on a free port of the loopback interface.
     *
     * @param home its home, which also holds the run records
     * @param settings further lines of its service.yml
     */
    public static ServeProgram start(Path home, String settings) throws IOException {
        return start(home, settings, Map.of());
    }

    /**
     * The same with runs of its own.
     *
     * @param environment with the ssh-agent, for example
     */
    public static ServeProgram start(Path home, String settings, Map<String, String> environment)
            throws IOException {
        int port = FreePort.next();
        Path config = home.resolve("service.yml");
        Files.writeString(config, "listen: 127.0.0.1:" + port + "\n" + settings);
        ServeProgram serve = new ServeProgram(home, config, port, environment);
        serve.start();
        return serve;
    }

    /** Starts it again, on the same port. */
    public void start() throws IOException {
        program =
                Program.start(
                        home, home, environment, List.of("serve", "--config", config.toString()));
        Waiting.until(
                "the service is ready",
                () -> {
                    if (!program.handle().isAlive()) {
                        throw new IllegalStateException(program.out() + program.err());
                    }
                    return (program.out() + program.err()).contains("serve is ready");
                });
    }

    /** Where its run records are. */
    public Path runs() {
        return home.resolve("state/jet-fanout/runs");
    }

    /** A new token with all scopes. */
    public String token(String name) {
        return new TokenStore(home.resolve("state/jet-fanout/service").resolve(TokenStore.NAME))
                .add(
                        name,
                        Set.of(Scope.values()),
                        Optional.empty(),
                        Instant.now(),
                        Optional.empty());
    }

    /** The address of a path that begins with a slash. */
    public String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    /** Ends it as a power failure would. */
    public void kill() {
        program.handle().destroyForcibly();
        program.handle().onExit().join();
    }

    /** What it has printed. */
    public String output() {
        return program.out() + program.err();
    }

    @Override
    public void close() {
        kill();
    }
}
