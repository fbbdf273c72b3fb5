package org.jetfanout.cli;

import java.util.Optional;
import org.jetfanout.site.workers.PlayOrder;
import org.jetfanout.text.Quoted;
import picocli.CommandLine.Option;

/** {@code --order}: whether workers wait for each other between plays. */
final class OrderOption {
    @Option(
            names = "--order",
            paramLabel = "plays|none",
            description =
                    "plays: no worker begins a play before all workers have ended the play before"
                            + " it. none: each worker goes on by itself. Overrides 'order' in"
                            + " workers.yml (default: plays).")
    private String order;

    /** What was said; empty where nothing was. */
    Optional<PlayOrder> said() {
        if (order == null) {
            return Optional.empty();
        }
        return Optional.of(
                PlayOrder.of(order)
                        .orElseThrow(
                                () ->
                                        new UsageException(
                                                "--order must be plays or none, not "
                                                        + Quoted.of(order))));
    }
}
