package org.jetfanout.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A time in which the runner worked without the agent, as its output shows. A job with an agent
 * relay has none, unless the agent was down longer than the relay waits. Immutable.
 *
 * @param from size of the event log at its beginning, in bytes
 * @param to size of the event log at its end, in bytes
 */
public record AgentOutage(long from, long to) {
    private static final Pattern ATTACHED = Pattern.compile("attached(?: \\d{1,18}-\\d{1,18})* *");
    private static final Pattern SPELL = Pattern.compile("(\\d+)-(\\d+)");

    /** Whether a line of the event log that ends at this byte was written in this time. */
    public boolean covers(long end) {
        return from < end && end <= to;
    }

    /** The outages that the header of an answer lists; empty where the text is another header. */
    static Optional<List<AgentOutage>> attached(String header) {
        if (!ATTACHED.matcher(header).matches()) {
            return Optional.empty();
        }
        List<AgentOutage> absences = new ArrayList<>();
        Matcher spell = SPELL.matcher(header);
        while (spell.find()) {
            absences.add(
                    new AgentOutage(
                            Long.parseLong(spell.group(1)), Long.parseLong(spell.group(2))));
        }
        return Optional.of(absences);
    }
}
