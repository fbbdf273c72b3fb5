package org.jetfanout.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Classes of tests run side by side: each has addresses of its own. */
class SubnetsTest {
    /** A fleet has the subnet behind its own, too. */
    private static final Pattern FLEET = Pattern.compile("Fleet\\.start\\(\\s*(\\d+),");

    private static final Pattern FARM = Pattern.compile("Farm\\.start\\(\\w+, (\\d+),");

    /** 127.0.0 is for servers of which each finds a port of its own. */
    private static final Pattern ADDRESS = Pattern.compile("\"127\\.0\\.(?!0\\.)(\\d+)\\.");

    @Test
    void noTwoClassesHaveTheSame() throws IOException {
        Map<Integer, Set<String>> classes = new TreeMap<>();
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                String text = Files.readString(file);
                String name = file.getFileName().toString();
                add(FLEET.matcher(text), 2, name, classes);
                add(FARM.matcher(text), 1, name, classes);
                add(ADDRESS.matcher(text), 1, name, classes);
            }
        }
        assertThat(classes).hasSizeGreaterThan(100);
        classes.values().removeIf(names -> names.size() == 1);
        assertThat(classes).isEmpty();
    }

    private static void add(
            Matcher found, int subnets, String name, Map<Integer, Set<String>> classes) {
        while (found.find()) {
            int first = Integer.parseInt(found.group(1));
            for (int subnet = first; subnet < first + subnets; subnet++) {
                classes.computeIfAbsent(subnet, key -> new TreeSet<>()).add(name);
            }
        }
    }
}
