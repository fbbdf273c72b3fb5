package org.jetfanout.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import org.jetfanout.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SharedKeyTest {
    private static final byte[] CONTEXT = bytes("to one");
    private static final byte[] PLAIN = bytes("a host, a command, a variable");

    @TempDir private Path folder;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Path made(String name) {
        Path file = folder.resolve(name);
        SharedKey.make(file);
        return file;
    }

    private Path written(String text, String mode) throws IOException {
        Path file = Files.writeString(folder.resolve("written"), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static String line(int bytes) {
        return "jet-fanout-key-1 " + Base64.getEncoder().encodeToString(new byte[bytes]) + "\n";
    }

    @Test
    void whatOneSealsAnotherWithTheSameFileOpens() throws Exception {
        Path file = made("key");
        SharedKey one = SharedKey.read(file);
        SharedKey two = SharedKey.read(file);
        assertThat(two.open(one.seal(PLAIN, CONTEXT), CONTEXT)).isEqualTo(PLAIN);
        assertThat(one.open(one.seal(new byte[0], CONTEXT), CONTEXT)).isEmpty();
        assertThat(one.id()).isEqualTo(two.id()).matches("[0-9a-f]{8}");
    }

    @Test
    void sealedBytesShowNothingAndNeverRepeat() throws Exception {
        SharedKey key = SharedKey.read(made("key"));
        SharedKey again = SharedKey.read(folder.resolve("key"));
        Set<String> all = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            for (SharedKey sealing : Set.of(key, again)) {
                byte[] sealed = sealing.seal(PLAIN, CONTEXT);
                String text = new String(sealed, StandardCharsets.ISO_8859_1);
                assertThat(text).doesNotContain("host", "command", "variable");
                // beside the id of the key no two have a piece in common
                assertThat(all.add(text.substring(4, 28))).isTrue();
                assertThat(all.add(text.substring(28))).isTrue();
            }
        }
    }

    @Test
    void eachChangedBitIsNoticed() throws Exception {
        SharedKey key = SharedKey.read(made("key"));
        byte[] sealed = key.seal(PLAIN, CONTEXT);
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] changed = sealed.clone();
            changed[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThatThrownBy(() -> key.open(changed, CONTEXT))
                    .isInstanceOf(ForeignMessageException.class);
        }
        for (int length = 0; length < sealed.length; length++) {
            byte[] shorter = Arrays.copyOf(sealed, length);
            assertThatThrownBy(() -> key.open(shorter, CONTEXT))
                    .isInstanceOf(ForeignMessageException.class);
        }
        assertThatThrownBy(() -> key.open(Arrays.copyOf(sealed, sealed.length + 1), CONTEXT))
                .isInstanceOf(ForeignMessageException.class);
    }

    @Test
    void aMessageForAnotherPlaceIsNotOpened() throws Exception {
        SharedKey key = SharedKey.read(made("key"));
        byte[] sealed = key.seal(PLAIN, CONTEXT);
        assertThatThrownBy(() -> key.open(sealed, bytes("to two")))
                .isInstanceOf(ForeignMessageException.class)
                .hasMessage("a message that was changed, or moved from another place");
    }

    @Test
    void theMessageOfAnotherKeyIsToldByBothIds() throws Exception {
        SharedKey one = SharedKey.read(made("one"));
        SharedKey two = SharedKey.read(made("two"));
        assertThatThrownBy(() -> two.open(one.seal(PLAIN, CONTEXT), CONTEXT))
                .isInstanceOf(ForeignMessageException.class)
                .hasMessageContaining(one.id())
                .hasMessageContaining("this instance has " + two.id());
    }

    @Test
    void aKeyIsReplacedWhileInstancesHaveBoth() throws Exception {
        SharedKey old = SharedKey.read(made("old"));
        SharedKey next = SharedKey.read(made("next"));
        String oldLine = Files.readString(folder.resolve("old"));
        String nextLine = Files.readString(folder.resolve("next"));
        SharedKey first = SharedKey.read(written(oldLine + nextLine, "rw-------"));
        SharedKey second = SharedKey.read(written(nextLine + "\n" + oldLine, "rw-------"));
        assertThat(first.id()).isEqualTo(old.id());
        assertThat(second.id()).isEqualTo(next.id());
        assertThat(first.open(second.seal(PLAIN, CONTEXT), CONTEXT)).isEqualTo(PLAIN);
        assertThat(second.open(first.seal(PLAIN, CONTEXT), CONTEXT)).isEqualTo(PLAIN);
        assertThat(old.open(first.seal(PLAIN, CONTEXT), CONTEXT)).isEqualTo(PLAIN);
        assertThat(next.open(second.seal(PLAIN, CONTEXT), CONTEXT)).isEqualTo(PLAIN);
    }

    @Test
    void aNewFileIsPrivateAndAnOldOneIsKept() throws IOException {
        Path file = made("key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        String before = Files.readString(file);
        assertThatThrownBy(() -> SharedKey.make(file))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(file + ": exists; it is not replaced");
        assertThat(file).hasContent(before);
        assertThatThrownBy(() -> SharedKey.make(folder.resolve("no/key")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageEndingWith("cannot be written: its folder does not exist");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rwxrwxrwx", "r-------x"})
    void aFileThatOthersHaveAccessTo(String mode) throws IOException {
        Path file = written(line(32), mode);
        assertThatThrownBy(() -> SharedKey.read(file))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("other users have access to this key")
                .hasMessageContaining("chmod 600 " + file)
                .hasMessageNotContaining("AAAA");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "r--------"})
    void aFileOfItsOwnerAlone(String mode) throws IOException {
        assertThat(SharedKey.read(written(line(32), mode)).id()).hasSize(8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|: has no key",
                "'\n \n'|: has no key",
                "'\nAAAA'|:2: no key of jet-fanout",
                "'jet-fanout-key-2 AAAA'|:1: no key of jet-fanout",
                "'jet-fanout-key-1'|:1: no key of jet-fanout",
                "'jet-fanout-key-1 AAAA AAAA'|:1: no key of jet-fanout",
                "'jet-fanout-key-1 AAAA'|:1: the key has 3 bytes; it must have 32",
                "'jet-fanout-key-1 A?AA'|:1: the key is not Base64",
                "'\u00fc\u0000'|:1: no key of jet-fanout"
            })
    void aFileWithSomethingElse(String text, String said) throws IOException {
        Path file = written(text, "rw-------");
        assertThatThrownBy(() -> SharedKey.read(file))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(file + said)
                .hasMessageNotContaining("A?AA");
    }

    @Test
    void whatIsNoFile() throws IOException {
        assertThatThrownBy(() -> SharedKey.read(folder.resolve("none")))
                .hasMessage(folder.resolve("none") + ": there is no such key file");
        assertThatThrownBy(() -> SharedKey.read(folder)).hasMessage(folder + ": is not a file");
        Path tooLong = written(line(32).repeat(100), "rw-------");
        assertThatThrownBy(() -> SharedKey.read(tooLong)).hasMessageContaining("too long");
        Path tooMany = written(line(32).repeat(9), "rw-------");
        assertThatThrownBy(() -> SharedKey.read(tooMany))
                .hasMessage(tooMany + ": has more than 8 keys");
    }
}
