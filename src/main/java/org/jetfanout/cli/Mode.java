package org.jetfanout.cli;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.text.Quoted;

/** The modes of jetp and Jetpack on our command line. Pure functions. */
final class Mode {
    /** What a run does where the command line has no mode. */
    static final String USUAL = "ssh";

    private static final List<String> OURS = List.of("ssh", "check-ssh");

    /** Words of Jetpack for the same: {@code plan} and {@code check} are commands of ours. */
    private static final Map<String, String> SAME = Map.of("apply", "ssh", "run", "ssh");

    /** Modes that have nothing to do with workers. */
    private static final Set<String> ALONE =
            Set.of(
                    "local",
                    "check-local",
                    "pull",
                    "show-inventory",
                    "syntax-check",
                    "inventory-check",
                    "full-check",
                    "docs",
                    "install");

    private Mode() {}

    /** The words with which a run may begin. */
    static Set<String> words() {
        Set<String> words = new LinkedHashSet<>(OURS);
        words.addAll(SAME.keySet());
        return words;
    }

    /** What to do instead of a mode that cannot go through workers; empty for any other word. */
    static Optional<String> instead(String word) {
        return ALONE.contains(word)
                ? Optional.of(
                        Quoted.of(word)
                                + " is a mode of jetp or Jetpack that needs no workers: call jetp"
                                + " or jetpack itself. 'jet-fanout plan' reads and checks"
                                + " playbooks and inventory, and sends nothing")
                : Optional.empty();
    }

    /**
     * The mode as both runners know it.
     *
     * @throws UsageException where there is no such mode
     */
    static String of(String word) {
        String mode = SAME.getOrDefault(word, word);
        if (!OURS.contains(mode)) {
            throw new UsageException(
                    instead(word)
                            .orElse(
                                    "mode "
                                            + Quoted.of(word)
                                            + " is unknown: use ssh or check-ssh"));
        }
        return mode;
    }
}
