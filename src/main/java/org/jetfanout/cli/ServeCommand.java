package org.jetfanout.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jetfanout.ExitCode;
import org.jetfanout.text.Durations;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code serve}: an API and a page for a team, until it is told to stop. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Serves an API and a page: who may, starts runs from templates and sees them. It has"
                    + " the same run records as the command line.",
            "SIGTERM or Ctrl-C: takes nothing new, and waits for the runs (--drain). What has not"
                    + " ended by then, the next start of the service resumes."
        })
final class ServeCommand implements Callable<Integer> {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            required = true,
            description = "What is served, where and to whom: service.yml.")
    private Path config;

    @Option(
            names = "--drain",
            converter = CapacityCommand.DurationConverter.class,
            paramLabel = "TIME",
            description =
                    "How long to wait for runs at the end, such as 90s or 10m (default: as drain in"
                            + " service.yml says, else 1m).")
    private Duration drain;

    @Option(
            names = "--ready-file",
            paramLabel = "FILE",
            description = "Write the URL into this file when the service is ready.")
    private Path readyFile;

    @Override
    public Integer call() throws IOException, InterruptedException {
        CountDownLatch stop = new CountDownLatch(1);
        new Interrupts((count, all) -> stop(count, stop));
        Service installed = Service.find();
        Path log = installed.log();
        Logging.toFileWithoutEnd(log, "serve");
        try (Service.Running service = installed.start(config)) {
            System.out.printf("serve is ready: %s, log %s%n", service.url(), log);
            System.out.flush();
            if (readyFile != null) {
                Files.writeString(readyFile, service.url() + "\n");
            }
            stop.await();
            if (readyFile != null) {
                Files.deleteIfExists(readyFile);
            }
            end(service);
        }
        return ExitCode.OK.code();
    }

    private void end(Service.Running service) throws InterruptedException {
        Duration longest = drain == null ? service.drain() : drain;
        int runs = service.runs();
        if (runs > 0) {
            Main.say(
                    "stopping: waiting up to %s for %d %s (press Ctrl-C again to stop at once)"
                            .formatted(Durations.text(longest), runs, runs == 1 ? "run" : "runs"));
        }
        boolean whole = service.drain(longest);
        Main.say(
                whole
                        ? "stopped"
                        : "stopped: the next start of the service resumes what has not ended");
    }

    private static void stop(int count, CountDownLatch first) {
        if (count > 1) {
            Main.say("stopped here: the next start of the service resumes what has not ended");
            Runtime.getRuntime().halt(ExitCode.INTERRUPTED.code());
        }
        first.countDown();
    }
}
