package org.jetfanout.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jetfanout.ConfigurationException;
import org.jetfanout.run.RunRequest;
import org.jetfanout.run.SinkRequest;
import org.jetfanout.runner.Runner;
import org.jetfanout.runner.jetp.JetpOptions;
import org.jetfanout.runner.jetp.JetpackFile;
import org.jetfanout.runner.jetp.PlaybookRequest;
import org.jetfanout.site.playbook.Dialect;
import org.jetfanout.site.workers.WorkersConfig;
import org.jetfanout.site.yaml.JsonInput;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.text.Quoted;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The options of a run: those of jetp and those that jet-fanout adds. Commands that only look at a
 * playbook's hosts use them too.
 */
final class RunOptions {
    private static final ObjectMapper JSON =
            new ObjectMapper(JsonInput.FACTORY)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    @Mixin private SiteOptions site;

    @Option(
            names = {"-r", "--roles"},
            paramLabel = "DIR[:DIR]",
            description =
                    "Folders with roles. jet-fanout searches these, then $JET_ROLES_PATH, then"
                            + " roles/ beside each playbook.")
    private List<String> roles = new ArrayList<>();

    @Option(
            names = {"-m", "--modules"},
            paramLabel = "DIR[:DIR]",
            description =
                    "Folders with external modules. jet-fanout searches these, then"
                            + " $JET_MODULES_PATH, then modules/ beside each playbook.")
    private List<String> modules = new ArrayList<>();

    @Option(
            names = {"-u", "--user"},
            paramLabel = "NAME",
            description = "Login name on the hosts (default: $JET_SSH_USER, else $USER).")
    private List<String> users = new ArrayList<>();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "SSH port of the hosts (default: $JET_SSH_PORT, else 22).")
    private List<Integer> ports = new ArrayList<>();

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            description =
                    "Number of workers that run at once (default: $JET_THREADS, else 20). The key"
                            + " 'threads' in workers.yml sets how many hosts each worker"
                            + " configures at once.")
    private List<Integer> threads = new ArrayList<>();

    @Mixin private JetpackFlags jetpack;

    @Mixin private OrderOption order;

    @Mixin private RolloutOptions rollout;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            description = "Number of hosts in each rolling update on a worker.")
    private Integer batchSize;

    @Option(
            names = "--sudo",
            paramLabel = "USER",
            description = "Account on the hosts that runs the tasks.")
    private List<String> sudo = new ArrayList<>();

    @Option(
            names = "--tags",
            paramLabel = "TAG[:TAG]",
            description =
                    "Run only tasks with one of these tags. If you repeat the option, the last"
                            + " one applies, as with jetp.")
    private List<String> tags = new ArrayList<>();

    @Option(
            names = {"-e", "--extra-vars"},
            paramLabel = "@FILE|JSON|NAME=TEXT",
            description =
                    "Variables that override all others. May be repeated. A dot in NAME stands for"
                            + " a mapping, as with Jetpack.")
    private List<String> extraVars = new ArrayList<>();

    @Option(
            names = "--forward-agent",
            description =
                    "Passed on to the runner: forward the agent to the hosts, for the git module.")
    private boolean[] forwardAgent = {};

    @Option(names = "--allow-localhost-delegation", description = "Passed on to the runner.")
    private boolean[] allowLocalhostDelegation = {};

    @Option(
            names = "--async",
            description =
                    "Passed on to Jetpack: each host goes through the tasks of a play without"
                            + " waiting for others. Not with jetp.")
    private boolean[] async = {};

    @Option(
            names = "-v",
            description =
                    "Show more output of the runner. -vv also shows stack traces of errors, -vvv"
                            + " the output of every command.")
    private boolean[] verbosity = {};

    @Mixin private BrokerOptions broker;

    /**
     * @param otherwise where the command line has none
     */
    private List<Path> roles(List<Path> otherwise) {
        List<String> named =
                roles.isEmpty() ? otherwise.stream().map(Path::toString).toList() : roles;
        return directories(named, "--roles", "JET_ROLES_PATH");
    }

    private List<Path> modules() {
        return directories(modules, "--modules", "JET_MODULES_PATH");
    }

    /** How many workers the run uses at once. */
    private int threads() {
        int n = !threads.isEmpty() ? SiteOptions.last(threads) : number("JET_THREADS").orElse(20);
        if (n < 1) {
            throw new UsageException("--threads must be at least 1");
        }
        return n;
    }

    /**
     * The values of {@code -e}. They are checked here, because every runner would fail on an
     * invalid one. The error does not show the value, which may be secret.
     */
    private List<String> extraVars() {
        extraVars.replaceAll(
                text ->
                        text.startsWith("@")
                                ? "@" + site.pipes().file(Path.of(text.substring(1)))
                                : ExtraVariable.asJson(text).orElse(text));
        for (String text : extraVars) {
            if (text.startsWith("@")) {
                Path file = Path.of(text.substring(1));
                YamlValue.read(file)
                        .orElseThrow(() -> ConfigurationException.at(file, "is empty"))
                        .mapping("--extra-vars");
            } else {
                checkObject(text);
            }
        }
        return List.copyOf(extraVars);
    }

    private static void checkObject(String json) {
        try {
            JsonNode node = JSON.readTree(json);
            if (!node.isObject()) {
                throw new UsageException(
                        "--extra-vars must be a JSON object ('{\"name\": \"value\"}'), NAME=TEXT or"
                                + " @FILE");
            }
        } catch (StreamConstraintsException e) {
            throw new UsageException("--extra-vars: " + JsonInput.problem(e));
        } catch (JsonProcessingException e) {
            throw new UsageException(
                    "--extra-vars must be a JSON object, NAME=TEXT or @FILE: broken at character "
                            + (e.getLocation().getCharOffset() + 1));
        }
    }

    /** The request. It is checked as far as that is possible with the command line alone. */
    RunRequest request(String mode) {
        // first, because the word may be a misspelt command
        return request(Mode.of(mode), true);
    }

    /** The request of a command that only looks at the hosts and needs no playbook. */
    RunRequest look(String mode) {
        return request(Mode.of(mode), false);
    }

    private RunRequest request(String mode, boolean doing) {
        Optional<Dialect> dialect = dialect();
        JetpackFile file =
                jetpack.file(
                        dialect.filter(known -> known == Dialect.JETPACK).isPresent(),
                        site::workerConfig,
                        doing && mode.equals(Mode.USUAL));
        List<Path> playbooks = site.playbooks(file.playbook(), doing);
        List<Path> inventories = new ArrayList<>(site.inventories(file.inventories()));
        inventories.addAll(file.secrets());
        file.file().ifPresent(path -> Main.say(said(path, file)));
        return new RunRequest(
                new PlaybookRequest(
                        playbooks,
                        inventories,
                        roles(file.roles()),
                        modules(),
                        site.limits(),
                        extraVars(),
                        runner(mode, dialect)),
                site.workerConfig(),
                threads(),
                order.said(),
                rollout.rules(),
                site.routes(),
                broker.request(),
                SinkRequest.NONE);
    }

    /** What comes from Jetpack's file, for people. */
    private static String said(Path path, JetpackFile file) {
        List<String> words = new ArrayList<>();
        file.playbook().ifPresent(playbook -> words.add("playbook " + playbook));
        file.inventories().forEach(inventory -> words.add("inventory " + inventory));
        file.secrets().forEach(secrets -> words.add("secrets " + secrets));
        file.roles().forEach(roles -> words.add("roles " + roles));
        return path
                + ": "
                + (words.isEmpty() ? "has no arguments" : String.join(", ", words))
                + " (for what the command line does not say)";
    }

    /** The options for the runner on the workers. */
    private JetpOptions runner(String mode, Optional<Dialect> dialect) {
        if (batchSize != null && batchSize < 1) {
            throw new UsageException("--batch-size must be at least 1");
        }
        Integer port = SiteOptions.last(ports);
        if (port != null && (port < 1 || port > 65535)) {
            throw new UsageException("--port must be a number from 1 to 65535");
        }
        try {
            return options(mode, dialect);
        } catch (ConfigurationException e) {
            // the message concerns the command line only, so it is reported as a usage error
            throw new UsageException(e.getMessage());
        }
    }

    private JetpOptions options(String mode, Optional<Dialect> dialect) {
        Integer port = SiteOptions.last(ports);
        return new JetpOptions(
                        mode,
                        Optional.ofNullable(SiteOptions.last(users)),
                        port != null ? OptionalInt.of(port) : number("JET_SSH_PORT"),
                        batchSize == null ? OptionalInt.empty() : OptionalInt.of(batchSize),
                        Optional.ofNullable(SiteOptions.last(sudo)),
                        SiteOptions.words(SiteOptions.last(tags)),
                        verbosity.length,
                        forwardAgent.length > 0,
                        allowLocalhostDelegation.length > 0,
                        async.length > 0,
                        dialect)
                .withLogin(System.getenv());
    }

    /** The dialect of the runner, as workers.yml says; empty where it does not. */
    private Optional<Dialect> dialect() {
        if (!site.hasWorkerConfig()) {
            return Optional.empty(); // an error, but others come first
        }
        return WorkersConfig.read(site.workerConfig(), Set.of(Runner.EVENTS_VARIABLE))
                .jetRunner()
                .flatMap(Dialect::of);
    }

    private static OptionalInt number(String variable) {
        String text = System.getenv(variable);
        if (text == null || text.isEmpty()) {
            return OptionalInt.empty();
        }
        try {
            return OptionalInt.of(Integer.parseInt(text));
        } catch (NumberFormatException e) {
            throw new UsageException("$" + variable + " must be a number, not " + Quoted.of(text));
        }
    }

    private static List<Path> directories(List<String> texts, String flag, String variable) {
        List<Path> all = new ArrayList<>(SiteOptions.paths(texts, flag));
        String more = System.getenv(variable);
        if (more != null && !more.isEmpty()) {
            all.addAll(SiteOptions.paths(List.of(more), "$" + variable));
        }
        for (Path directory : all) {
            if (!Files.isDirectory(directory)) {
                throw ConfigurationException.at(directory, "no such directory (" + flag + ")");
            }
        }
        return all;
    }
}
