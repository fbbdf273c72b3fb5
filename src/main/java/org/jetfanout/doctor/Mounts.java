package org.jetfanout.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The file systems that are mounted, as Linux lists them. Empty elsewhere. Immutable. */
final class Mounts {
    private static final int FIELDS = 4;

    private final List<Mount> mounts;

    private Mounts(List<Mount> mounts) {
        this.mounts = List.copyOf(mounts);
    }

    /**
     * A mounted file system.
     *
     * @param type such as ext4 or nfs4
     */
    record Mount(Path point, String type, Set<String> options) {}

    static Mounts ofThisProcess() {
        return of(Path.of("/proc/self/mounts"));
    }

    /** The file systems of a list in the form of fstab(5). */
    static Mounts of(Path list) {
        List<Mount> mounts = new ArrayList<>();
        try {
            // Latin-1 accepts any bytes
            for (String line : Files.readAllLines(list, StandardCharsets.ISO_8859_1)) {
                String[] fields = line.split(" ", -1);
                if (fields.length >= FIELDS) {
                    mounts.add(
                            new Mount(
                                    Path.of(unescaped(fields[1])),
                                    fields[2],
                                    Set.of(fields[3].split(",", -1))));
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            // no Linux, or a line that nobody understands
        }
        return new Mounts(mounts);
    }

    private static String unescaped(String point) {
        return point.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\");
    }

    /** The file system that a path is on; of several at one point, the last one counts. */
    Optional<Mount> of(String path) {
        Path absolute = Path.of(path);
        Mount found = null;
        for (Mount mount : mounts) {
            boolean deeper =
                    found == null || mount.point().getNameCount() >= found.point().getNameCount();
            if (absolute.startsWith(mount.point()) && deeper) {
                found = mount;
            }
        }
        return Optional.ofNullable(found);
    }
}
