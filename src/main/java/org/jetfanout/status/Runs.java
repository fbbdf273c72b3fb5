package org.jetfanout.status;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.Home;
import org.jetfanout.record.FileNames;
import org.jetfanout.record.RecordException;
import org.jetfanout.record.RunRecord;

/** The runs of this machine: the folder that holds their records. Immutable. */
public final class Runs {
    private final Path folder;

    /**
     * @param folder the folder with one record for each run; need not exist
     */
    public Runs(Path folder) {
        this.folder = folder;
    }

    /**
     * The runs of the user: in {@code jet-fanout/runs} under {@code $XDG_STATE_HOME}, else under
     * {@code ~/.local/state}.
     */
    public static Runs of(Map<String, String> environment) {
        String state = environment.getOrDefault("XDG_STATE_HOME", "");
        // the XDG specification says to ignore a relative path
        Path base =
                state.startsWith("/")
                        ? Path.of(state)
                        : Home.of(environment).path().resolve(".local/state");
        return new Runs(base.resolve("jet-fanout").resolve("runs"));
    }

    /** The folder with the records. */
    public Path folder() {
        return folder;
    }

    /**
     * Opens the record of a run for reading. Whoever writes to it calls {@link RunRecord#own}
     * first.
     *
     * @param name a GUID, the beginning of one, or {@code last}
     */
    public RunRecord open(String name) {
        if (FileNames.isSafe(name) && Files.isDirectory(folder.resolve(name))) {
            return RunRecord.at(folder.resolve(name));
        }
        List<String> guids = guids();
        if (guids.isEmpty()) {
            throw new ConfigurationException("no runs in " + folder);
        }
        List<String> found =
                name.equals("last")
                        ? guids.subList(0, 1)
                        : name.isEmpty()
                                ? List.of()
                                : guids.stream().filter(guid -> guid.startsWith(name)).toList();
        if (found.isEmpty()) {
            throw new ConfigurationException(
                    "no run '" + name + "' in " + folder + "; `jet-fanout runs` lists them");
        }
        if (found.size() > 1) {
            throw new ConfigurationException(
                    "'%s' matches %d runs (%s%s): give more characters of the GUID"
                            .formatted(
                                    name,
                                    found.size(),
                                    String.join(", ", found.subList(0, Math.min(3, found.size()))),
                                    found.size() > 3 ? ", …" : ""));
        }
        return RunRecord.at(folder.resolve(found.get(0)));
    }

    /** The GUIDs of all runs, newest first. */
    public List<String> guids() {
        return new RunIndex(folder)
                .created().entrySet().stream()
                        .sorted(
                                Map.Entry.<String, Instant>comparingByValue()
                                        .reversed()
                                        .thenComparing(Map.Entry.comparingByKey()))
                        .map(Map.Entry::getKey)
                        .toList();
    }

    /**
     * All runs, newest first.
     *
     * @param broken is told of each run that cannot be read; the others are listed all the same
     */
    public List<RunLine> list(BiConsumer<String, RecordException> broken) {
        return new RunIndex(folder).lines(broken);
    }
}
