package org.jetfanout.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jetfanout.ConfigurationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file with the tokens keeps no token, has one writer, and is closed where it is broken. */
class TokenStoreTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");

    @TempDir private Path folder;
    private TokenStore store;

    @BeforeEach
    void begin() {
        store = new TokenStore(folder.resolve("tokens.json"));
    }

    private String add(String name) {
        return store.add(name, Set.of(Scope.RUN), Optional.empty(), NOW, Optional.empty());
    }

    @Test
    void aTokenIsFoundByItsTextAndOnlyItsHashIsKept() throws IOException {
        String text =
                store.add(
                        "ci",
                        Set.of(Scope.READ, Scope.RUN),
                        Optional.of(Set.of("deploy")),
                        NOW,
                        Optional.of(NOW.plus(Duration.ofDays(1))));
        assertThat(text).matches("jft_[A-Za-z0-9_-]{43}");
        String file = Files.readString(store.file());
        assertThat(file).doesNotContain(text).doesNotContain(text.substring(4, 20));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(store.file())))
                .isEqualTo("rw-------");
        AccessToken found = store.find(text, NOW).orElseThrow();
        assertThat(found.name()).isEqualTo("ci");
        assertThat(found.scopes()).containsExactlyInAnyOrder(Scope.READ, Scope.RUN);
        assertThat(found.templates()).contains(Set.of("deploy"));
        assertThat(found.toString()).doesNotContain(text);
        assertThat(store.find(text.substring(0, 46) + "!", NOW)).isEmpty();
        assertThat(store.find(found.hash(), NOW)).isEmpty();
        assertThat(store.find("", NOW)).isEmpty();
    }

    @Test
    void aTokenEndsAtItsTime() {
        Instant end = NOW.plusSeconds(60);
        String text = store.add("ci", Set.of(Scope.READ), Optional.empty(), NOW, Optional.of(end));
        assertThat(store.find(text, end.minusMillis(1))).isPresent();
        assertThat(store.find(text, end)).isEmpty();
    }

    @Test
    void whatAnotherProcessChangesCountsAtOnce() {
        String text = add("ci");
        assertThat(store.find(text, NOW)).isPresent();
        TokenStore other = new TokenStore(store.file());
        String later = other.add("two", Set.of(), Optional.empty(), NOW, Optional.empty());
        assertThat(store.find(later, NOW)).isPresent();
        assertThat(other.remove("ci")).isTrue();
        assertThat(store.find(text, NOW)).isEmpty();
        assertThat(other.remove("ci")).isFalse();
    }

    @Test
    void usesAreStoredWithoutBringingBackWhatWasRemoved() {
        String gone = add("gone");
        String kept = add("kept");
        store.find(gone, NOW);
        store.find(kept, NOW);
        TokenStore other = new TokenStore(store.file());
        other.remove("gone");
        store.storeUses();
        assertThat(other.all()).extracting(AccessToken::name).containsExactly("kept");
        assertThat(other.all().get(0).lastUse()).contains(Instant.parse("2026-03-04T05:06:00Z"));
    }

    @Test
    void aNameIsTakenOnce() {
        add("ci");
        assertThatThrownBy(() -> add("ci"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("there is a token 'ci' already")
                .hasMessageNotContaining("\n");
    }

    @Test
    void manyWritersLoseNothing() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<String>> added = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                String name = "t" + i;
                added.add(
                        threads.submit(
                                () ->
                                        new TokenStore(store.file())
                                                .add(
                                                        name,
                                                        Set.of(Scope.READ),
                                                        Optional.empty(),
                                                        NOW,
                                                        Optional.empty())));
            }
            Set<String> texts = new HashSet<>();
            for (Future<String> one : added) {
                texts.add(one.get());
            }
            assertThat(texts).hasSize(24).allMatch(text -> store.find(text, NOW).isPresent());
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{\"version\":2,\"tokens\":[]}",
                "{\"version\":1,\"tokens\":[{}]}",
                "{\"version\":1,\"tokens\":[{\"name\":\"a\",\"sha256\":\"x\"}]}",
                "{\"version\":1,\"tokens\":[{\"name\":\"a\",\"sha256\":"
                        + "\"0000000000000000000000000000000000000000000000000000000000000000\","
                        + "\"scopes\":[\"all\"],\"created\":\"2026-01-01T00:00:00Z\"}]}",
                "{\"version\":1,\"tokens\":[{\"name\":\"a\",\"sha256\":"
                        + "\"0000000000000000000000000000000000000000000000000000000000000000\","
                        + "\"scopes\":[],\"templates\":\"x\",\"created\":\"2026-01-01T00:00:00Z\"}]}"
            })
    void aBrokenFileLetsNobodyInAndIsNotReplaced(String broken) throws IOException {
        String text = add("ci");
        assertThat(store.find(text, NOW)).isPresent();
        Files.writeString(store.file(), broken);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> store.find(text, NOW))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining(store.file().toString())
                    .hasMessageNotContaining("\n");
        }
        assertThatThrownBy(() -> add("more")).isInstanceOf(ConfigurationException.class);
        assertThat(Files.readString(store.file())).isEqualTo(broken);
    }

    @Test
    void aFileThatOthersMayReadIsRefused() throws IOException {
        String text = add("ci");
        Files.setPosixFilePermissions(store.file(), PosixFilePermissions.fromString("rw-r-----"));
        TokenStore again = new TokenStore(store.file());
        assertThatThrownBy(() -> again.find(text, NOW)).hasMessageContaining("chmod 600");
    }

    @Test
    void withoutAFolderTheErrorSaysSo() {
        TokenStore nowhere = new TokenStore(folder.resolve("no/tokens.json"));
        assertThat(nowhere.all()).isEmpty();
        assertThatThrownBy(
                        () -> nowhere.add("a", Set.of(), Optional.empty(), NOW, Optional.empty()))
                .hasMessageContaining("its folder does not exist");
    }
}
