package org.jetfanout.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.jetfanout.ExitCode;
import org.jetfanout.pipeline.FanOut;
import org.jetfanout.pipeline.Prepared;
import org.jetfanout.pipeline.RunRequest;
import org.jetfanout.record.RunRecord;
import org.jetfanout.record.RunStatus;
import org.jetfanout.record.Screen;
import org.jetfanout.ssh.SshSettings;
import org.slf4j.MDC;

/** Carries out one run in this process: GUID, record, log, screen, Ctrl-C, exit code. */
final class Launch {
    private final ScreenFlags flags;
    private final SshSettings ssh;
    private final Path runs = RunRecord.runsFolder(System.getenv());

    Launch(ScreenFlags flags) {
        this(flags, SshSettings.ofUser());
    }

    Launch(ScreenFlags flags, SshSettings ssh) {
        this.flags = flags;
        this.ssh = ssh;
    }

    /** The run's exit code. */
    int run(RunRequest request) throws IOException {
        String guid = UUID.randomUUID().toString();
        try (Screen screen = flags.options(runs.resolve(guid)).open(System.getenv())) {
            screen.run(guid);
            return run(request, guid, screen);
        }
    }

    private int run(RunRequest request, String guid, Screen screen) throws IOException {
        Prepared prepared = Prepared.read(request, Main::say);
        prepared.requireAgent(ssh);
        try (RunRecord record = RunRecord.create(runs, guid)) {
            Logging.toFile(record.folder().resolve("jet-fanout.log"), guid);
            MDC.put("JetGuid", guid);
            record.request(request.toRecord());
            FanOut fanOut = new FanOut(prepared, record, screen, ssh, Main::say);
            Interrupts interrupts =
                    new Interrupts(count -> interrupted(count, fanOut, screen, guid));
            RunStatus status = fanOut.run();
            screen.summary(status);
            return interrupts.happened()
                    ? ExitCode.INTERRUPTED.code()
                    : status.exitCode().orElse(ExitCode.INTERNAL.code());
        }
    }

    private static void interrupted(int count, FanOut fanOut, Screen screen, String guid) {
        if (count == 1) {
            Main.say("interrupted: ending the jobs on the workers (again to leave at once)");
            fanOut.cancel();
        } else {
            screen.close();
            Main.say("left; jobs may still run on the workers: jet-fanout status " + guid);
            Runtime.getRuntime().halt(ExitCode.INTERRUPTED.code());
        }
    }
}
