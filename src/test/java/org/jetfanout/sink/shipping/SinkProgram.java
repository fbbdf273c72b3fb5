package org.jetfanout.sink.shipping;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jetfanout.sink.SinkStoppedException;
import org.jetfanout.testkit.stores.SampleRecords;
import org.jetfanout.testkit.stores.SinkBed;

/**
 * A shipper in a process of its own, to be limited or killed: delivers so many lines of one stream
 * by one sink, frame by frame, and writes down how far it has come after each.
 */
public final class SinkProgram {
    private static final int FRAME = 250;

    private SinkProgram() {}

    /**
     * The command that starts it.
     *
     * @param guid of the run
     * @param lines how many it delivers in all
     * @param position file with the number of the next line; where there is none it begins at 0
     */
    public static List<String> command(
            String sink, String guid, int lines, Path position, Map<String, String> settings) {
        List<String> words = new ArrayList<>();
        words.add(ProcessHandle.current().info().command().orElseThrow());
        words.addAll(List.of("-Xmx128m", "-XX:-UsePerfData", "-XX:TieredStopAtLevel=1"));
        words.addAll(List.of("-cp", System.getProperty("java.class.path")));
        words.addAll(List.of(SinkProgram.class.getName(), sink, guid, Integer.toString(lines)));
        words.add(position.toString());
        settings.forEach((key, value) -> words.add(key + "=" + value));
        return words;
    }

    /** The same as a line for a shell. */
    public static String line(String sink, int lines, Path position, Map<String, String> settings) {
        return "'" + String.join("' '", command(sink, "the-guid", lines, position, settings)) + "'";
    }

    public static void main(String[] words) throws Exception {
        Map<String, String> settings = new HashMap<>();
        for (int n = 4; n < words.length; n++) {
            String[] pair = words[n].split("=", 2);
            settings.put(pair[0], pair[1]);
        }
        ship(words[0], words[1], Integer.parseInt(words[2]), Path.of(words[3]), settings);
    }

    private static void ship(
            String name, String guid, int lines, Path position, Map<String, String> settings)
            throws Exception {
        int next = Files.exists(position) ? Integer.parseInt(Files.readString(position)) : 0;
        try (SinkBed sink = new SinkBed(name, settings)) {
            while (next < lines) {
                try {
                    int count = Math.min(FRAME, lines - next);
                    sink.deliver(SampleRecords.lines(guid, next, count));
                    next += count;
                    store(position, next);
                } catch (SinkStoppedException e) {
                    System.err.println(e.getMessage());
                    return;
                } catch (IOException e) {
                    System.err.println("again: " + e.getMessage());
                    liftLimit();
                }
            }
        }
        System.err.println("delivered");
    }

    private static void store(Path position, int next) throws IOException {
        Path beside = new File(position + ".next").toPath();
        Files.writeString(beside, Integer.toString(next));
        Files.move(beside, position, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The disk has room again. */
    private static void liftLimit() throws IOException, InterruptedException {
        String pid = Long.toString(ProcessHandle.current().pid());
        new ProcessBuilder("prlimit", "--fsize=unlimited", "--pid", pid).start().waitFor();
    }
}
