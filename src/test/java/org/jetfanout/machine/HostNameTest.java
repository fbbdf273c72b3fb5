package org.jetfanout.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HostNameTest {
    @Test
    void theFirstThatSaysSomething() {
        assertThat(HostName.of("control\n", "other")).isEqualTo("control");
        assertThat(HostName.of(null, "other")).isEqualTo("other");
        assertThat(HostName.of("  ", null)).isEqualTo("unnamed");
    }

    @Test
    void aShortWord() {
        assertThat(HostName.of("a.example.org")).isEqualTo("a");
        assertThat(HostName.of("bürö_1")).isEqualTo("b-r--1");
        assertThat(HostName.of("--x")).isEqualTo("x");
        assertThat(HostName.of("x".repeat(200))).hasSize(60);
    }
}
