package org.jetfanout.runner.described;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.jetfanout.runner.Outcome.CHANGED;
import static org.jetfanout.runner.Outcome.FAILED;
import static org.jetfanout.runner.Outcome.OK;
import static org.jetfanout.runner.Outcome.UNFINISHED;
import static org.jetfanout.runner.Outcome.UNREACHABLE;
import static org.jetfanout.runner.Stream.EVENTS;
import static org.jetfanout.runner.Stream.OUTPUT;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.LineMeaning;
import org.jetfanout.runner.Outcome;
import org.junit.jupiter.api.Test;

/** What the output of described runners says about hosts. */
class DescribedReaderTest {
    private static final List<String> HOSTS = List.of("web1", "web2", "web3");
    private static final String LOOP =
            """
            command: [loop]
            exit_codes: { 0: ended, 2: ended, 64: refused }
            output:
              events:
                - { match: '^== (?<task>.*)$', event: task }
                - { match: '^(?<host>[^ :]+): done$', event: ok, final: true }
                - { match: '^(?<host>[^ :]+): done, changed$', event: changed }
                - { match: '^(?<host>[^ :]+): failed$', event: failed }
                - match: '^(?<host>[^ :]+): failed \\((?<rc>\\d+)\\)(: (?<why>.*))?$'
                  event: failed
                  reason: 'exit code {rc}: {why|no words}'
                - { match: '^(?<host>[^ :]+): away: (?<reason>.*)$', event: unreachable }
            """;
    private static final String BLOCKS =
            """
            command: [blocks]
            output:
              events:
                - { match: '^(?<host>[a-z0-9]+):$', event: host }
                - { match: '^ +status: ok$', event: ok }
                - { match: '^ +status: (?<reason>.*)$', event: failed }
                - { match: '^END$', event: end }
            """;
    private static final String FILTER =
            "command: [x]\nexit_codes: { 20: ended }\noutput: { filter: [f] }\n";

    private static DescribedReader reader(String definition) {
        return new DescribedReader(
                DefinitionReaderTest.definition(definition), HOSTS, UnaryOperator.identity());
    }

    private static void say(DescribedReader reader, String... lines) {
        reader.read(OUTPUT, (String.join("\n", lines) + "\n").getBytes(UTF_8));
    }

    private static HostResult of(String host, Outcome outcome, String reason) {
        return new HostResult(host, outcome, reason);
    }

    @Test
    void linesBecomeResults() {
        DescribedReader loop = reader(LOOP);
        say(
                loop,
                "== step one",
                "web1: done\r",
                "web1: done",
                "noise",
                "\u001b[31mweb2: failed (3)\u001b[0m");
        assertThat(loop.tally().task()).isEqualTo("step one");
        assertThat(loop.tally().failed()).isOne();
        assertThat(loop.soFar().letters()).isEqualTo("of.");
        assertThat(loop.tally().ok()).as("nothing more comes for it").isOne();
        loop.read(OUTPUT, "web3: away: no route".getBytes(UTF_8));
        assertThat(loop.results(OptionalInt.of(2), ""))
                .containsExactly(
                        of("web1", OK, ""),
                        of("web2", FAILED, "step one: exit code 3: no words"),
                        of("web3", UNREACHABLE, "no route"));
    }

    @Test
    void withoutItsEndTheRunnerMakesNoHostOkThatIsNotFinal() {
        for (int code : List.of(1, 137, 64)) {
            DescribedReader loop = reader(LOOP);
            say(loop, "web1: done", "web2: done, changed", "what?");
            List<HostResult> results = loop.results(OptionalInt.of(code), "");
            assertThat(results)
                    .extracting(HostResult::outcome)
                    .containsExactly(OK, UNFINISHED, UNFINISHED);
            assertThat(loop.refused(OptionalInt.of(code))).isFalse();
        }
        DescribedReader lost = reader(LOOP);
        say(lost, "web2: done, changed");
        assertThat(lost.results(OptionalInt.of(0), "the worker is lost"))
                .contains(of("web2", UNFINISHED, "the worker is lost"));
    }

    @Test
    void aHostThatWasNeverMentionedIsUnfinished() {
        DescribedReader loop = reader(LOOP);
        say(loop, "web1: done", "web2: done, changed");
        assertThat(loop.results(OptionalInt.of(0), ""))
                .extracting(HostResult::outcome)
                .containsExactly(OK, CHANGED, UNFINISHED);
    }

    @Test
    void aRefusalTouchesNoHost() {
        assertThat(reader(LOOP).refused(OptionalInt.of(64))).isTrue();
        assertThat(reader(LOOP).refused(OptionalInt.of(1))).isFalse();
        assertThat(reader(LOOP).refused(OptionalInt.empty())).isFalse();
    }

    @Test
    void theBlockOfAHostGoesOnUntilTheNext() {
        DescribedReader blocks = reader(BLOCKS);
        say(
                blocks,
                "    status: lost",
                "web1:",
                "    status: ok",
                "web2:",
                "    x",
                "    status: bad",
                "END");
        assertThat(blocks.results(OptionalInt.of(9), ""))
                .containsExactly(
                        of("web1", OK, ""),
                        of("web2", FAILED, "bad"),
                        of("web3", UNFINISHED, "no task ran on it"));
        assertThat(blocks.tally().foreign()).as("of no host").isOne();
    }

    @Test
    void hostsOfOtherBatchesAreIgnored() {
        DescribedReader loop = reader(LOOP);
        say(loop, "other7: failed", "other8: done", "web1: done");
        assertThat(loop.tally().foreign()).isEqualTo(2);
        assertThat(loop.results(OptionalInt.of(0), "")).hasSize(3).contains(of("web1", OK, ""));
    }

    /** A pattern that takes for ever on some line gives no result, and says so. */
    @Test
    void aPatternThatTakesForEverEndsAndMakesNoHostOk() {
        String evil =
                """
                command: [x]
                output:
                  events:
                    - { match: '^(?<host>web1) ok$', event: ok }
                    - { match: '^(?<host>web2) bad$', event: failed }
                    - { match: '^(a+)+(?<host>web3)$', event: failed }
                """;
        DescribedReader reader = reader(evil);
        assertThat(
                        timed(
                                () ->
                                        say(
                                                reader,
                                                "web1 ok",
                                                "web2 bad",
                                                "a".repeat(3000) + "!",
                                                "web1 ok")))
                .isLessThan(Duration.ofSeconds(20));
        List<HostResult> results = reader.results(OptionalInt.of(0), "");
        assertThat(results)
                .extracting(HostResult::outcome)
                .containsExactly(UNFINISHED, FAILED, UNFINISHED);
        assertThat(results.get(0).reason())
                .startsWith(
                        "runners/loop/runner.yml:6: the pattern took too many steps on a line of"
                                + " the runner's output");
        DescribedReader deep =
                reader(
                        "command: [x]\noutput: { events: [ { match: '^(?<host>(a|b|c)*)$', event: ok } ] }\n");
        say(deep, "abc".repeat(100_000));
        assertThat(deep.results(OptionalInt.of(0), "")).hasSize(3);
    }

    private static Duration timed(Runnable work) {
        long begin = System.nanoTime();
        work.run();
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    @Test
    void hugeLinesAreCut() {
        DescribedReader loop = reader(LOOP);
        byte[] part = "x".repeat(1 << 16).getBytes(UTF_8);
        for (int i = 0; i < 100; i++) {
            loop.read(OUTPUT, part);
        }
        say(loop, "", "web1: failed (1): " + "y".repeat(1 << 20));
        HostResult web1 = loop.results(OptionalInt.of(0), "").get(0);
        assertThat(web1.outcome()).isEqualTo(FAILED);
        assertThat(web1.reason()).startsWith("exit code 1: yyy").hasSize(500);
    }

    @Test
    void aFilterWritesPlainEventsAndTheExitCodeSaysThatItEnded() {
        DescribedReader reader = reader(FILTER);
        say(reader, "{\"event\":\"failed\",\"host\":\"web1\"}");
        reader.read(
                EVENTS,
                "{\"event\":\"ok\",\"host\":\"web1\"}\n{\"event\":\"failed\",\"host\":\"web2\",\"rc\":3}\n{\"eve"
                        .getBytes(UTF_8));
        assertThat(reader.results(OptionalInt.of(20), ""))
                .extracting(HostResult::outcome)
                .containsExactly(OK, FAILED, UNFINISHED);
        assertThat(reader(FILTER).results(OptionalInt.of(0), ""))
                .extracting(HostResult::outcome)
                .containsOnly(UNFINISHED);
    }

    @Test
    void afterAFilterThatFailedNoHostIsOkButThoseThatAreFinal() {
        DescribedReader reader = reader(FILTER);
        reader.read(
                EVENTS,
                """
                {"event":"ok","host":"web1"}
                {"event":"ok","host":"web2","final":true}
                {"event":"end"}

                {"event":"filter_failed","reason":"the filter of the output ended with exit code 1"}
                """
                        .getBytes(UTF_8));
        assertThat(reader.results(OptionalInt.of(20), ""))
                .contains(
                        of("web1", UNFINISHED, "the filter of the output ended with exit code 1"),
                        of("web2", OK, ""));
    }

    @Test
    void linesOfTheLogAreThoseOfTheirHosts() {
        DescribedLineReader lines =
                new DescribedLineReader(
                        DefinitionReaderTest.definition(BLOCKS).output().rules(), HOSTS::contains);
        assertThat(lines.read("x")).isEqualTo(LineMeaning.NONE);
        assertThat(lines.read("web2:").host()).isEqualTo("web2");
        assertThat(lines.read("   anything").host()).isEqualTo("web2");
        assertThat(lines.read("    status: bad").isFailure()).isTrue();
        assertThat(lines.read("web3: says something").host()).isEqualTo("web3");
        assertThat(lines.read("END")).isEqualTo(LineMeaning.NONE);
    }
}
