package org.jetfanout.screen;

import java.io.OutputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jetfanout.machine.Daemons;
import org.jetfanout.record.BatchResult;
import org.jetfanout.record.Frame;
import org.jetfanout.record.Line;
import org.jetfanout.record.RunEvent;
import org.jetfanout.runner.Stream;
import org.jetfanout.status.Progress;
import org.jetfanout.status.RunStatus;

/**
 * The screen for people on a terminal. One thread draws a view of the run at the bottom, at most
 * ten times a second. Output lines scroll by above it. The cursor is hidden while the view is
 * shown, and comes back at the end, however the program ends.
 */
final class LiveScreen implements Screen {
    private static final long PERIOD_MILLIS = 100;

    /** The terminal's size is asked only every so many ticks, because that starts a program. */
    private static final int TICKS_PER_SIZE = 10;

    /** When this many characters wait to be shown, whoever adds more must wait for the terminal. */
    private static final int PENDING = 1 << 18;

    private static final String HIDE_CURSOR = "\u001b[?25l";
    private static final String SHOW_CURSOR = "\u001b[?25h";
    private static final String WRAP_OFF = "\u001b[?7l";
    private static final String WRAP_ON = "\u001b[?7h";

    private final ConsoleOutput out;
    private final ConsoleOutput terminal;
    private final boolean terminalOut;
    private final ScreenOptions options;
    private final boolean lines;
    private final Clock clock;
    private final Supplier<Terminal.Size> askSize;
    private final Progress progress;
    private final OpenLines open = new OpenLines();
    private final Thread restore = new Thread(this::stop, "restore-terminal");
    private final Thread refresh = Daemons.thread("live-view", this::refresh);
    private final CountDownLatch end = new CountDownLatch(1);

    // Mutable state: set by run() and planned()
    private volatile String guid = "";
    private volatile StateLine text;
    private volatile Instant begun = Instant.EPOCH;
    private volatile int unmatched;
    private volatile String doing = "";

    // Mutable state, locked by itself. The lock is never held while the terminal is written to, so
    // that a terminal that stands still (Ctrl-S) does not stop the run
    private final StringBuilder pending = new StringBuilder();

    // Mutable state, under the lock
    private final Object drawing = new Object();
    private Terminal.Size size = new Terminal.Size(80, 24);
    private final BottomLines drawn = new BottomLines();
    private int ticks;
    private boolean visible;
    private boolean held;
    private volatile boolean stopped;

    /**
     * @param terminal where the view is drawn
     * @param terminalOut whether standard output is a terminal too: lines are then shown above the
     *     view
     * @param progress the progress of the run; it must hear of each event before this screen does
     */
    LiveScreen(
            OutputStream out,
            OutputStream terminal,
            boolean terminalOut,
            ScreenOptions options,
            Progress progress,
            Clock clock,
            Supplier<Terminal.Size> askSize) {
        this.out = new ConsoleOutput(out);
        this.terminal = new ConsoleOutput(terminal);
        this.terminalOut = terminalOut;
        this.options = options;
        // where standard output is not a terminal, the user wants the lines there
        this.lines = options.lines().orElse(!terminalOut);
        this.clock = clock;
        this.askSize = askSize;
        this.progress = progress;
        this.text = new StateLine("-", clock);
    }

    @Override
    public void run(String guid) {
        this.guid = guid;
        this.text = new StateLine(guid, clock);
        this.begun = clock.instant();
        out.write(guid + "\n");
        Runtime.getRuntime().addShutdownHook(restore);
        // not at once: short runs need no view, and the first batches must not wait for one
        refresh.start();
    }

    @Override
    public void doing(String what) {
        doing = what;
    }

    @Override
    public void planned(RunEvent.Planned event) {
        doing = "";
        unmatched = event.plan().unmatched().size();
    }

    @Override
    public void resumed(RunEvent.Resumed event) {
        event.begun().values().stream()
                .min(Comparator.naturalOrder())
                .ifPresent(time -> begun = time);
    }

    @Override
    public void output(RunEvent.Output event) {
        Frame frame = event.frame();
        if (lines && frame.stream() == Stream.OUTPUT) {
            StringBuilder tagged = new StringBuilder();
            open.add(frame, line -> appendTagged(tagged, line));
            showLines(tagged);
        }
    }

    @Override
    public void result(RunEvent.Result event) {
        BatchResult result = event.result();
        StringBuilder tagged = new StringBuilder();
        open.end(result.batch(), line -> appendTagged(tagged, line));
        showLines(tagged);
        if (result.state().isTrouble()) {
            synchronized (pending) {
                pending.append(text.result(result));
            }
        }
    }

    @Override
    public void summary(RunStatus status) {
        stop();
        terminal.write(QuietScreen.text(status, unmatched, options));
    }

    @Override
    public void hold() {
        synchronized (drawing) {
            held = true;
            clearView();
        }
    }

    @Override
    public void release() {
        synchronized (drawing) {
            held = false;
        }
    }

    @Override
    public void close() {
        stop();
        try {
            Runtime.getRuntime().removeShutdownHook(restore);
        } catch (IllegalStateException e) {
            // the program is ending already, so the hook does no harm
        }
    }

    private void refresh() {
        try {
            while (!end.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
                tick();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Draws what has changed. Only the refreshing thread calls this. */
    void tick() {
        synchronized (drawing) {
            if (stopped || held) {
                return;
            }
            StringBuilder screen = new StringBuilder();
            if (ticks++ % TICKS_PER_SIZE == 0) {
                resize(screen);
            }
            String above = takePending();
            List<String> next =
                    doing.isEmpty()
                            ? LiveView.lines(
                                    guid, begun, progress.snapshot(), clock.instant(), size)
                            : LiveView.doing(guid, begun, doing, clock.instant(), size);
            if (screen.isEmpty() && above.isEmpty() && next.equals(drawn.lines())) {
                return;
            }
            if (!visible) {
                screen.append(HIDE_CURSOR);
                visible = true;
            }
            putAbove(screen, above);
            screen.append(WRAP_OFF).append('\r');
            drawn.draw(screen, next);
            screen.append(WRAP_ON);
            terminal.write(screen);
        }
    }

    /**
     * Starts to draw anew after the terminal's size has changed: a narrower terminal may have
     * wrapped the old lines.
     */
    private void resize(StringBuilder screen) {
        Terminal.Size asked = askSize.get();
        if (!asked.equals(size)) {
            drawn.erase(screen, asked.columns());
            size = asked;
        }
    }

    private void appendTagged(StringBuilder to, Line line) {
        StateLine.tagged(to, line, terminalOut);
    }

    private void showLines(StringBuilder tagged) {
        if (tagged.isEmpty()) {
            return;
        }
        if (!terminalOut) {
            out.write(tagged);
            return;
        }
        boolean full;
        synchronized (pending) {
            pending.append(tagged);
            full = pending.length() > PENDING;
        }
        // stop() takes what is pending after it has set this flag
        if (full || stopped) {
            synchronized (drawing) {
                StringBuilder screen = new StringBuilder();
                putAbove(screen, takePending());
                terminal.write(screen);
            }
        }
    }

    private String takePending() {
        synchronized (pending) {
            String taken = pending.toString();
            pending.setLength(0);
            return taken;
        }
    }

    /** Writes output lines in place of the view. */
    private void putAbove(StringBuilder screen, String lines) {
        if (!lines.isEmpty()) {
            drawn.erase(screen, size.columns());
            screen.append(lines);
        }
    }

    /** Erases the view and shows the cursor again. Only the first call does something. */
    private void stop() {
        end.countDown();
        synchronized (drawing) {
            if (stopped) {
                return;
            }
            stopped = true;
            clearView();
        }
    }

    /**
     * Erases the view, writes the last output lines and shows the cursor. The caller holds the
     * lock.
     */
    private void clearView() {
        StringBuilder screen = new StringBuilder();
        drawn.erase(screen, size.columns());
        screen.append(takePending());
        if (visible) {
            screen.append(WRAP_ON).append(SHOW_CURSOR);
            visible = false;
        }
        terminal.write(screen);
    }
}
