package org.jetfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jetfanout.token.AccessToken;
import org.jetfanout.token.Scope;
import org.jetfanout.token.TokenStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens are made, listed and removed by one command, which shows a token once. */
@ResourceLock(Resources.SYSTEM_ERR)
@ResourceLock(Resources.SYSTEM_OUT)
class TokenCommandTest {
    @TempDir private Path folder;

    private Ended token(String... more) {
        List<String> words = new ArrayList<>(List.of("token"));
        words.addAll(List.of(more));
        if (more.length > 0) {
            words.addAll(List.of("--tokens", folder.resolve("tokens.json").toString()));
        }
        return Ended.of(words.toArray(String[]::new));
    }

    @Test
    void addListRemove() {
        Ended added =
                token("add", "ci", "--scopes", "run,read", "--templates", "b,a", "--expires", "2d");
        assertThat(added.exit()).isZero();
        String text = added.out().strip();
        assertThat(added.out().lines()).hasSize(1);
        assertThat(added.err()).contains("It is not shown again").doesNotContain(text);
        AccessToken stored =
                new TokenStore(folder.resolve("tokens.json"))
                        .find(text, Instant.now())
                        .orElseThrow();
        assertThat(stored.scopes()).containsExactlyInAnyOrder(Scope.RUN, Scope.READ);
        assertThat(stored.templates()).contains(Set.of("a", "b"));
        assertThat(stored.expires()).contains(stored.created().plusSeconds(2 * 86_400));

        assertThat(token("add", "plain").exit()).isZero();
        Ended listed = token("list");
        assertThat(listed.out())
                .contains("ci; read, run; templates a, b; created ", "; expires ", "; never used")
                .contains("plain; read; all templates; ", "; does not expire;")
                .doesNotContain(text, stored.hash());
        assertThat(token("list", "--json").out())
                .contains("{\"name\":\"ci\",\"scopes\":[\"read\",\"run\"],\"templates\":[\"a\",")
                .doesNotContain(text, stored.hash());

        assertThat(token("remove", "ci").exit()).isZero();
        assertThat(token("list").out()).doesNotContain("ci;");
        assertThat(token("remove", "ci"))
                .satisfies(again -> assertThat(again.exit()).isEqualTo(78))
                .satisfies(again -> assertThat(again.err()).contains("there is no token 'ci'"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "|64|token needs a command: add, list or remove",
                "add|64|Missing required parameter: 'NAME'",
                "add a/b|64|the name of a token must be a word",
                "add schedule:x|64|the name of a token must be a word",
                "add ci --scopes runs|64|a scope is read, run, cancel, approve, not 'runs' (nearest: 'run')",
                "add ci --templates a,,b|64|the name of a template must be a word",
                "add ci --expires soon|64|must be a duration such as 90s",
                "add ci --expires 0s|64|must be at least 1m",
                "remove nobody|78|there is no token 'nobody'",
                "lst|64|Unmatched argument"
            })
    void mistakes(String words, int exit, String message) {
        Ended ended = words == null ? token() : token(words.split(" ", -1));
        assertThat(ended.err()).contains(message);
        assertThat(ended.err().lines()).hasSize(1);
        assertThat(ended.exit()).isEqualTo(exit);
        assertThat(ended.out()).isEmpty();
    }
}
