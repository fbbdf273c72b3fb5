package org.jetfanout.site.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HostRangesTest {
    @Test
    void foldsNeighbours() {
        List<String> hosts =
                IntStream.rangeClosed(1, 400)
                        .mapToObj(i -> String.format("web%03d.example.com", i))
                        .toList();
        assertThat(HostRanges.fold(hosts)).isEqualTo("web[001-400].example.com");
    }

    @Test
    void keepsOrderAndWhatCannotBeFolded() {
        assertFold(
                "db1,web[1-3,5,7-8],alpha,beta,web1",
                "db1",
                "web1",
                "web2",
                "web3",
                "web5",
                "web7",
                "web8",
                "alpha",
                "beta",
                "web1");
        assertFold("");
        assertFold("a", "a");
        assertFold("a,a", "a", "a");
        assertFold("w[3,2,1]", "w3", "w2", "w1");
    }

    @Test
    void foldsTheNumberThatVaries() {
        assertFold("127.0.0.[11-13]", "127.0.0.11", "127.0.0.12", "127.0.0.13");
        assertFold("r1n[1-2],r2n[1-2]", "r1n1", "r1n2", "r2n1", "r2n2");
        assertFold("r[1-3]n7", "r1n7", "r2n7", "r3n7");
        assertFold("r1n1,r2n2", "r1n1", "r2n2");
    }

    @Test
    void keepsZeros() {
        assertFold("w[8-11]", "w8", "w9", "w10", "w11");
        assertFold("w[08-11]", "w08", "w09", "w10", "w11");
        assertFold("w9,w010", "w9", "w010");
        assertFold("w9,w09", "w9", "w09");
        assertFold("w1,w99999999999999999999999", "w1", "w99999999999999999999999");
    }

    @Test
    void shortensForErrors() {
        List<String> hosts = IntStream.rangeClosed(1, 1000).mapToObj(i -> "h" + i * 2).toList();
        assertThat(HostRanges.fold(hosts, 3)).isEqualTo("h[2,4,6] … and 997 more");
        assertThat(HostRanges.fold(List.of("a", "b", "c"), 2)).isEqualTo("a,b … and 1 more");
        assertThat(HostRanges.fold(List.of("a", "b"), 2)).isEqualTo("a,b");
        assertThat(HostRanges.fold(List.of("a1", "a2", "a3"), 1)).isEqualTo("a[1-3]");
    }

    @Test
    void showsControlCharacters() {
        assertFold("a\\u001b[2J", "a\u001b[2J");
    }

    private static void assertFold(String expected, String... hosts) {
        assertThat(HostRanges.fold(List.of(hosts))).isEqualTo(expected);
    }
}
