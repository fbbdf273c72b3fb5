package org.jetfanout.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ExitCode;
import org.jetfanout.record.RunRecord;
import org.jetfanout.record.SinkStatus;
import org.jetfanout.run.RunRequest;
import org.jetfanout.run.Shipping;
import org.jetfanout.run.SinkRequest;
import org.jetfanout.sink.SinkConfig;
import org.jetfanout.status.RunStatus;
import org.jetfanout.text.Sizes;
import org.jetfanout.text.Text;

/** {@code logs GUID --ship}: ships to the sinks what they have not received of a run. */
final class ShipLogs {
    private final RunRecord record;
    private final SinkRequest flags;

    /**
     * @param flags the sinks named on the command line; where none is named, all sinks of the run
     */
    ShipLogs(RunRecord record, SinkRequest flags) {
        this.record = record;
        this.flags = flags;
    }

    /** Ships. Returns {@link ExitCode#INCOMPLETE} (3) where a sink did not get everything. */
    ExitCode ship() throws IOException {
        own();
        Optional<RunRequest> run = record.request().map(RunRequest::fromRecord);
        SinkRequest kept = run.map(RunRequest::sinks).orElse(SinkRequest.NONE);
        SinkRequest request =
                new SinkRequest(
                        names(kept),
                        flags.config().or(kept::config),
                        flags.atEnd(),
                        Optional.empty());
        Optional<Path> routes = run.flatMap(RunRequest::routes);
        Map<String, SinkStatus> before = new HashMap<>();
        record.sinks().statuses().forEach(status -> before.put(status.sink(), status));
        boolean whole = record.summary().isPresent();
        SinkConfig config = SinkConfig.read(request.config(), System.getenv());
        boolean interrupted;
        PrintStream out;
        try (Shipping shipping = new Shipping(request.names(), config, routes, Main::say)) {
            out = shipping.isPrinting() ? System.err : System.out;
            Interrupts interrupts = new Interrupts((count, all) -> shipping.endWait());
            shipping.start(record, false);
            SinksAndMetrics.logAside(record);
            shipping.finishWhileMoving(whole, request.patience());
            interrupted = interrupts.happened();
        }
        boolean all = true;
        for (SinkStatus now : record.sinks().statuses()) {
            if (request.names().contains(now.sink())) {
                say(now, Optional.ofNullable(before.get(now.sink())), out);
                all &= now.isDone();
            }
        }
        if (whole) {
            record.storeSummary(RunStatus.of(record)::writeTo);
        }
        return interrupted ? ExitCode.INTERRUPTED : all ? ExitCode.OK : ExitCode.INCOMPLETE;
    }

    /** Owns the run, so that no other process ships or works on it meanwhile. */
    private void own() {
        try {
            record.own();
        } catch (ConfigurationException e) {
            throw new ConfigurationException(
                    e.getMessage()
                            + ", which ships the records itself: wait until it has ended, then"
                            + " try again");
        }
    }

    private List<String> names(SinkRequest kept) {
        if (!flags.names().isEmpty()) {
            return flags.names();
        }
        TreeSet<String> names = new TreeSet<>(kept.names());
        names.addAll(record.sinks().names());
        if (names.isEmpty()) {
            throw new UsageException(
                    "run " + record.guid() + " has no sinks: name one with --sink NAME");
        }
        return List.copyOf(names);
    }

    private static void say(SinkStatus now, Optional<SinkStatus> before, PrintStream out) {
        long delivered = now.delivered() - before.map(SinkStatus::delivered).orElse(0L);
        long refused = now.refused() - before.map(SinkStatus::refused).orElse(0L);
        String left =
                now.isDone()
                        ? "no records remain"
                        : Sizes.text(now.backlog())
                                + " left"
                                + (now.reason().isEmpty() ? "" : ": " + now.reason());
        out.println(
                Text.forTerminal(
                        "sink %s: %d records delivered, %s%s"
                                .formatted(
                                        now.sink(),
                                        delivered,
                                        refused > 0 ? refused + " refused, " : "",
                                        left),
                        false));
    }
}
