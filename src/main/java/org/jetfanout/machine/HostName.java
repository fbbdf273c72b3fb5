package org.jetfanout.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How this machine calls itself. No name service is asked. */
public final class HostName {
    private static final String NONE = "unnamed";

    private HostName() {}

    /** The name, of letters, digits, dots and hyphens, without the domain. */
    public static String get() {
        return of(kernel(), System.getenv("HOSTNAME"));
    }

    /**
     * @param names null where unknown; the first that has something to say counts
     */
    static String of(String... names) {
        for (String name : names) {
            String word =
                    (name == null ? "" : name.strip())
                            .replaceFirst("\\..*", "")
                            .replaceAll("[^A-Za-z0-9-]", "-")
                            .replaceFirst("^-+", "");
            if (!word.isEmpty()) {
                return word.substring(0, Math.min(word.length(), 60));
            }
        }
        return NONE;
    }

    private static String kernel() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname"));
        } catch (IOException e) {
            return null; // no Linux
        }
    }
}
