package org.jetfanout.service.views;

import java.util.List;
import java.util.Map;
import org.jetfanout.record.SinkStatus;

/**
 * The head of one run.
 *
 * @param run as in the list
 * @param states how many batches are in each state, by the state's word, in the order of a batch's
 *     life
 * @param workers how many workers there are
 * @param unmatched how many hosts no entry of the worker map covers
 * @param request what was asked for, as request.json has it, without what was not given
 * @param people who did what with it, in order
 * @param sinks how the shipping of its records stands
 * @param messages why it did not come to a plan, in lines; else empty
 * @param can what can be done with it now
 */
public record RunView(
        RunHead run,
        Map<String, Integer> states,
        int workers,
        int unmatched,
        Map<String, Object> request,
        List<PersonAct> people,
        List<SinkStatus> sinks,
        List<String> messages,
        Can can) {
    /** Copies the lists. */
    public RunView {
        people = List.copyOf(people);
        sinks = List.copyOf(sinks);
        messages = List.copyOf(messages);
    }

    /**
     * What can be done with a run now, in numbers of hosts.
     *
     * @param cancel how many hosts have no result and would get none; 0 where nothing can be
     *     cancelled
     * @param resume how many hosts a resume would go on with; 0 where nothing can be resumed
     * @param rerunFailed how many failed hosts a new run could take
     * @param rerunLost how many unreachable, unfinished and not started hosts a new run could take
     * @param pause whether it can be told to wait before the next wave
     * @param goOn whether it waits for somebody or something that {@code continue} ends
     * @param approve the wave that waits for an approval; 0 for none
     * @param approveHosts how many hosts that wave has
     */
    public record Can(
            int cancel,
            int resume,
            int rerunFailed,
            int rerunLost,
            boolean pause,
            boolean goOn,
            int approve,
            int approveHosts) {}
}
