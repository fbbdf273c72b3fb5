package org.jetfanout.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

/** When files and folders were changed last, to notice later changes. Immutable. */
public final class FileTimes {
    private static final String MISSING = "";

    private final Map<Path, String> times;

    private FileTimes(Map<Path, String> times) {
        this.times = times;
    }

    /** Looks at them now. They need not exist. Look before they are read. */
    public static FileTimes of(Collection<Path> paths) {
        return new FileTimes(
                paths.stream().distinct().collect(Collectors.toMap(path -> path, FileTimes::time)));
    }

    /** Whether they are as they were. */
    public boolean areStill() {
        return times.entrySet().stream()
                .allMatch(entry -> entry.getValue().equals(time(entry.getKey())));
    }

    private static String time(Path path) {
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            // a file that was put in its place may have the same time
            return now.lastModifiedTime() + " " + now.size() + " " + now.fileKey();
        } catch (IOException e) {
            return MISSING;
        }
    }
}
