package org.jetfanout.it.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jetfanout.testkit.Fleet;

/**
 * A runner for a fleet that says numbered lines and events and writes down each start of it; and
 * what must hold of a run with it, however often its processes and connections broke.
 */
final class Counting {
    private static final int LINES_A_STEP = 100;

    private final Fleet fleet;
    private final int lines;
    private final Path runner;

    /**
     * @param lines how many lines it says, a hundred each tenth of a second
     */
    Counting(Fleet fleet, int lines) throws IOException {
        this(fleet, lines, 0);
    }

    /** One that stops in the middle until it is {@link #letGo}, so that nothing is too late. */
    static Counting held(Fleet fleet, int lines) throws IOException {
        return new Counting(fleet, lines, lines / 2);
    }

    private Counting(Fleet fleet, int lines, int hold) throws IOException {
        this.fleet = fleet;
        this.lines = lines;
        this.runner =
                fleet.program(
                        "counting-jetp-" + lines + "-" + hold,
                        """
                        #!/bin/sh
                        echo "$JET_FANOUT_GUID $JET_FANOUT_BATCH" >>"$HOME/starts"
                        exec 3>>"$JET_LOG"
                        i=0
                        while [ $i -lt %d ]; do
                        	i=$((i + 1))
                        	echo "line $i of $JET_FANOUT_BATCH"
                        	echo "{\\"event\\":\\"NOTE\\",\\"n\\":$i}" >&3
                        	[ $((i %% %d)) != 0 ] || sleep 0.1
                        	[ $i != %d ] || until [ -e "$HOME/go.$JET_FANOUT_GUID" ]; do sleep 0.1; done
                        done
                        STAND_IN=quick exec %s "$@"
                        """
                                .formatted(lines, LINES_A_STEP, hold, fleet.jetp()));
    }

    /** Lets the runners of a run go on that are held, now or later. */
    void letGo(String guid) throws IOException {
        for (int n = 1; n <= fleet.workers(); n++) {
            Files.createFile(fleet.home(n).resolve("go." + guid));
        }
    }

    /** Its path on the workers. */
    Path runner() {
        return runner;
    }

    /** Which batches of a run were started, and on how many workers how often. */
    Map<String, List<Integer>> starts(String guid) {
        Map<String, List<Integer>> starts = new TreeMap<>();
        for (int n = 1; n <= fleet.workers(); n++) {
            for (String start : linesOf(fleet.home(n).resolve("starts"))) {
                if (start.startsWith(guid + " ")) {
                    starts.computeIfAbsent(
                                    start.substring(guid.length() + 1), id -> new ArrayList<>())
                            .add(n);
                }
            }
        }
        return starts;
    }

    /**
     * What is wrong with a run that has ended: each batch was started once, and each line and event
     * of it arrived once and in order, byte for byte as the worker has it.
     *
     * @param record the run's folder
     * @param batches how many there are
     */
    List<String> wrong(Path record, int batches) throws IOException {
        String guid = record.getFileName().toString();
        List<String> wrong = new ArrayList<>();
        Map<String, List<Integer>> starts = starts(guid);
        if (starts.size() != batches || starts.values().stream().anyMatch(on -> on.size() != 1)) {
            wrong.add("starts (batch=workers) " + starts);
        }
        for (Map.Entry<String, List<Integer>> start : starts.entrySet()) {
            compare(
                    record,
                    fleet.job(start.getValue().get(0), guid, start.getKey()),
                    start.getKey(),
                    wrong);
        }
        for (String left : List.of("bundles", "queue")) {
            if (Files.exists(record.resolve(left))) {
                wrong.add(left + " is left");
            }
        }
        return wrong;
    }

    private void compare(Path record, Path job, String batch, List<String> wrong)
            throws IOException {
        Path output = record.resolve("output").resolve(batch + ".log");
        same(output, job.resolve("output.log"), wrong);
        Path events = record.resolve("output").resolve(batch + ".events.ndjson");
        same(events, job.resolve("events.log"), wrong);
        List<String> numbered =
                linesOf(output).stream().filter(line -> line.startsWith("line ")).toList();
        for (int n = 1; n <= lines; n++) {
            if (numbered.size() != lines
                    || !numbered.get(n - 1).equals("line " + n + " of " + batch)) {
                wrong.add("batch " + batch + ": numbered lines part at " + n);
                break;
            }
        }
        for (String left : list(job)) {
            if (left.startsWith("bundle.")) {
                wrong.add("the worker still has " + job.resolve(left));
            }
        }
    }

    private static void same(Path ours, Path theirs, List<String> wrong) throws IOException {
        if (!Files.exists(ours) || !Files.exists(theirs)) {
            wrong.add("missing: " + (Files.exists(ours) ? theirs : ours));
        } else if (Files.mismatch(ours, theirs) >= 0) {
            wrong.add(
                    "%s (%d) and %s (%d) part at byte %d"
                            .formatted(
                                    ours,
                                    Files.size(ours),
                                    theirs,
                                    Files.size(theirs),
                                    Files.mismatch(ours, theirs)));
        }
    }

    /** Names in a folder; none where there is no folder. */
    static List<String> list(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Lines of a file; none where there is no file. */
    static List<String> linesOf(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
