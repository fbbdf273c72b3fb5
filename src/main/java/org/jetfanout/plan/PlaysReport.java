package org.jetfanout.plan;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jetfanout.text.Counted;
import org.jetfanout.text.Quoted;

/**
 * The part of a {@link PlanReport} about the plays, if workers wait for each other between them. It
 * counts the batches that it is asked about. For one report and one thread.
 */
final class PlaysReport {
    private static final int MOST_CHARACTERS_OF_A_BATCH = 200;
    private static final int MOST_PLAYS = 50;

    private final BatchPlays plays;

    // Mutable state
    private final SortedMap<Integer, Total> totals = new TreeMap<>();

    /** A play over all batches that were counted. */
    private record Total(int number, String name, int hosts, int batches) {
        private Total and(BatchPlay play) {
            return new Total(number, name, hosts + play.count(), batches + 1);
        }
    }

    PlaysReport(BatchPlays plays) {
        this.plays = plays;
    }

    private List<BatchPlay> counted(Batch batch) {
        List<BatchPlay> some = plays.of(batch);
        for (BatchPlay play : some) {
            Total before =
                    totals.getOrDefault(play.number(), new Total(play.number(), play.name(), 0, 0));
            totals.put(play.number(), before.and(play));
        }
        return some;
    }

    /** The plays of the next batch in one line; empty where nobody waits. */
    String line(Batch batch) {
        List<BatchPlay> some = counted(batch);
        if (some.isEmpty()) {
            return "";
        }
        String line =
                some.stream()
                        .map(play -> named(play.number(), play.name(), play.count()))
                        .collect(Collectors.joining(" | "));
        if (line.length() <= MOST_CHARACTERS_OF_A_BATCH) {
            return "plays: " + line;
        }
        int bar = line.lastIndexOf(" | ", MOST_CHARACTERS_OF_A_BATCH);
        int end = bar < 0 ? MOST_CHARACTERS_OF_A_BATCH : bar + 3;
        return "plays: " + line.substring(0, end) + "…";
    }

    /** What holds for all batches; after they were counted. */
    List<String> summary() {
        List<String> lines = new ArrayList<>();
        if (!totals.isEmpty()) {
            lines.add(
                    Counted.text(totals.size(), "play")
                            + " with a barrier before each but the first: no worker begins a play"
                            + " before all workers have ended the play before it");
            for (Total play : totals.values()) {
                if (lines.size() > MOST_PLAYS) {
                    lines.add("  … and " + (totals.size() - MOST_PLAYS) + " more");
                    break;
                }
                lines.add(
                        "  "
                                + named(play.number(), play.name(), play.hosts())
                                + " in "
                                + (play.batches() == 1 ? "1 batch" : play.batches() + " batches"));
            }
        }
        return lines;
    }

    private static String named(int number, String name, int hosts) {
        // only the runner knows the hosts of a play that seems to have none
        String known = hosts == 0 ? "" : " " + Counted.text(hosts, "host");
        return number + " " + Quoted.of(name) + known;
    }

    /** Writes the plays of the next batch as a field of an object that is begun. */
    void write(JsonGenerator json, Batch batch) throws IOException {
        if (plays.isNone()) {
            return;
        }
        json.writeArrayFieldStart("plays");
        for (BatchPlay play : counted(batch)) {
            json.writeStartObject();
            json.writeNumberField("number", play.number());
            json.writeStringField("name", play.name());
            json.writeNumberField("hosts", play.count());
            json.writeStringField("places", play.hosts());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** Writes what holds for all batches likewise; after they were counted. */
    void write(JsonGenerator json) throws IOException {
        if (plays.isNone()) {
            return;
        }
        json.writeArrayFieldStart("plays");
        for (Total play : totals.values()) {
            json.writeStartObject();
            json.writeNumberField("number", play.number());
            json.writeStringField("name", play.name());
            json.writeNumberField("hosts", play.hosts());
            json.writeNumberField("batches", play.batches());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
