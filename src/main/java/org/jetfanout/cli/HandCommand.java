package org.jetfanout.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ExitCode;
import org.jetfanout.instance.HandInstance;
import org.jetfanout.instance.InstanceFolder;
import org.jetfanout.instance.TakeOver;
import org.jetfanout.lease.LeaseBroker;
import org.jetfanout.link.SharedKey;
import org.jetfanout.machine.ProcessLimits;
import org.jetfanout.queue.Broker;
import org.jetfanout.run.BrokerRequest;
import org.jetfanout.run.Metrics;
import org.jetfanout.site.workers.Zone;
import org.jetfanout.ssh.SshSettings;
import org.jetfanout.status.Runs;
import org.jetfanout.text.Durations;
import org.jetfanout.text.Quoted;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hand}: holds connections to workers for the runs of others, until it is told to stop. */
@Command(
        name = "hand",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Holds connections to workers for the runs that share a broker with it, with the keys"
                    + " and the ssh-agent of this machine.",
            "SIGTERM or Ctrl-C: takes nothing new, waits for what runs (--drain), and hands over"
                    + " the rest."
        })
final class HandCommand implements Callable<Integer> {
    /** So often it looks whether there is nothing to do. */
    private static final long LOOK_SECONDS = 60;

    @Option(
            names = "--broker-config",
            paramLabel = "FILE",
            description =
                    "The broker: a file with url, login, TLS, and shared_key, the file with the key"
                            + " that all instances at the broker have.")
    private Path brokerConfig;

    @Option(
            names = "--zones",
            split = ",",
            paramLabel = "ZONE",
            description =
                    "Zones of worker groups (zone in workers.yml) that can be reached from here,"
                            + " separated by commas (default: default).")
    private List<String> zones = new ArrayList<>();

    @Option(
            names = "--take-over",
            arity = "0..1",
            fallbackValue = "",
            paramLabel = "ZONE",
            description =
                    "Take over runs whose owner dies: those whose workers are all in these zones,"
                            + " separated by commas (without a value: in those of --zones).")
    private String takeOver;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "100",
            description =
                    "Number of workers to be connected to at once (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "What messages and lists call this hand (default: the host name).")
    private String name;

    @Option(
            names = "--drain",
            converter = CapacityCommand.DurationConverter.class,
            paramLabel = "TIME",
            defaultValue = "30s",
            description =
                    "How long to wait at the end for what runs, before it is handed over to other"
                            + " hands (default: ${DEFAULT-VALUE}).")
    private Duration drain;

    @Option(
            names = "--ready-file",
            paramLabel = "FILE",
            description = "Make this file when the hand is ready, and remove it when it stops.")
    private Path readyFile;

    @Mixin private MetricsFlag metrics;

    @Option(
            names = "-v",
            description =
                    "Write more into the log: each call, for instance. -vv also shows stack traces"
                            + " of errors.")
    private boolean[] verbosity = {};

    @Option(
            names = "--make-key",
            paramLabel = "FILE",
            description =
                    "Make a key for shared_key in a new file, and end. Copy it to all instances.")
    private Path makeKey;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (makeKey == null) {
            return serve();
        }
        SharedKey.make(makeKey);
        System.out.println(
                "made key %s in %s: copy the file to each instance, and name it in the file of --broker-config (shared_key)"
                        .formatted(SharedKey.read(makeKey).id(), makeKey));
        return ExitCode.OK.code();
    }

    @SuppressWarnings("try") // the watch for runs to take over works beside this thread
    private int serve() throws IOException, InterruptedException {
        Set<String> served = zones(zones);
        if (takeOver != null && !takeOver.isEmpty()) {
            // reports a wrong one before anything is begun
            zones(List.of(takeOver.split(",", -1)));
        }
        int atOnce = atOnce();
        if (name != null && !InstanceFolder.isName(name)) {
            throw new UsageException("--name " + InstanceFolder.RULE + ", not " + Quoted.of(name));
        }
        Broker broker = broker();
        SharedKey key = SharedKey.read(broker.sharedKey().orElseThrow(this::keyless));
        SshSettings ssh = SshSettings.ofUser();
        if (ssh.files().agentSocket().isEmpty()) {
            Main.say(
                    "warning: there is no ssh-agent (SSH_AUTH_SOCK is not set): this hand takes only"
                            + " what needs no key of an agent");
        }
        new ProcessLimits().requireThreads(atOnce);
        Path folder = Runs.of(System.getenv()).folder().resolveSibling("instances");
        Optional<Metrics> shown = Optional.ofNullable(metrics.address()).map(Metrics::new);
        try (InstanceFolder own = InstanceFolder.take(folder, Optional.ofNullable(name))) {
            Logging.toFileWithoutEnd(own.log(), own.name());
            if (verbosity.length > 0) {
                Logging.more();
            }
            ThreadProbe.start();
            try (HandInstance hand =
                    HandInstance.open(
                            broker,
                            key,
                            own.name(),
                            served,
                            atOnce,
                            ssh,
                            Runs.of(System.getenv()).folder())) {
                shown.ifPresent(hand::show);
                CountDownLatch stop = new CountDownLatch(1);
                new Interrupts((count, all) -> stop(count, stop));
                hand.begin();
                try (TakeOver waiting = takeOver(hand, broker, key, own.name(), served)) {
                    ready(own, served, atOnce, broker);
                    while (!stop.await(LOOK_SECONDS, TimeUnit.SECONDS)) {
                        hand.rest();
                    }
                }
                drain(hand);
            }
        } finally {
            shown.ifPresent(Metrics::close);
        }
        return ExitCode.OK.code();
    }

    private void ready(InstanceFolder own, Set<String> served, int atOnce, Broker broker)
            throws IOException {
        if (readyFile != null) {
            Files.writeString(readyFile, ProcessHandle.current().pid() + "\n");
        }
        System.out.printf(
                "hand %s is ready: %s %s, up to %d workers at once, broker %s, log %s%n",
                own.name(),
                served.size() == 1 ? "zone" : "zones",
                String.join(", ", served),
                atOnce,
                broker,
                own.log());
        System.out.flush();
    }

    private static void stop(int count, CountDownLatch first) {
        if (count > 1) {
            Main.say("stopped here: the owners of the runs give what was under way to other hands");
            Runtime.getRuntime().halt(ExitCode.INTERRUPTED.code());
        }
        first.countDown();
    }

    /** Ends in good order: what does not end in time is handed over. */
    private void drain(HandInstance hand) throws IOException, InterruptedException {
        if (readyFile != null) {
            Files.deleteIfExists(readyFile);
        }
        int calls = hand.calls();
        if (calls > 0) {
            Main.say(
                    "stopping: waiting up to %s for %d %s (press Ctrl-C again to stop at once)"
                            .formatted(
                                    Durations.text(drain),
                                    calls,
                                    calls == 1 ? "worker" : "workers"));
        }
        boolean whole = hand.drain(drain);
        Main.say(whole ? "stopped" : "stopped: handed over what was still running");
    }

    /** Null where this hand takes nothing over. */
    private TakeOver takeOver(
            HandInstance hand, Broker broker, SharedKey key, String named, Set<String> served) {
        if (takeOver == null) {
            return null;
        }
        TakeOver waiting =
                new TakeOver(
                        new LeaseBroker(broker, key),
                        new BrokerRequest(
                                "",
                                Optional.of(brokerConfig.toAbsolutePath()),
                                BrokerRequest.USUAL_PATIENCE,
                                true),
                        named,
                        takeOver.isEmpty() ? served : zones(List.of(takeOver.split(",", -1))),
                        Runs.of(System.getenv()).folder(),
                        hand::endElsewhere,
                        Background::started,
                        Main::say);
        waiting.begin();
        return waiting;
    }

    private static Set<String> zones(List<String> wanted) {
        Set<String> served = new LinkedHashSet<>(wanted);
        for (String zone : served) {
            if (!Zone.isValid(zone)) {
                throw new UsageException(
                        "a zone of --zones " + Zone.RULE + ", not " + Quoted.of(zone));
            }
        }
        return served.isEmpty() ? Set.of(Zone.DEFAULT) : served;
    }

    private int atOnce() {
        if (threads < 1) {
            throw new UsageException("--threads must be at least 1");
        }
        return threads;
    }

    private Broker broker() {
        if (brokerConfig == null) {
            throw new UsageException(
                    "--broker-config is missing: give the file that names the broker and the"
                            + " shared_key");
        }
        Broker broker = Broker.read(brokerConfig, System.getenv());
        Broker.warning(brokerConfig).ifPresent(Main::say);
        return broker;
    }

    private ConfigurationException keyless() {
        return ConfigurationException.at(
                brokerConfig,
                "broker has no 'shared_key:', the file with the key that all instances at the"
                        + " broker have. To make one: jet-fanout hand --make-key FILE");
    }
}
