package org.jetfanout.cli;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jetfanout.ExitCode;
import org.jetfanout.inventory.HostRanges;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A run through all tiers on this machine alone: real SSH, stand-ins for everything else. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Runs a playbook on twelve hosts through three workers, all of them SSH servers on this machine's loopback that"
                    + " end with the command. Nothing is installed, nothing needs root.",
            "In place of jetp a stand-in runs on the workers; it says so."
        })
final class DemoCommand implements Callable<Integer> {
    @Mixin private SinkFlags sinks;

    @Mixin private ScreenFlags screen;

    @Option(
            names = "--fail",
            description = "A task fails on one host, and another one does not answer: exit code 6.")
    private boolean trouble;

    @Option(
            names = "--keep",
            description = "Leave the demo's folder: inventory, playbook, workers.yml, homes.")
    private boolean keep;

    @Override
    public Integer call() throws IOException {
        try (Demo.Site site = Demo.find().start(trouble)) {
            Main.say(
                    "demo: 3 workers and 12 hosts, SSH servers on 127.0.0.1; their files are in "
                            + site.folder());
            Main.say("demo: as if by " + site.commandLine());
            if (keep) {
                site.keep();
            }
            int code =
                    new Launch(screen, site.ssh(), false)
                            .run(site.request().with(sinks.request(null)));
            return said(site) ? code : ExitCode.INTERNAL.code();
        }
    }

    /** What the hosts themselves say; false where it cannot be. */
    private boolean said(Demo.Site site) {
        Map<String, Long> times = site.timesConfigured();
        long once = times.values().stream().filter(count -> count == 1).count();
        Main.say(
                "demo: asked, %d of %d hosts say that they were configured, once each"
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
                "demo: the servers have ended; "
                        + site.folder()
                        + (keep
                                ? " stays"
                                : " is removed (--keep leaves it); the run record stays"));
        return !twice;
    }
}
