package org.jetfanout.runner.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.jetfanout.runner.Outcome.CHANGED;
import static org.jetfanout.runner.Outcome.FAILED;
import static org.jetfanout.runner.Outcome.OK;
import static org.jetfanout.runner.Outcome.UNFINISHED;
import static org.jetfanout.runner.Outcome.UNREACHABLE;
import static org.jetfanout.runner.Stream.EVENTS;
import static org.jetfanout.runner.Stream.OUTPUT;

import java.util.List;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.Outcome;
import org.jetfanout.runner.ToldSoFar;
import org.junit.jupiter.api.Test;

/** What plain events and lines say about hosts. */
class PlainReaderTest {
    private static final List<String> HOSTS = List.of("web1", "web2", "::1");

    private final PlainReader reader =
            new PlainReader(HOSTS, List.of(), false, UnaryOperator.identity());

    private void event(String json) {
        reader.read(EVENTS, (json.replace('\'', '"') + "\n").getBytes(UTF_8));
    }

    private void line(String line) {
        reader.read(OUTPUT, (line + "\n").getBytes(UTF_8));
    }

    private HostResult result(String host, int code, String ending) {
        return reader.results(OptionalInt.of(code), ending).stream()
                .filter(result -> result.host().equals(host))
                .findFirst()
                .orElseThrow();
    }

    private static HostResult of(String host, Outcome outcome, String reason) {
        return new HostResult(host, outcome, reason);
    }

    @Test
    void eachHostHasTheResultOfItsEvent() {
        event("{'event':'ok','host':'web1','rc':0}");
        event("{'event':'changed','host':'web2'}");
        event("{'event':'unreachable','host':'::1','reason':'no route'}");
        event("{'event':'end'}");
        assertThat(reader.results(OptionalInt.of(0), ""))
                .containsExactly(
                        of("web1", OK, ""),
                        of("web2", CHANGED, ""),
                        of("::1", UNREACHABLE, "no route"));
    }

    @Test
    void aFailureHasTheReasonOfItsEventElseExitCodeAndLastLine() {
        line("web1: first");
        line("web1: \u001b[31mno such file\u001b[0m");
        line("web1:  ");
        line("::1: cannot log in");
        event("{'event':'failed','host':'web1','rc':3}");
        event("{'event':'failed','host':'web2','rc':3,'reason':'too late'}");
        event("{'event':'unreachable','host':'::1'}");
        event("{'event':'end'}");
        assertThat(reader.results(OptionalInt.of(0), ""))
                .containsExactly(
                        of("web1", FAILED, "exit code 3: no such file"),
                        of("web2", FAILED, "too late"),
                        of("::1", UNREACHABLE, "cannot log in"));
    }

    @Test
    void aFailedTaskIsNamedAndALaterSuccessDoesNotHideIt() {
        event("{'event':'task','name':'copy'}");
        event("{'event':'failed','host':'web1','rc':137}");
        event("{'event':'task','name':'start'}");
        event("{'event':'ok','host':'web1'}");
        event("{'event':'end'}");
        assertThat(result("web1", 0, ""))
                .isEqualTo(of("web1", FAILED, "copy: killed by signal 9 (exit code 137)"));
    }

    @Test
    void withoutTheEndAHostIsUnfinishedUnlessItsEventWasFinal() {
        event("{'event':'ok','host':'web1','final':true}");
        event("{'event':'ok','host':'web2'}");
        event("{'event':'failed','host':'::1','reason':'no','final':true}");
        ToldSoFar.isWhatIsCounted(reader);
        assertThat(reader.tally())
                .matches(
                        tally -> tally.ok() == 1 && tally.unfinished() == 1 && tally.failed() == 1);
        assertThat(reader.results(OptionalInt.empty(), "worker w1: lost"))
                .containsExactly(
                        of("web1", OK, ""),
                        of("web2", UNFINISHED, "worker w1: lost"),
                        of("::1", FAILED, "no"));
    }

    @Test
    void aFinalHostThatFailsAfterAllHasFailed() {
        event("{'event':'ok','host':'web1','final':true}");
        event("{'event':'failed','host':'web1','reason':'after all'}");
        ToldSoFar.isWhatIsCounted(reader);
        assertThat(reader.tally()).matches(tally -> tally.ok() == 0 && tally.failed() == 1);
        assertThat(result("web1", 0, "")).isEqualTo(of("web1", FAILED, "after all"));
    }

    @Test
    void whatIsNoEventIsCountedAndChangesNothing() {
        event("no json");
        event("[1]");
        event("{'event':'ok','host':'elsewhere'}");
        event("{'event':'new','host':'web1','more':[1]}");
        event("{'event':{'a':1},'host':['web1']}");
        event("{'event':'ok','host':'web1','rc':'0','final':'yes'}");
        event("{'event':'end'}");
        assertThat(reader.tally())
                .matches(tally -> tally.unreadable() == 2 && tally.foreign() == 1);
        assertThat(result("web1", 0, "").outcome()).isEqualTo(OK);
        assertThat(result("web2", 0, "").outcome()).isEqualTo(UNFINISHED);
    }

    @Test
    void aRunnerThatBreaksOffSaysWhy() {
        line("web1: from a host");
        line("salt-ssh: no such command");
        assertThat(result("web1", 127, ""))
                .isEqualTo(of("web1", UNFINISHED, "salt-ssh: no such command"));
        assertThat(result("web1", 137, "").reason()).contains("signal 9");
        assertThat(reader.refused(OptionalInt.of(127))).isFalse();
        assertThat(reader.refused(OptionalInt.of(78))).isTrue();
        event("{'event':'ok','host':'web1'}");
        assertThat(reader.refused(OptionalInt.of(78))).isFalse();
    }

    @Test
    void refusedLoginsSayWhatIsKnownOfTheAgent() {
        line("web1: Permission denied (publickey).");
        event("{'event':'unreachable','host':'web1'}");
        event("{'event':'end'}");
        reader.agentTrouble("the agent is locked");
        assertThat(result("web1", 0, ""))
                .isEqualTo(
                        of(
                                "web1",
                                UNREACHABLE,
                                "Permission denied (publickey).; the agent is locked"));
    }

    @Test
    void aHostThatWasTriedWithoutAnAgentIsUnfinished() {
        event("{'event':'unreachable','host':'web1','reason':'refused'}");
        event("{'event':'end'}");
        reader.withoutAgent(position -> position > 0);
        assertThat(result("web1", 0, "").outcome()).isEqualTo(UNFINISHED);
    }

    @Test
    void manyLinesOfManyHostsNeedBoundedMemory() {
        String longest = "x".repeat(100_000);
        for (int i = 0; i < 1000; i++) {
            line("web1: " + longest);
            line("nobody" + i + ": " + longest);
        }
        event("{'event':'failed','host':'web1','rc':1}");
        assertThat(result("web1", 0, "").reason())
                .startsWith("exit code 1: xxx")
                .hasSizeLessThan(501);
    }
}
