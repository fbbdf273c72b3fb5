package org.jetfanout.runner.ansible.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.jetfanout.runner.Outcome.CHANGED;
import static org.jetfanout.runner.Outcome.FAILED;
import static org.jetfanout.runner.Outcome.NOT_STARTED;
import static org.jetfanout.runner.Outcome.OK;
import static org.jetfanout.runner.Outcome.UNFINISHED;
import static org.jetfanout.runner.Outcome.UNREACHABLE;

import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.jetfanout.plan.BatchPlay;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.Outcome;
import org.jetfanout.runner.Stream;
import org.junit.jupiter.api.Test;

/** Events that are missing, cut short, of two starts, or made up by a worker. */
final class AnsibleOddEventsTest {
    private static final List<String> HOSTS = List.of("a", "b", "c");

    private AnsibleReader reader = reader(List.of());
    private long seq;

    private static AnsibleReader reader(List<BatchPlay> plays) {
        return new AnsibleReader(HOSTS, plays, false, UnaryOperator.identity());
    }

    private void event(String name, String fields) {
        raw(
                "{\"event\":\"%s\",\"seq\":%d%s}\n"
                        .formatted(name, ++seq, fields.isEmpty() ? "" : "," + fields));
    }

    private void raw(String line) {
        reader.read(Stream.EVENTS, line.replace('\'', '"').getBytes(UTF_8));
    }

    private void starts() {
        seq = 0;
        event("jet_start", "");
        event("playbook_on_start", "'playbook':1");
    }

    private void play(int number) {
        event("jet_names", "'first':0,'names':['a','b','c']");
        event("playbook_on_play_start", "'number':%d,'play':'p','start':1".formatted(number));
        event("jet_addresses", "'hosts':[0,2]");
        event("playbook_on_task_start", "'play':'p','task':'t'");
    }

    private void ok(String host) {
        event("runner_on_ok", "'task':'t','changed':true,'host':'%s'".formatted(host));
    }

    private void ends() {
        event("playbook_on_stats", "'end':true");
    }

    private List<Outcome> outcomes(int exitCode) {
        return reader.results(OptionalInt.of(exitCode), "").stream()
                .map(HostResult::outcome)
                .toList();
    }

    private String reason(int host, int exitCode) {
        return reader.results(OptionalInt.of(exitCode), "").get(host).reason();
    }

    @Test
    void withoutTheLastEventNobodyIsOk() {
        starts();
        play(1);
        ok("a");
        event("runner_on_failed", "'task':'t','changed':true,'rc':2,'host':'b'");
        assertThat(outcomes(250)).containsExactly(UNFINISHED, FAILED, UNFINISHED);
        assertThat(reason(0, 250))
                .isEqualTo("the runner ended with exit code 250 before its last event");
        assertThat(reason(0, 143)).contains("signal 15");
        assertThat(reader.results(OptionalInt.empty(), "the worker is lost").get(0).reason())
                .isEqualTo("the worker is lost");
    }

    @Test
    void whoKnowsThePlaysOfAHostNeedsNoLastEvent() {
        reader = reader(List.of(new BatchPlay(2, "p", "0-2"), new BatchPlay(5, "q", "1-2")));
        starts();
        play(2);
        HOSTS.forEach(this::ok);
        event("playbook_on_play_start", "'number':3,'play':'of others','start':1");
        assertThat(reader.play()).isEqualTo(2);
        play(5);
        assertThat(reader.play()).isEqualTo(5);
        // the next part of the same play
        event("playbook_on_play_start", "'number':5,'play':'p','start':2");
        assertThat(outcomes(143)).containsExactly(CHANGED, UNFINISHED, UNFINISHED);
    }

    @Test
    void missingEventsMakeHostsUnsureIfAnsibleDidNotEndWell() {
        starts();
        play(1);
        ok("a");
        seq += 3;
        ok("b");
        ends();
        assertThat(reader.tally().unreadable()).isEqualTo(3);
        assertThat(outcomes(0)).containsExactly(CHANGED, CHANGED, OK);
        assertThat(outcomes(2)).containsExactly(UNFINISHED, UNFINISHED, UNFINISHED);
        assertThat(reason(0, 2)).startsWith("3 events of the runner are missing");
    }

    @Test
    void whatAnsibleCountedHoldsWhereAnEventIsMissing() {
        starts();
        play(1);
        seq += 1;
        event("jet_stats", "'hosts':{'a':[1,0,0,1,0,0,0],'b':[1,1,0,0,0,0,0],'c':[0,0,1,0,0,0,0]}");
        ends();
        assertThat(outcomes(0)).containsExactly(FAILED, CHANGED, UNREACHABLE);
    }

    @Test
    void theCallbackSaysThatItFailed() {
        starts();
        play(1);
        event("jet_error", "'of':'runner_on_failed','error':'KeyError'");
        ends();
        assertThat(outcomes(2)).containsOnly(UNFINISHED);
    }

    @Test
    void noEventsAtAll() {
        assertThat(reason(0, 0)).contains("check that it is ansible-playbook");
        reader.read(Stream.OUTPUT, "sh: 1: ansible-playbook: not found\n".getBytes(UTF_8));
        assertThat(reason(0, 127)).isEqualTo("sh: 1: ansible-playbook: not found");
    }

    @Test
    void aSecondStartDoesThePlaysThatAreLeft() {
        reader = reader(List.of(new BatchPlay(1, "p", "0"), new BatchPlay(2, "q", "1-2")));
        starts();
        event("jet_names", "'first':0,'names':['a','b','c']");
        event("playbook_on_play_start", "'number':1,'play':'p','start':1");
        event("jet_addresses", "'hosts':[0,0]");
        event("playbook_on_task_start", "'play':'p','task':'t'");
        event("runner_on_failed", "'task':'t','changed':true,'rc':2,'host':'a'");
        event("playbook_on_no_hosts_remaining", "");
        event("jet_left", "'play':'q','hosts':[1,2]");
        ends();
        assertThat(reader.ranOutOfHosts()).isTrue();
        assertThat(reader.lost()).isEqualTo(BitSet.valueOf(new long[] {1}));
        assertThat(outcomes(2)).containsExactly(FAILED, UNFINISHED, UNFINISHED);
        starts();
        assertThat(reader.ranOutOfHosts()).isFalse();
        // numbers of hosts are those of the new process
        event("jet_names", "'first':0,'names':['b','c']");
        event("playbook_on_play_start", "'number':2,'play':'q','start':1");
        event("jet_addresses", "'hosts':[0,1]");
        event("playbook_on_task_start", "'play':'q','task':'t'");
        ok("c");
        ends();
        assertThat(reader.tally().unreadable()).isZero();
        assertThat(outcomes(0)).containsExactly(FAILED, OK, CHANGED);
    }

    @Test
    void aRuleThatStopsTheRunLeavesHostsBehind() {
        starts();
        play(1);
        ok("a");
        ok("b");
        BitSet undone = new BitSet();
        undone.set(1, 3);
        reader.stopped(undone, "too many failures");
        assertThat(outcomes(143)).containsExactly(CHANGED, UNFINISHED, NOT_STARTED);
    }

    @Test
    void aHostThatWasTriedWithoutAnAgentIsUnfinished() {
        starts();
        play(1);
        event("runner_on_unreachable", "'task':'t','msg':'Permission denied','host':'a'");
        event(
                "runner_on_failed",
                "'task':'t','msg':'Failed to connect to the host via ssh: closed','host':'b'");
        ends();
        reader.agentTrouble("the agent refused");
        assertThat(reason(0, 4)).isEqualTo("Permission denied; the agent refused");
        assertThat(outcomes(4)).containsExactly(UNREACHABLE, UNREACHABLE, OK);
        reader.withoutAgent(position -> true);
        assertThat(outcomes(4)).containsExactly(UNFINISHED, UNFINISHED, OK);
    }

    @Test
    void madeUpEventsCostNeitherTimeNorMemoryNorOtherHosts() {
        starts();
        play(1);
        for (int i = 0; i < 10_000; i++) {
            event("jet_names", "'first':%d,'names':['a','x%d']".formatted(i * 2, i));
        }
        raw("{'event':'jet_addresses','seq':'x','hosts':[-2147483648,2147483647]}\n");
        raw("{'event':'jet_cut','hosts':[0,'x',null,{}]}\n");
        raw("{'event':'jet_left','hosts':{'a':1}}\n");
        raw(
                "{'event':'jet_stats','hosts':[1,2]}\n{'event':'jet_stats','hosts':{'a':'x','y':[]}}\n");
        raw("{'event':['runner_on_ok'],'host':{}}\nno JSON\n[]\n{\n");
        raw("{'event':'runner_on_failed','host':'elsewhere','task':'t'}\n");
        raw("{'event':'playbook_on_play_start','number':'x','start':{}}\n");
        ok("b");
        ends();
        assertThat(reader.tally().foreign()).isEqualTo(1);
        assertThat(outcomes(0)).containsExactly(OK, CHANGED, OK);
    }

    @Test
    void anyBytesAreRead() {
        Random random = new Random(1);
        byte[] bytes = new byte[200_000];
        random.nextBytes(bytes);
        reader.read(Stream.EVENTS, bytes);
        reader.read(Stream.OUTPUT, bytes);
        assertThat(outcomes(1)).containsOnly(UNFINISHED);
    }
}
