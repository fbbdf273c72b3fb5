package org.jetfanout.status;

import java.nio.file.Files;
import java.nio.file.Path;
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
        Path base = Home.folder(environment, "XDG_STATE_HOME", ".local/state");
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
        List<String> found = matching(name);
        if (found.isEmpty()) {
            throw new ConfigurationException(
                    guids().isEmpty()
                            ? "no runs in " + folder
                            : "no run '"
                                    + name
                                    + "' in "
                                    + folder
                                    + "; `jet-fanout runs` lists them");
        }
        if (found.size() > 1) {
            throw ambiguous(name, found);
        }
        return RunRecord.at(folder.resolve(found.get(0)));
    }

    /** The error for a name that fits several runs. */
    public static ConfigurationException ambiguous(String name, List<String> guids) {
        return new ConfigurationException(
                "'%s' matches %d runs (%s%s): give more characters of the GUID"
                        .formatted(
                                name,
                                guids.size(),
                                String.join(", ", guids.subList(0, Math.min(3, guids.size()))),
                                guids.size() > 3 ? ", …" : ""));
    }

    /**
     * The GUIDs of the runs that a name may mean, newest first.
     *
     * @param name a GUID, the beginning of one, or {@code last}
     */
    public List<String> matching(String name) {
        if (FileNames.isSafe(name) && Files.isDirectory(folder.resolve(name))) {
            return List.of(name);
        }
        List<String> guids = guids();
        if (name.equals("last")) {
            return guids.isEmpty() ? guids : guids.subList(0, 1);
        }
        return name.isEmpty()
                ? List.of()
                : guids.stream().filter(guid -> guid.startsWith(name)).toList();
    }

    /** The GUIDs of all runs, newest first. */
    public List<String> guids() {
        return new RunIndex(folder)
                .created().entrySet().stream()
                        .sorted(
                                (one, other) ->
                                        RunIndex.newestFirst(
                                                one.getValue(),
                                                one.getKey(),
                                                other.getValue(),
                                                other.getKey()))
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
