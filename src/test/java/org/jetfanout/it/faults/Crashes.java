package org.jetfanout.it.faults;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Site;

/**
 * The crash harness: kills the control process (SIGKILL) in the middle of runs, takes them up with
 * {@code resume}, and compares what came of them with what the workers have. The runner on the
 * workers says numbered lines and writes down each start of it.
 */
final class Crashes {
    private static final int LINES = 1200;
    private static final int BLOB_BYTES = 16 << 20;
    private static final int LONGEST_WAIT_MILLIS = 60_000;

    /** The moment at which a run is killed. */
    enum Phase {
        /** Anywhere between start and end. */
        ANY,
        /** Before all batches are packed. */
        PLANNING,
        /** Packed; queued, or about to be. */
        QUEUEING,
        /** The first worker is being connected to. */
        CONNECTING,
        /** The first worker has begun to unpack a large bundle. */
        UPLOAD,
        /** Output is arriving. */
        RUNNING,
        /** The first job has ended on its worker. */
        ENDING,
        /** The first result is stored, others are not. */
        STORING,
        /** The last result is stored, the summary is being written. */
        SUMMARY
    }

    /**
     * What came of one killed run.
     *
     * @param how in a word: what resume found
     * @param wrong what must not be; empty if all is well
     */
    record Finding(Phase phase, int number, String how, List<String> wrong) {}

    private final Fleet fleet;
    private final Path folder;
    private final Random random;
    private final PrintStream out;
    private final Counting counting;
    private final byte[] blob = new byte[BLOB_BYTES];

    // Mutable state
    private int typicalMillis = 6000;

    Crashes(Fleet fleet, Path folder, long seed, PrintStream out) throws IOException {
        this.fleet = fleet;
        this.folder = folder;
        this.random = new Random(seed);
        this.out = out;
        this.counting = new Counting(fleet, LINES);
        random.nextBytes(blob);
    }

    /** By hand: number of kills, seed. Exit code 1 if anything is wrong. */
    public static void main(String[] words) throws IOException {
        Path folder = Files.createTempDirectory("crashes");
        boolean well;
        try (Fleet fleet = Fleet.start(58, 3)) {
            well =
                    new Crashes(fleet, folder, Long.parseLong(words[1]), System.out)
                            .kill(Integer.parseInt(words[0])).stream()
                                    .allMatch(finding -> finding.wrong().isEmpty());
        }
        System.exit(well ? 0 : 1);
    }

    /** Kills so many runs, each phase in turn, and says of each what came of it. */
    List<Finding> kill(int times) throws IOException {
        long before = System.nanoTime();
        Program.Ended whole = site("whole", Phase.ANY).run();
        typicalMillis = (int) ((System.nanoTime() - before) / 1_000_000);
        out.printf("a run takes %d ms, exit code %d%n", typicalMillis, whole.exit());
        if (whole.exit() != 0) {
            throw new AssertionError("without a crash: " + whole);
        }
        List<Finding> findings = new ArrayList<>();
        for (int n = 0; n < times; n++) {
            Finding finding = kill(Phase.values()[n % Phase.values().length], n);
            findings.add(finding);
            out.printf(
                    "%3d %-10s %s %s%n",
                    n,
                    finding.phase(),
                    finding.how(),
                    finding.wrong().isEmpty() ? "ok" : "WRONG " + finding.wrong());
        }
        table(findings);
        return findings;
    }

    private Site site(String name, Phase phase) throws IOException {
        Site site = new Site(fleet, Files.createDirectory(folder.resolve(name)));
        site.setting("jetp", counting.runner().toString());
        if (phase == Phase.UPLOAD) {
            Files.createDirectories(site.file("modules"));
            Files.write(site.file("modules/blob"), blob);
        }
        return site;
    }

    private Finding kill(Phase phase, int number) throws IOException {
        Site site = site("run" + number, phase);
        Program program =
                phase == Phase.UPLOAD
                        ? site.start("--modules", site.file("modules").toString())
                        : site.start();
        Path runs = site.file("home/state/jet-fanout/runs");
        await(program, phase, runs);
        program.handle().destroyForcibly();
        Program.Ended killed = program.end();
        List<String> how = new ArrayList<>();
        if (killed.exit() != 137) {
            how.add("had ended");
        }
        List<String> guids = Counting.list(runs);
        if (guids.isEmpty()) {
            return new Finding(phase, number, "no record yet", nothingSent(""));
        }
        String guid = guids.get(0);
        Path record = runs.resolve(guid);
        how.add(
                Files.exists(record.resolve("summary.json"))
                        ? "ended"
                        : Files.exists(record.resolve("bundles/packed")) ? "resumed" : "anew");
        boolean asked = Files.exists(record.resolve("request.json"));
        if (asked && random.nextInt(4) == 0) {
            how.add("killed again");
            Program again = site.startCommand("resume", guid);
            pause(random.nextInt(typicalMillis));
            again.handle().destroyForcibly();
            again.end();
        }
        Program.Ended resumed = site.command("resume", guid);
        if (!asked) {
            List<String> wrong = nothingSent(guid);
            if (resumed.exit() != 78) {
                wrong.add("resume without a request: " + resumed);
            }
            return new Finding(phase, number, "no request yet", wrong);
        }
        return new Finding(phase, number, String.join(", ", how), wrong(record, resumed));
    }

    /** What is wrong with a run that was taken up. */
    private List<String> wrong(Path record, Program.Ended resumed) throws IOException {
        List<String> wrong = new ArrayList<>();
        if (resumed.exit() != 0) {
            wrong.add("resume: " + resumed);
        }
        wrong.addAll(counting.wrong(record, fleet.workers()));
        String summary = String.join("", Counting.linesOf(record.resolve("summary.json")));
        if (!summary.contains("\"exitCode\":0,\"totals\":{\"hosts\":12,\"ok\":0,\"changed\":12,")) {
            wrong.add("summary " + summary);
        }
        return wrong;
    }

    private List<String> nothingSent(String guid) throws IOException {
        List<String> wrong = new ArrayList<>();
        for (int n = 1; n <= fleet.workers(); n++) {
            if (!guid.isEmpty() && Files.exists(fleet.job(n, guid, "x").getParent())) {
                wrong.add("worker " + n + " has a job");
            }
        }
        return wrong;
    }

    /** Returns when it is time to kill. */
    private void await(Program program, Phase phase, Path runs) throws IOException {
        if (phase == Phase.ANY) {
            awaitOrEnd(program, () -> false, random.nextInt(typicalMillis));
            return;
        }
        awaitOrEnd(program, () -> !Counting.list(runs).isEmpty(), LONGEST_WAIT_MILLIS);
        if (Counting.list(runs).isEmpty()) {
            return;
        }
        String guid = Counting.list(runs).get(0);
        Path record = runs.resolve(guid);
        BooleanSupplier there =
                switch (phase) {
                    case ANY -> () -> true;
                    case PLANNING -> () -> Files.exists(record.resolve("request.json"));
                    case QUEUEING -> () -> Files.exists(record.resolve("bundles/packed"));
                    case CONNECTING -> () -> size(record.resolve("states.ndjson")) > 0;
                    case UPLOAD -> () -> anyJob(guid, Crashes::unpacks);
                    case RUNNING -> () -> outputBytes(record) > 0;
                    case ENDING -> () -> anyJob(guid, Crashes::hasEnded);
                    case STORING ->
                            () -> Counting.linesOf(record.resolve("batches.ndjson")).size() >= 1;
                    case SUMMARY ->
                            () ->
                                    Counting.linesOf(record.resolve("batches.ndjson")).size()
                                            >= fleet.workers();
                };
        awaitOrEnd(program, there, LONGEST_WAIT_MILLIS);
        int more =
                switch (phase) {
                    case PLANNING -> 600;
                    case QUEUEING, CONNECTING -> 300;
                    case RUNNING -> 1500;
                    case UPLOAD, ENDING, STORING -> 100;
                    default -> 30;
                };
        // at once every other time
        awaitOrEnd(program, () -> false, random.nextBoolean() ? 0 : random.nextInt(more));
    }

    private static void awaitOrEnd(Program program, BooleanSupplier there, int millis) {
        long end = System.nanoTime() + millis * 1_000_000L;
        while (!there.getAsBoolean() && program.handle().isAlive() && System.nanoTime() < end) {
            pause(1);
        }
    }

    private boolean anyJob(String guid, Predicate<Path> is) {
        for (int n = 1; n <= fleet.workers(); n++) {
            Path run = fleet.job(n, guid, "x").getParent();
            for (String batch : Counting.list(run)) {
                if (is.test(run.resolve(batch))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean unpacks(Path job) {
        return Counting.list(job).stream().anyMatch(name -> name.startsWith("bundle."));
    }

    private static boolean hasEnded(Path job) {
        return Counting.linesOf(job.resolve("exit")).stream()
                .anyMatch(line -> line.endsWith(" end"));
    }

    private static long outputBytes(Path record) {
        return Counting.list(record.resolve("output")).stream()
                .mapToLong(name -> size(record.resolve("output").resolve(name)))
                .sum();
    }

    private void table(List<Finding> findings) {
        Map<Phase, Map<String, Integer>> counts = new EnumMap<>(Phase.class);
        for (Finding finding : findings) {
            Map<String, Integer> of =
                    counts.computeIfAbsent(finding.phase(), phase -> new TreeMap<>());
            of.merge(finding.how(), 1, Integer::sum);
            of.merge(finding.wrong().isEmpty() ? "~ok" : "~WRONG", 1, Integer::sum);
        }
        out.println("phase      what came of it");
        counts.forEach((phase, of) -> out.printf("%-10s %s%n", phase, of));
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static long size(Path file) {
        return file.toFile().length();
    }
}
