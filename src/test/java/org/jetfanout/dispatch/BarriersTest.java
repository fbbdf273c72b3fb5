package org.jetfanout.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jetfanout.dispatch.Barriers.Decision;
import org.jetfanout.plan.BatchPlay;
import org.junit.jupiter.api.Test;

class BarriersTest {
    private static final int END = Integer.MAX_VALUE;

    @Test
    void noBatchGoesOnBeforeAllAreThere() {
        Barriers barriers =
                new Barriers(
                        Map.of("0001", plays(db(0), app(1)), "0002", plays(db(0), app(1, 2))),
                        1,
                        false);
        assertThat(barriers.at(1)).isEqualTo(Decision.GO);
        assertThat(barriers.at(2)).isEqualTo(Decision.WAIT);
        assertThat(barriers.arrives("0001", 2, failed(), true)).isFalse();
        assertThat(barriers.at(2)).isEqualTo(Decision.WAIT);
        assertThat(barriers.arrives("0002", 2, failed(), true)).isTrue();
        assertThat(barriers.at(2)).isEqualTo(Decision.GO);
    }

    @Test
    void aBatchWithoutHostsInAPlayWaitsForItAllTheSame() {
        Barriers barriers =
                new Barriers(
                        Map.of("0001", plays(db(0)), "0002", plays(play(3, "web", 0))), 1, false);
        assertThat(barriers.at(3)).isEqualTo(Decision.WAIT);
        assertThat(barriers.arrives("0001", END, failed(), true)).isTrue();
        assertThat(barriers.at(3)).isEqualTo(Decision.GO);
    }

    @Test
    void whatHasEndedOpensSeveralBarriersAtOnce() {
        Barriers barriers =
                new Barriers(
                        Map.of("0001", plays(db(0), app(0)), "0002", plays(play(3, "web", 0))),
                        1,
                        false);
        assertThat(barriers.arrives("0001", END, failed(), true)).isTrue();
        assertThat(barriers.at(3)).isEqualTo(Decision.GO);
    }

    @Test
    void allHostsOfAPlayFailedOverAllWorkers() {
        Barriers barriers =
                new Barriers(
                        Map.of("0001", plays(db(0), app(1)), "0002", plays(db(0, 1), app(2))),
                        1,
                        false);
        barriers.arrives("0001", 2, failed(0), false);
        barriers.arrives("0002", 2, failed(0, 1), false);
        assertThat(barriers.at(2)).isEqualTo(Decision.STOP);
        assertThat(barriers.stopped()).isEqualTo("all hosts of play 'db' failed");
        assertThat(barriers.at(1)).isEqualTo(Decision.GO);
    }

    @Test
    void allHostsOfOneWorkerFailedAndOthersDidNot() {
        Barriers barriers =
                new Barriers(
                        Map.of("0001", plays(db(0), app(1)), "0002", plays(db(0), app(1))),
                        1,
                        false);
        barriers.arrives("0001", 2, failed(0), false);
        barriers.arrives("0002", 2, failed(), true);
        assertThat(barriers.at(2)).isEqualTo(Decision.GO);
        assertThat(barriers.stopped()).isEmpty();
    }

    /** The flat run would not have stopped in the middle of it either. */
    @Test
    void allHostsFailedInTheLastTaskOfAPlay() {
        Barriers barriers =
                new Barriers(
                        Map.of("0001", plays(db(0), app(1)), "0002", plays(db(0), app(1))),
                        1,
                        false);
        barriers.arrives("0001", 2, failed(0), true);
        barriers.arrives("0002", 2, failed(0), false);
        assertThat(barriers.at(2)).isEqualTo(Decision.GO);
    }

    @Test
    void aHostThatFailsInALaterPlayDoesNotCountInAnEarlierOne() {
        Barriers barriers =
                new Barriers(
                        Map.of(
                                "0001", plays(db(0), app(0, 1), play(3, "web", 0, 1)),
                                "0002", plays(app(0), play(3, "web", 0))),
                        1,
                        false);
        barriers.arrives("0001", 2, failed(), true);
        barriers.arrives("0001", 3, failed(0), false);
        barriers.arrives("0002", 3, failed(), true);
        assertThat(barriers.at(3)).isEqualTo(Decision.GO);
    }

    @Test
    void aLostWorkerFailsInAllItsPlays() {
        Barriers barriers =
                new Barriers(
                        Map.of(
                                "0001", plays(db(0), app(1)),
                                "0002", plays(db(0), play(3, "web", 1))),
                        1,
                        false);
        barriers.arrives("0002", 3, failed(), true);
        barriers.arrives("0001", END, failed(0, 1), false);
        assertThat(barriers.at(2)).isEqualTo(Decision.GO);
        assertThat(barriers.at(3)).isEqualTo(Decision.STOP);
        assertThat(barriers.stopped()).isEqualTo("all hosts of play 'app' failed");
    }

    @Test
    void aPlayThatStoppedOnOneWorkerEndsAllLaterOnes() {
        Barriers barriers =
                new Barriers(
                        Map.of("0001", plays(db(0, 1), app(2)), "0002", plays(db(0), app(1))),
                        1,
                        false);
        barriers.cut(1);
        barriers.arrives("0001", 2, failed(0), false);
        assertThat(barriers.at(2)).isEqualTo(Decision.WAIT);
        barriers.arrives("0002", 2, failed(), true);
        assertThat(barriers.at(2)).isEqualTo(Decision.STOP);
        assertThat(barriers.stopped()).isEqualTo("a worker stopped in play 'db'");
    }

    @Test
    void whoArrivesTwiceCountsOnce() {
        Barriers barriers =
                new Barriers(
                        Map.of("0001", plays(db(0), app(1)), "0002", plays(db(0), app(1))),
                        1,
                        false);
        assertThat(barriers.arrives("0001", 2, failed(0), false)).isFalse();
        assertThat(barriers.arrives("0001", 2, failed(0), false)).isFalse();
        assertThat(barriers.at(2)).isEqualTo(Decision.WAIT);
        assertThat(barriers.arrives("0002", 2, failed(), true)).isTrue();
        assertThat(barriers.stopped()).isEmpty();
    }

    @Test
    void anotherProcessGoesOnWhereTheFirstOneWas() {
        Barriers barriers =
                new Barriers(
                        Map.of("0001", plays(db(0), app(1)), "0002", plays(db(0), app(1))),
                        2,
                        false);
        assertThat(barriers.at(2)).isEqualTo(Decision.GO);
        assertThat(barriers.next("0001")).hasValue(2);
    }

    /** One for localhost, say: only the runner knows whether it has hosts on a worker. */
    @Test
    void aPlayWithoutKnownHosts() {
        Map<String, List<BatchPlay>> batches =
                Map.of(
                        "0001", plays(db(0), app(), play(3, "web", 1)),
                        "0002", plays(db(0), app(), play(3, "web", 1)));
        Barriers barriers = new Barriers(batches, 1, false);
        barriers.arrives("0001", 2, failed(), true);
        assertThat(barriers.at(2)).isEqualTo(Decision.WAIT);
        barriers.arrives("0002", 2, failed(), true);
        assertThat(barriers.at(2)).isEqualTo(Decision.GO);
        barriers.arrives("0001", 3, failed(), false);
        barriers.arrives("0002", 3, failed(), true);
        assertThat(barriers.at(3)).isEqualTo(Decision.GO);

        Barriers failing = new Barriers(batches, 2, false);
        failing.arrives("0001", 3, failed(), false);
        failing.arrives("0002", 3, failed(), false);
        assertThat(failing.at(3)).isEqualTo(Decision.STOP);
        assertThat(failing.stopped()).isEqualTo("all hosts of play 'app' failed");
    }

    @Test
    void aSecondStartBeginsWithAPlayWithoutKnownHostsWhereHostsAreLeftBehindIt() {
        Barriers barriers =
                new Barriers(Map.of("0001", plays(db(0), app(), play(3, "web", 0, 1))), 1, false);
        assertThat(barriers.following("0001", 1, failed(0))).hasValue(2);
        assertThat(barriers.following("0001", 1, failed(0, 1))).isEmpty();
    }

    /** Ansible goes on with the next play, jetp does not. */
    @Test
    void aPlayOfWhichAllHostsHadFailedBefore() {
        for (boolean leavesOut : new boolean[] {true, false}) {
            Barriers barriers =
                    new Barriers(
                            Map.of(
                                    "0001", plays(db(0), play(3, "web", 0)),
                                    "0002", plays(db(0), app(0), play(3, "web", 1))),
                            1,
                            leavesOut);
            barriers.arrives("0002", 3, failed(0), false);
            barriers.arrives("0001", 3, failed(), true);
            assertThat(barriers.at(3)).isEqualTo(leavesOut ? Decision.GO : Decision.STOP);
        }
    }

    private static List<BatchPlay> plays(BatchPlay... plays) {
        return List.of(plays);
    }

    private static BatchPlay db(int... hosts) {
        return play(1, "db", hosts);
    }

    private static BatchPlay app(int... hosts) {
        return play(2, "app", hosts);
    }

    private static BatchPlay play(int number, String name, int... hosts) {
        return BatchPlay.of(number, name, failed(hosts));
    }

    private static BitSet failed(int... hosts) {
        BitSet bits = new BitSet();
        for (int host : hosts) {
            bits.set(host);
        }
        return bits;
    }
}
