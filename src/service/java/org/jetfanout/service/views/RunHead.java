package org.jetfanout.service.views;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.jetfanout.record.Counts;

/**
 * A run in one line of a list.
 *
 * @param guid the run
 * @param created when it was accepted or began
 * @param ended when it ended
 * @param state how far it has come
 * @param exitCode that of the command line; empty until it has ended
 * @param totals of all hosts of its plan
 * @param runner name of its runner; empty where it is unknown
 * @param title what it does, in a few words: the names of its playbooks, or its command
 * @param template that it was started from; empty for none
 * @param startedBy who started it by the service; empty for a run of the command line
 * @param wave where it stands from wave to wave; empty where it has no such rules or has ended
 * @param barrier the play before which its workers wait for each other; empty where none waits
 * @param resumable how many batches can be resumed although it has ended
 */
public record RunHead(
        String guid,
        Instant created,
        Optional<Instant> ended,
        RunPhase state,
        OptionalInt exitCode,
        Counts totals,
        String runner,
        String title,
        String template,
        String startedBy,
        Optional<Wave> wave,
        Optional<Barrier> barrier,
        int resumable) {

    /** Whether it has ended and all is well. */
    public boolean isOk() {
        return state == RunPhase.ENDED && exitCode.orElse(1) == 0;
    }

    /** Whether it has ended and somebody should look at it. */
    public boolean isTrouble() {
        return state == RunPhase.ENDED && exitCode.orElse(1) != 0;
    }

    /** Whether it has not ended and some process has it. */
    public boolean isAlive() {
        return state == RunPhase.WAITING || state == RunPhase.PLANNING || state == RunPhase.RUNNING;
    }

    /**
     * Where a run stands that goes from wave to wave.
     *
     * @param number of the last wave that has begun; 0 before the first
     * @param waves how many there are
     * @param text where it stands, in one line
     * @param waitsFor pause, continue, check or approval; empty where it does not wait
     * @param nextWave the wave that it waits to begin; 0 where it does not wait
     * @param since when it began to wait
     * @param stopped which rule has stopped it; empty where none did
     */
    public record Wave(
            int number,
            int waves,
            String text,
            String waitsFor,
            int nextWave,
            Optional<Instant> since,
            String stopped) {}

    /**
     * The play before which workers wait for each other.
     *
     * @param play its number, from 1
     * @param waiting how many workers wait
     * @param text what they wait for, in one line
     */
    public record Barrier(int play, int waiting, String text) {}
}
