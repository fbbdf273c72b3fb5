package org.jetfanout.runner.ansible.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.Outcome;
import org.jetfanout.runner.Stream;
import org.jetfanout.runner.ToldSoFar;

/**
 * A playbook of src/test/resources/ansible/cases with what must come of it, which its first lines
 * say.
 *
 * @param hosts outcome, and what its reason must contain, by host
 * @param arguments of ansible-playbook, besides inventory and playbooks
 * @param exitCodes with which ansible may end; versions differ
 * @param hidden what must not be in the events
 * @param refused what the reason of a refusal must contain; empty: it is not refused
 * @param foreign whether events are about hosts that are not in the batch
 */
record OutcomeCase(
        String name,
        Map<String, String> hosts,
        List<String> playbooks,
        List<String> arguments,
        List<String> exitCodes,
        String hidden,
        String refused,
        boolean foreign) {
    static final Path FOLDER = Path.of("src/test/resources/ansible/cases");

    static List<OutcomeCase> all() throws IOException {
        List<OutcomeCase> cases = new ArrayList<>();
        try (java.util.stream.Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".yml")).sorted().toList()) {
                cases.add(of(file));
            }
        }
        return cases;
    }

    private static OutcomeCase of(Path file) throws IOException {
        Map<String, String> hosts = new LinkedHashMap<>();
        Map<String, String> said = new LinkedHashMap<>();
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith("# host ")) {
                String[] words = line.substring("# host ".length()).split(": ", 2);
                hosts.put(words[0], words[1]);
            } else if (line.startsWith("# ") && line.contains(": ")) {
                String[] words = line.substring(2).split(": ", 2);
                said.putIfAbsent(words[0], words[1]);
            }
        }
        String name = file.getFileName().toString();
        assertThat(hosts).as(name).isNotEmpty();
        return new OutcomeCase(
                name.substring(0, name.length() - ".yml".length()),
                hosts,
                words(said.getOrDefault("playbooks", name)),
                words(said.getOrDefault("args", "")),
                words(said.get("exit")),
                said.getOrDefault("hides", ""),
                said.getOrDefault("refused", ""),
                said.containsKey("foreign"));
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(" ", -1));
    }

    /** Checks that the reader makes of a run what the playbook says. */
    void check(AnsibleRun run) {
        String as = name + " with " + run.version();
        assertThat(exitCodes)
                .as(as + ": " + run.output())
                .contains(Integer.toString(run.exitCode()));
        AnsibleReader reader = reader(run);
        List<HostResult> results = reader.results(OptionalInt.of(run.exitCode()), "");
        assertThat(reader.refused(OptionalInt.of(run.exitCode())))
                .as(as + ": refused")
                .isEqualTo(!refused.isEmpty());
        for (HostResult result : results) {
            String[] wanted = hosts.get(result.host()).split("; ", 2);
            String about = as + ": " + result + "\n" + run.output() + run.events();
            assertThat(result.outcome())
                    .as(about)
                    .isEqualTo(Outcome.valueOf(wanted[0].toUpperCase(java.util.Locale.ROOT)));
            if (wanted.length > 1) {
                assertThat(result.reason()).as(about).contains(wanted[1]);
            } else if (result.outcome() == Outcome.OK || result.outcome() == Outcome.CHANGED) {
                assertThat(result.reason()).as(about).isEmpty();
            }
            assertThat(result.reason()).as(about).contains(refused);
        }
        assertThat(reader.tally().foreign() > 0).as(as + ": foreign").isEqualTo(foreign);
        assertThat(reader.tally().unreadable()).as(as + ": " + run.events()).isZero();
        assertSameCounts(as, results, reader);
        ToldSoFar.isWhatIsCounted(reader);
        if (!hidden.isEmpty()) {
            assertThat(run.events()).as(as).doesNotContain(hidden);
        }
    }

    private static void assertSameCounts(
            String as, List<HostResult> results, AnsibleReader reader) {
        Map<Outcome, Long> counts =
                results.stream()
                        .collect(Collectors.groupingBy(HostResult::outcome, Collectors.counting()));
        assertThat(
                        List.of(
                                (long) reader.tally().ok(),
                                (long) reader.tally().changed(),
                                (long) reader.tally().failed(),
                                (long) reader.tally().unreachable(),
                                (long) reader.tally().unfinished()))
                .as(as)
                .isEqualTo(
                        java.util.stream.Stream.of(
                                        Outcome.OK,
                                        Outcome.CHANGED,
                                        Outcome.FAILED,
                                        Outcome.UNREACHABLE,
                                        Outcome.UNFINISHED)
                                .map(outcome -> counts.getOrDefault(outcome, 0L))
                                .toList());
    }

    /** A reader that has read all of a run, in small pieces. */
    AnsibleReader reader(AnsibleRun run) {
        AnsibleReader reader =
                new AnsibleReader(
                        hosts.keySet(),
                        List.of(),
                        arguments.contains("--tags"),
                        UnaryOperator.identity());
        byte[] events = run.events().getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < events.length; i += 100) {
            int to = Math.min(events.length, i + 100);
            reader.read(Stream.EVENTS, java.util.Arrays.copyOfRange(events, i, to));
            ToldSoFar.isWhatIsCounted(reader);
        }
        reader.read(Stream.OUTPUT, run.output().getBytes(StandardCharsets.UTF_8));
        return reader;
    }

    @Override
    public String toString() {
        return name;
    }
}
