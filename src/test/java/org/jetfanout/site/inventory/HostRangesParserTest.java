package org.jetfanout.site.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jetfanout.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists of hosts as people write them, and as we print them. */
class HostRangesParserTest {
    private static List<String> names(String text) {
        return HostRangesParser.names(text, "-w");
    }

    private static void refused(String text, String message) {
        assertThatThrownBy(() -> names(text))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("-w: ")
                .hasMessageContaining(message);
    }

    @Test
    void rangesAndNames() {
        assertThat(names("web[1-3,7],db1")).containsExactly("web1", "web2", "web3", "web7", "db1");
        assertThat(names("w[08-11].example.com"))
                .containsExactly(
                        "w08.example.com", "w09.example.com", "w10.example.com", "w11.example.com");
        assertThat(names("w[99-101]")).containsExactly("w99", "w100", "w101");
        assertThat(names("r[1-2]n[01-02]")).containsExactly("r1n01", "r1n02", "r2n01", "r2n02");
        assertThat(names(" a , b,a")).containsExactly("a", "b");
        assertThat(names("fe80::1,[1-2]")).containsExactly("fe80::1", "1", "2");
    }

    @Test
    void whatIsPrintedFoldedIsReadBack() {
        Random random = new Random(11);
        for (int round = 0; round < 300; round++) {
            List<String> hosts = new ArrayList<>();
            int count = 1 + random.nextInt(40);
            for (int i = 0; i < count; i++) {
                String number =
                        random.nextBoolean()
                                ? String.valueOf(random.nextInt(30))
                                : "%03d".formatted(random.nextInt(30));
                hosts.add(
                        switch (random.nextInt(4)) {
                            case 0 -> "web" + number;
                            case 1 -> "r" + random.nextInt(3) + "n" + number + ".x-1.org";
                            case 2 -> "10.0." + random.nextInt(2) + "." + random.nextInt(20);
                            default -> "db" + (char) ('a' + random.nextInt(5));
                        });
            }
            if (random.nextBoolean()) {
                hosts.sort(new HostOrder());
            }
            List<String> once = List.copyOf(new java.util.LinkedHashSet<>(hosts));
            assertThat(names(HostRanges.fold(once))).isEqualTo(once);
        }
    }

    @Test
    void namesThatCannotBeFoldedAreReadFast() {
        Random random = new Random(560);
        List<String> hosts =
                IntStream.range(0, 1177)
                        .mapToObj(i -> "h" + Long.toString(random.nextLong() >>> 1, 36) + "-" + i)
                        .toList();
        String text = HostRanges.fold(hosts);
        long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        assertThat(names(text)).isEqualTo(hosts);
        long took = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begin;
        assertThat(Duration.ofNanos(took)).isLessThan(Duration.ofSeconds(4));
    }

    @Test
    void mistakesAreNamed() {
        refused("", "empty name");
        refused("a,,b", "empty name");
        refused("web[1-3", "not closed");
        refused("web]", "without '['");
        refused("web[[1]]", "within brackets");
        refused("web[3-1]", "counts down");
        refused("web[a-b]", "no number");
        refused("web[1-]", "no number");
        refused("web[]", "no number");
        refused("web[1-010]", "zeros");
        refused("web[0-9999999999]", "more than 1000000 hosts");
        refused("a[1-2000]b[1-2000]", "more than 1000000 hosts");
        refused("web[1-999999999999999999999]", "no number");
        refused("-oProxyCommand=x", "starts with '-'");
        refused("a b", "not allowed");
        refused("a,b … and 1 more", "shortened");
    }

    @Test
    void aFileHasALineAHostCommentsAndTheLineOfAMistake(@TempDir Path folder) throws Exception {
        Path file =
                Files.writeString(
                        folder.resolve("hosts"), "# ours\r\nweb1\r\n\n web[2-3] # two\nweb1");
        assertThat(HostListFile.names(file)).containsExactly("web1", "web2", "web3");
        Files.writeString(file, "web1\nweb2 web3\n");
        assertThatThrownBy(() -> HostListFile.names(file)).hasMessageContaining(file + ":2: ");
        Files.writeString(file, "# nothing\n");
        assertThatThrownBy(() -> HostListFile.names(file)).hasMessageContaining("lists no hosts");
        Files.write(file, new byte[] {'a', (byte) 0xff});
        assertThatThrownBy(() -> HostListFile.names(file)).hasMessageContaining("not UTF-8");
        assertThatThrownBy(() -> HostListFile.names(folder.resolve("none")))
                .hasMessageContaining("no such file");
    }

    @Test
    void numbersInNamesCountAsNumbers() {
        TreeSet<String> sorted = new TreeSet<>(new HostOrder());
        sorted.addAll(List.of("w10", "w9", "w09", "v1", "w9a", "w", "w100000000000000000000000"));
        assertThat(sorted)
                .containsExactly("v1", "w", "w9", "w9a", "w09", "w10", "w100000000000000000000000");
    }
}
