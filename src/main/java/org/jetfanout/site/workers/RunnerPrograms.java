package org.jetfanout.site.workers;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code runner} and {@code jetp}: the command lines by which a worker calls the runners, as texts
 * with shell quoting that are not split yet. They may hold secrets. Immutable.
 *
 * @param jetp the command line of jetp and jetpack; empty where the file says none
 * @param one {@code runner} as one text, for whichever runner its words name; empty for none
 * @param byName {@code runner} as a mapping: the command line of each runner that it names
 */
public record RunnerPrograms(
        Optional<String> jetp, Optional<String> one, Map<String, String> byName) {
    /** Of a file that says nothing. */
    static final RunnerPrograms NONE =
            new RunnerPrograms(Optional.empty(), Optional.empty(), Map.of());

    private static final String JETP = "jetp";
    private static final String JETPACK = "jetpack";
    private static final String GATEWAY = "jet-fanout";

    /**
     * What is called where the file says nothing, for runners that are not called by their name.
     */
    private static final Map<String, String> USUAL = Map.of("exec", "ssh");

    /** Copies the map. */
    public RunnerPrograms {
        byName = Map.copyOf(byName);
    }

    /** The command line of a runner. */
    public String of(String runner) {
        if (byName.containsKey(runner)) {
            return byName.get(runner);
        }
        boolean jet = runner.equals(JETP) || runner.equals(JETPACK);
        String usual = USUAL.getOrDefault(runner, runner);
        if (one.isPresent() && names(one.get(), usual) && !(jet && isChoice(one.get()))) {
            return one.get();
        }
        return jet ? jetp.orElse(usual) : usual;
    }

    /**
     * Which of the two programs that understand jet's playbooks is called: {@code jetp} or {@code
     * jetpack}; empty where nobody says, because jetp is also Jetpack's second name.
     *
     * @throws IllegalArgumentException where both are
     */
    Optional<String> jet() {
        if (byName.containsKey(JETP) && byName.containsKey(JETPACK)) {
            throw new IllegalArgumentException(
                    "'runner' names jetp and jetpack, but a playbook has one of them");
        }
        for (String runner : List.of(JETPACK, JETP)) {
            if (byName.containsKey(runner) || one.filter(text -> names(text, runner)).isPresent()) {
                return Optional.of(runner);
            }
        }
        return jetp.filter(text -> names(text, JETPACK)).map(text -> JETPACK);
    }

    /** Whether jetp is jet-fanout itself: then the worker is a gateway to workers of its own. */
    public boolean isGateway() {
        return jetp.filter(text -> names(text, GATEWAY)).isPresent();
    }

    /** Whether it only says which program is called: {@code jetp} may say how. */
    private boolean isChoice(String text) {
        return jetp.isPresent() && (text.strip().equals(JETP) || text.strip().equals(JETPACK));
    }

    /** Whether a word of a command line is this program, with or without its folder. */
    private static boolean names(String text, String program) {
        for (String word : text.split("\\s+", -1)) {
            String bare = word.replaceAll("[\"']", "");
            if (bare.substring(bare.lastIndexOf('/') + 1).equals(program)) {
                return true;
            }
        }
        return false;
    }

    /** These, and those of before where these say nothing. */
    RunnerPrograms over(RunnerPrograms before) {
        Map<String, String> all = new HashMap<>(before.byName);
        all.putAll(byName);
        return new RunnerPrograms(jetp.or(before::jetp), one.or(before::one), all);
    }

    /** Leaves out the command lines, which may hold secrets. */
    @Override
    public String toString() {
        return "RunnerPrograms[" + byName.keySet() + ", …]";
    }
}
