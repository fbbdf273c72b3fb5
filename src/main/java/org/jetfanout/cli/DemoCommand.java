package org.jetfanout.cli;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jetfanout.ExitCode;
import org.jetfanout.runner.ShellWords;
import org.jetfanout.site.inventory.HostRanges;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code demo}: a run through all tiers on this machine alone. SSH is real, everything else is a
 * stand-in.
 */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Runs a playbook or a command on twelve hosts through three workers, all on this"
                    + " machine.",
            "Workers and hosts are SSH servers on the loopback interface. They stop when the"
                    + " command ends.",
            "The command installs nothing and does not need root."
        })
final class DemoCommand implements Callable<Integer> {
    @Mixin private SinkFlags sinks;

    @Mixin private ScreenFlags screen;

    @Option(
            names = "--runner",
            paramLabel = "jetp|exec|ansible",
            description =
                    "What the workers run (default: jetp). jetp: a playbook, by a stand-in whose"
                            + " output says so. exec: a command, by OpenSSH's client. ansible: a"
                            + " playbook, by ansible-playbook. OpenSSH and Ansible must be"
                            + " installed.")
    private Demo.Runner runner = Demo.Runner.JETP;

    @Option(
            names = "--fail",
            description =
                    "Make a task fail on one host and make another host unreachable: exit code 6.")
    private boolean trouble;

    @Option(
            names = "--serve",
            description =
                    "Serve the page and the API on these machines, with a first run to look at,"
                            + " until Ctrl-C. Not with the options of a run.")
    private boolean serve;

    @Option(
            names = "--keep",
            description =
                    "Keep the folder of the demo: inventory, playbook, workers.yml, home folders.")
    private boolean keep;

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (Demo.Site site = Demo.find().start(runner, trouble)) {
            Main.say(
                    "demo: started 3 workers and 12 hosts, all SSH servers on 127.0.0.1; their"
                            + " files are in "
                            + site.folder());
            Main.say("demo: equivalent command: jet-fanout " + ShellWords.join(site.words()));
            if (keep) {
                site.keep();
            }
            if (serve) {
                new DemoService(site).serve();
                return ExitCode.OK.code();
            }
            int code =
                    new Launch(screen, site.ssh(), false)
                            .run(Main.request(site.words()).with(sinks.request(null)));
            return said(site) ? code : ExitCode.INTERNAL.code();
        }
    }

    /**
     * Prints how often the hosts themselves say that they were configured. False where that cannot
     * be right.
     */
    private boolean said(Demo.Site site) {
        Map<String, Long> times = site.timesConfigured();
        long once = times.values().stream().filter(count -> count == 1).count();
        Main.say(
                "demo: checked the hosts: %d of %d were configured exactly once"
                        .formatted(once, times.size()));
        boolean twice = times.values().stream().anyMatch(count -> count > 1);
        if (twice) {
            Main.say(
                    "demo: configured more than once: "
                            + HostRanges.fold(
                                    times.keySet().stream()
                                            .filter(host -> times.get(host) > 1)
                                            .toList()));
        }
        Main.say(
                "demo: the servers have stopped; "
                        + site.folder()
                        + (keep
                                ? " stays"
                                : " is removed (use --keep to keep it); the run record is kept"));
        return !twice;
    }
}
