package org.jetfanout.record;

import java.io.OutputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jetfanout.log.Frame;
import org.jetfanout.log.Line;
import org.jetfanout.log.Stream;
import org.jetfanout.log.Text;
import org.jetfanout.plan.Plan;

/**
 * For people on a terminal: a view of the run at the bottom, drawn over itself at most ten times a
 * second by one thread; lines that stay scroll by above it. The cursor is hidden while the view is
 * there and comes back at the end, however the program ends.
 */
final class LiveScreen implements Screen {
    private static final long PERIOD_MILLIS = 100;

    /** Asking for the terminal's size starts a program, so not each time. */
    private static final int TICKS_PER_SIZE = 10;

    /** When so many characters wait to be shown, whoever brings more waits for the terminal. */
    private static final int PENDING = 1 << 18;

    private static final String HIDE_CURSOR = "\u001b[?25l";
    private static final String SHOW_CURSOR = "\u001b[?25h";
    private static final String WRAP_OFF = "\u001b[?7l";
    private static final String WRAP_ON = "\u001b[?7h";
    private static final String ERASE_TO_END_OF_LINE = "\u001b[K";
    private static final String ERASE_BELOW = "\u001b[J";

    private final Output out;
    private final Output terminal;
    private final boolean terminalOut;
    private final ScreenOptions options;
    private final boolean lines;
    private final Clock clock;
    private final Supplier<Terminal.Size> askSize;
    private final Progress progress;
    private final OpenLines open = new OpenLines();
    private final Thread restore = new Thread(this::stop, "restore-terminal");
    private final Thread refresh = new Thread(this::refresh, "live-view");
    private final CountDownLatch end = new CountDownLatch(1);

    // Mutable state, under the lock
    private final Object lock = new Object();
    private final StringBuilder pending = new StringBuilder();
    private String guid = "";
    private StateLine text;
    private Instant begun = Instant.EPOCH;
    private int unmatched;
    private Terminal.Size size = new Terminal.Size(80, 24);
    private List<String> drawn = List.of();
    private int ticks;
    private boolean visible;
    private boolean stopped;

    /**
     * @param terminal where the view is drawn
     * @param terminalOut whether standard output is a terminal too: lines are then shown above the
     *     view
     */
    LiveScreen(
            OutputStream out,
            OutputStream terminal,
            boolean terminalOut,
            ScreenOptions options,
            Clock clock,
            Supplier<Terminal.Size> askSize) {
        this.out = new Output(out);
        this.terminal = new Output(terminal);
        this.terminalOut = terminalOut;
        this.options = options;
        // where standard output goes elsewhere the lines are wanted there
        this.lines = options.lines().orElse(!terminalOut);
        this.clock = clock;
        this.askSize = askSize;
        this.progress = new Progress(clock);
        this.text = new StateLine("-", clock);
    }

    @Override
    public void run(String guid) {
        synchronized (lock) {
            this.guid = guid;
            this.text = new StateLine(guid, clock);
            this.begun = clock.instant();
        }
        out.write(guid + "\n");
        Runtime.getRuntime().addShutdownHook(restore);
        // not at once: short runs need no view, and the first batches should not wait for one
        refresh.setDaemon(true);
        refresh.start();
    }

    @Override
    public void planned(Plan plan) {
        progress.planned(plan);
        synchronized (lock) {
            unmatched = plan.unmatched().size();
        }
    }

    @Override
    public void state(String batch, String worker, BatchState state, String detail) {
        progress.state(batch, worker, state, detail);
    }

    @Override
    public void frame(Frame frame) {
        progress.frame(frame);
        if (lines && frame.stream() == Stream.OUTPUT) {
            StringBuilder tagged = new StringBuilder();
            open.add(frame, line -> tag(tagged, line));
            show(tagged);
        }
    }

    @Override
    public void tally(String batch, Counts counts) {
        progress.tally(batch, counts);
    }

    @Override
    public void result(BatchResult result) {
        progress.result(result);
        StringBuilder tagged = new StringBuilder();
        open.end(result.batch(), line -> tag(tagged, line));
        show(tagged);
        if (result.state().isTrouble()) {
            synchronized (lock) {
                pending.append(text.result(result));
            }
        }
    }

    @Override
    public void summary(RunStatus status) {
        stop();
        int skipped;
        synchronized (lock) {
            skipped = unmatched;
        }
        terminal.write(QuietScreen.text(status, skipped, options));
    }

    @Override
    public void close() {
        stop();
        try {
            Runtime.getRuntime().removeShutdownHook(restore);
        } catch (IllegalStateException e) {
            // the program is ending: the hook does no harm
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

    /** Draws what has changed. For the refreshing thread. */
    void tick() {
        Terminal.Size asked = ticks % TICKS_PER_SIZE == 0 ? askSize.get() : null;
        Progress.Snapshot now = progress.snapshot();
        synchronized (lock) {
            ticks++;
            if (stopped) {
                return;
            }
            StringBuilder screen = new StringBuilder();
            if (asked != null && !asked.equals(size)) {
                // what was drawn may have been wrapped by the terminal: begin anew
                erase(screen, asked.columns());
                size = asked;
            }
            List<String> next = LiveView.lines(guid, begun, now, clock.instant(), size);
            if (pending.isEmpty() && next.equals(drawn)) {
                return;
            }
            if (!visible) {
                screen.append(HIDE_CURSOR);
                visible = true;
            }
            takePending(screen);
            draw(screen, next);
            terminal.write(screen);
        }
    }

    private void tag(StringBuilder to, Line line) {
        StateLine.tagged(to, line, terminalOut);
    }

    private void show(StringBuilder tagged) {
        if (tagged.isEmpty()) {
            return;
        }
        if (!terminalOut) {
            out.write(tagged);
            return;
        }
        synchronized (lock) {
            pending.append(tagged);
            if (pending.length() > PENDING || stopped) {
                StringBuilder screen = new StringBuilder();
                takePending(screen);
                terminal.write(screen);
            }
        }
    }

    /** Puts the lines that stay in place of the view. */
    private void takePending(StringBuilder screen) {
        if (!pending.isEmpty()) {
            erase(screen, size.columns());
            screen.append(pending);
            pending.setLength(0);
        }
    }

    /** Draws over what was drawn; only what is too much is erased, so nothing flickers. */
    private void draw(StringBuilder screen, List<String> next) {
        screen.append(WRAP_OFF);
        up(screen, drawn.size());
        for (String line : next) {
            screen.append(line).append(ERASE_TO_END_OF_LINE).append("\r\n");
        }
        screen.append(ERASE_BELOW).append(WRAP_ON);
        drawn = next;
    }

    private void erase(StringBuilder screen, int columns) {
        int rows = 0;
        for (String line : drawn) {
            int width = Columns.width(Text.plain(line));
            rows += Math.max(1, (width + columns - 1) / columns);
        }
        up(screen, rows);
        if (rows > 0) {
            screen.append(ERASE_BELOW);
        }
        drawn = List.of();
    }

    private static void up(StringBuilder screen, int rows) {
        screen.append('\r');
        if (rows > 0) {
            screen.append("\u001b[").append(rows).append('A');
        }
    }

    /** Takes the view away and gives the cursor back; once. */
    private void stop() {
        end.countDown();
        synchronized (lock) {
            if (stopped) {
                return;
            }
            stopped = true;
            StringBuilder screen = new StringBuilder();
            erase(screen, size.columns());
            screen.append(pending);
            pending.setLength(0);
            if (visible) {
                screen.append(WRAP_ON).append(SHOW_CURSOR);
            }
            terminal.write(screen);
        }
    }
}
