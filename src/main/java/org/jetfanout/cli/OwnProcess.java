package org.jetfanout.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.record.RunRecord;
import org.jetfanout.run.FanOut;
import org.jetfanout.screen.Screen;
import org.jetfanout.screen.ScreenOptions;
import org.jetfanout.ssh.SshSettings;
import org.jetfanout.status.Progress;
import org.jetfanout.status.Runs;

/** The process of one run, with a terminal and Ctrl-C. For one thread. */
final class OwnProcess implements Surroundings {
    private final ScreenFlags flags;
    private final SshSettings ssh;
    private final boolean lasting;
    private final Path runs = Runs.of(System.getenv()).folder();

    // Mutable state: null before the run begins
    private Interrupts interrupts;

    /**
     * @param lasting whether the workers still exist after the run; the demo's do not
     */
    OwnProcess(ScreenFlags flags, SshSettings ssh, boolean lasting) {
        this.flags = flags;
        this.ssh = ssh;
        this.lasting = lasting;
    }

    @Override
    public Path runs() {
        return runs;
    }

    @Override
    public SshSettings ssh() {
        return ssh;
    }

    @Override
    public Optional<String> ofStdout() {
        return flags.ofStdout();
    }

    @Override
    public Screen screen(String guid, boolean printing, Progress progress) {
        ScreenOptions options = flags.options(runs.resolve(guid));
        if (!lasting) {
            options = options.withoutAdvice();
        }
        if (printing) {
            options = options.onErrorOnly();
        }
        return options.open(System.getenv(), progress);
    }

    @Override
    public Map<String, Object> startedBy() {
        return Map.of();
    }

    @Override
    public boolean unattended() {
        return Background.isThis();
    }

    @Override
    public void accepted(RunRecord record) {}

    @Override
    public void begin(RunRecord record, FanOut fanOut, Screen screen, SinksAndMetrics outputs) {
        ThreadProbe.start();
        interrupts = new Interrupts(new CtrlC(record, fanOut, screen, outputs));
    }

    @Override
    public boolean interrupted() {
        return interrupts.happened();
    }
}
