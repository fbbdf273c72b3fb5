package org.jetfanout.service.api;

import java.util.Map;
import org.jetfanout.service.lines.LinesFilter;
import org.jetfanout.service.views.HostsFilter;
import org.jetfanout.service.views.RunsFilter;
import org.jetfanout.service.views.SignaturesView;

/**
 * What numbers a parameter takes: REST DSL has no words for that.
 *
 * @param least number
 * @param most number
 */
record ParameterRange(long least, long most) {
    private static final long FAR = Long.MAX_VALUE >> 1;
    private static final Map<String, ParameterRange> KNOWN =
            Map.of(
                    "api-runs.limit", new ParameterRange(1, RunsFilter.MOST),
                    "api-plan.limit", new ParameterRange(1, SignaturesView.MOST),
                    "api-hosts.limit", new ParameterRange(0, HostsFilter.MOST),
                    "api-lines.limit", new ParameterRange(1, LinesFilter.MOST),
                    "api-lines.from", new ParameterRange(1, FAR),
                    "api-lines.before", new ParameterRange(1, FAR),
                    "api-signatures.limit", new ParameterRange(1, SignaturesView.MOST));

    /** The range of a parameter of an operation. */
    static ParameterRange of(String operation, String parameter) {
        return KNOWN.getOrDefault(
                operation + "." + parameter, new ParameterRange(0, Integer.MAX_VALUE));
    }
}
