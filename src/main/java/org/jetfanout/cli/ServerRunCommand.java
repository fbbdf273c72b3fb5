package org.jetfanout.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ExitCode;
import org.jetfanout.machine.PemFiles;
import org.jetfanout.record.RunEvent;
import org.jetfanout.remote.FollowedRun;
import org.jetfanout.remote.ServiceClient;
import org.jetfanout.remote.ServiceException;
import org.jetfanout.screen.Screen;
import org.jetfanout.screen.ScreenOptions;
import org.jetfanout.status.Progress;
import org.jetfanout.status.RunStatus;
import org.jetfanout.text.Quoted;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code run --server}: a run of a template of a service, shown as if it were carried out here. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "With --server: starts a run from a template of a service (jet-fanout serve), shows it,"
                    + " and ends with its exit code.",
            "Ctrl-C cancels the run. A lost connection does not: the command goes on where it was."
                    + " Without --server, run is another word for ssh, the mode of a run."
        },
        footer = {
            "",
            "Exit codes: those of a run; 3 also if the service could not be reached any more, 78 if"
                    + " it refused the run."
        })
final class ServerRunCommand implements Callable<Integer> {
    /** The name of the command. */
    static final String NAME = "run";

    private static final String SERVER = "--server";
    private static final String TOKEN = "JET_FANOUT_TOKEN";

    @Option(
            names = SERVER,
            paramLabel = "URL",
            required = true,
            description = "The service, such as https://fanout.example.org/fanout.")
    private String server;

    @Parameters(paramLabel = "TEMPLATE", description = "A template of the service's service.yml.")
    private String template;

    @Option(
            names = "--var",
            paramLabel = "NAME=VALUE",
            description = "A variable of the template. May be repeated.")
    private List<String> variables = new ArrayList<>();

    @Option(
            names = "--limit-hosts",
            paramLabel = "HOST[:HOST]",
            description = "Only these hosts, where the template allows that.")
    private String limit;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description =
                    "File with the token: a line of jet-fanout token add (default: the token in"
                            + " $JET_FANOUT_TOKEN).")
    private Path tokenFile;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "Certificates to trust for https, instead of the JDK's (PEM).")
    private Path ca;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description =
                    "A start with the same key is the same run, such as the number of a pipeline:"
                            + " a job that is tried again follows the run that it started.")
    private String key;

    @Option(
            names = "--patience",
            converter = CapacityCommand.DurationConverter.class,
            paramLabel = "TIME",
            defaultValue = "10m",
            description =
                    "How long to try again while the service cannot be reached (default:"
                            + " ${DEFAULT-VALUE}).")
    private Duration patience;

    @Option(names = "--detach", description = "Print the GUID, and do not wait for the end.")
    private boolean detach;

    @Mixin private ScreenFlags screen;

    /** Whether a command line is for this command. */
    static boolean isMeant(List<String> words) {
        return words.stream()
                .anyMatch(word -> word.equals(SERVER) || word.startsWith(SERVER + "="));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        ServiceClient client = new ServiceClient(url(), token(), trusted(), patience);
        String guid;
        try {
            guid = start(client);
        } catch (ServiceException e) {
            throw new ConfigurationException(e.getMessage());
        } catch (IOException e) {
            throw new ConfigurationException(e.getMessage());
        }
        if (detach) {
            System.out.println(guid);
            return ExitCode.OK.code();
        }
        Progress progress = new Progress();
        ScreenOptions options = screen.options(Path.of("")).at(url() + "/runs/" + guid);
        try (Screen shown = options.open(System.getenv(), progress)) {
            shown.run(guid);
            return follow(client, guid, progress, shown);
        }
    }

    private String start(ServiceClient client) throws IOException, InterruptedException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("template", template);
        body.put("variables", named());
        if (limit != null) {
            body.put("limit", limit);
        }
        String once = key == null ? UUID.randomUUID().toString() : key;
        String guid = client.post("runs", body, Optional.of(once)).path("guid").asText("");
        try {
            // it becomes part of paths
            return UUID.fromString(guid).toString();
        } catch (IllegalArgumentException e) {
            throw new IOException("the service did not say which run it started", e);
        }
    }

    private int follow(ServiceClient client, String guid, Progress progress, Screen shown)
            throws InterruptedException {
        AtomicBoolean cancelled = new AtomicBoolean();
        new Interrupts((count, all) -> cancel(count, client, guid, shown, cancelled));
        FollowedRun run =
                new FollowedRun(
                        client,
                        guid,
                        output(),
                        screen.ofStdout().isPresent(),
                        event -> tell(event, progress, shown),
                        text -> shown.whileHeld(() -> Main.say(text)));
        try {
            RunStatus status = run.follow();
            shown.summary(status);
            return cancelled.get()
                    ? ExitCode.INTERRUPTED.code()
                    : status.exitCode().orElse(ExitCode.INTERNAL.code());
        } catch (IOException | UncheckedIOException | ServiceException e) {
            shown.close();
            Main.say(
                    e.getMessage()
                            + "; run "
                            + guid
                            + " may go on there. To follow it again: the same command with --key");
            return ExitCode.INCOMPLETE.code();
        }
    }

    private FollowedRun.Output output() {
        if (screen.wantsLines()) {
            return FollowedRun.Output.ALL;
        }
        return screen.isQuiet() ? FollowedRun.Output.NONE : FollowedRun.Output.LAST;
    }

    private static void tell(RunEvent event, Progress progress, Screen shown) {
        event.tell(progress);
        event.tell(shown);
    }

    private static void cancel(
            int count, ServiceClient client, String guid, Screen shown, AtomicBoolean cancelled) {
        if (count > 1) {
            shown.close();
            Main.say("stopped here. Run " + guid + " goes on at the service until it is cancelled");
            Runtime.getRuntime().halt(ExitCode.INTERRUPTED.code());
        }
        shown.whileHeld(
                () ->
                        Main.say(
                                "cancelling the run at the service (press Ctrl-C again to stop at"
                                        + " once)"));
        try {
            client.post("runs/" + guid + "/cancel", Map.of(), Optional.empty());
            cancelled.set(true);
        } catch (IOException | ServiceException e) {
            shown.whileHeld(() -> Main.say("the run was not cancelled: " + e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Map<String, String> named() {
        Map<String, String> named = new LinkedHashMap<>();
        for (String variable : variables) {
            int at = variable.indexOf('=');
            if (at < 1) {
                throw new UsageException("--var must be NAME=VALUE, not " + Quoted.of(variable));
            }
            if (named.put(variable.substring(0, at), variable.substring(at + 1)) != null) {
                throw new UsageException(
                        "--var " + Quoted.of(variable.substring(0, at)) + " is given twice");
            }
        }
        return named;
    }

    private URI url() {
        try {
            URI url = URI.create(server.replaceFirst("/+$", ""));
            if (url.getHost() != null
                    && List.of("http", "https").contains(url.getScheme())
                    && url.getRawUserInfo() == null
                    && url.getRawQuery() == null) {
                return url;
            }
        } catch (IllegalArgumentException e) {
            // reported below
        }
        throw new UsageException(
                "--server must be a URL such as https://fanout.example.org, without a login, not "
                        + Quoted.of(server.replaceFirst("//[^/@]*@", "//…@")));
    }

    private Optional<String> token() {
        if (tokenFile == null) {
            return Optional.of(System.getenv().getOrDefault(TOKEN, "").strip())
                    .filter(token -> !token.isEmpty());
        }
        try {
            String token = Files.readString(tokenFile).strip();
            if (!token.matches("[!-~]+")) {
                throw ConfigurationException.at(tokenFile, "must have one line with the token");
            }
            return Optional.of(token);
        } catch (IOException e) {
            throw ConfigurationException.at(tokenFile, "cannot be read: " + e.getMessage());
        }
    }

    private Optional<SSLContext> trusted() {
        if (ca == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(PemFiles.context(PemFiles.certificates(ca)));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("--ca: " + e.getMessage());
        } catch (GeneralSecurityException e) {
            throw ConfigurationException.at(ca, "cannot be used: " + e.getMessage());
        }
    }
}
