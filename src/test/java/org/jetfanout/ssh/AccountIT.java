package org.jetfanout.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.TestUser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever account the tests find, they get the one that they need, or say what is wrong. */
class AccountIT {
    private static final String NAME = "jetfan-found";
    private static final String ROOT = "only root makes accounts; others log in as themselves";

    /** Before each test, too: the tests may have been killed in the middle of one. */
    @BeforeEach
    @AfterEach
    void remove() {
        if (!TestUser.isOther()) {
            return;
        }
        // by force: with the uid of root it counts as logged in, and without it stays
        Programs.run(Map.of(), "userdel", "--force", "--remove", NAME);
        Programs.run(Map.of(), "groupdel", NAME);
        assertThat(Programs.run(Map.of(), "getent", "passwd", NAME).output())
                .as("an account of the tests must not stay on the machine")
                .isEmpty();
    }

    @Test
    void neverRoot() {
        assertThat(Programs.ok(TestUser.command("id", "-u")).strip()).isNotEqualTo("0");
        assertThat(Programs.ok(TestUser.command("id", "-un")).strip()).isEqualTo(TestUser.name());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "true",
                "useradd -m -s /bin/sh " + NAME,
                "useradd -M -s /usr/sbin/nologin " + NAME,
                "useradd -m " + NAME + " && usermod -L " + NAME,
                "useradd -m " + NAME + " && rm -r /home/" + NAME,
                "useradd -m -e 2001-01-01 " + NAME,
            })
    @EnabledIfSystemProperty(named = "user.name", matches = "root", disabledReason = ROOT)
    void anAccountThatIsThere(String found) {
        Programs.ok("sh", "-c", found);
        TestUser.ready(NAME);
        String[] passwd = Programs.ok("getent", "passwd", NAME).strip().split(":", -1);
        assertThat(passwd[6]).isEqualTo("/bin/bash");
        String[] shadow = Programs.ok("getent", "shadow", NAME).strip().split(":", -1);
        assertThat(shadow[1]).isEqualTo("*");
        assertThat(shadow[7]).isIn("", "-1");
        assertThat(Files.isDirectory(Path.of(passwd[5]))).isTrue();
        assertThat(Programs.ok("stat", "-c", "%U", passwd[5]).strip()).isEqualTo(NAME);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "useradd -m -g nogroup " + NAME,
                "useradd -m -o -u 0 " + NAME,
            })
    @EnabledIfSystemProperty(named = "user.name", matches = "root", disabledReason = ROOT)
    void anAccountThatWillNotDo(String found) {
        Programs.ok("sh", "-c", found);
        assertThatThrownBy(() -> TestUser.ready(NAME))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Remove it with \"userdel " + NAME + "\"");
    }
}
