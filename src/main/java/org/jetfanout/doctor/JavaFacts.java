package org.jetfanout.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The Java of this process. Immutable.
 *
 * @param version as Java says it
 * @param vendor who has built it
 * @param home its folder
 * @param heap the most bytes that it takes for objects
 * @param available bytes of memory that the machine has left; empty where that is unknown
 */
record JavaFacts(String version, String vendor, Path home, long heap, OptionalLong available) {
    private static final Pattern AVAILABLE = Pattern.compile("(?m)^MemAvailable: +(\\d+) kB$");

    static JavaFacts ofThisProcess() {
        return new JavaFacts(
                Runtime.version().toString(),
                System.getProperty("java.vendor", ""),
                Path.of(System.getProperty("java.home", "")),
                Runtime.getRuntime().maxMemory(),
                free());
    }

    private static OptionalLong free() {
        try {
            Matcher line = AVAILABLE.matcher(Files.readString(Path.of("/proc/meminfo")));
            return line.find()
                    ? OptionalLong.of(Long.parseLong(line.group(1)) * 1024)
                    : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
