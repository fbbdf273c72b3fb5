package org.jetfanout.runner.described;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.jetfanout.ConfigurationException;
import org.jetfanout.runner.described.ExitMeanings.Meaning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The keys of runner.yml, and what is said of those that are wrong. */
class DefinitionReaderTest {
    private static final Path FILE = Path.of("runners/loop/runner.yml");
    private static final String LEAST =
            """
            command: [loop, "{hosts_file}", "{args}"]
            output: plain_events
            """;

    static Definition definition(String text) {
        return DefinitionReader.of("loop", FILE, text);
    }

    @Test
    void theLeastDescriptionHasADefaultForEverythingElse() {
        Definition least = definition(LEAST);
        assertThat(least.name()).isEqualTo("loop");
        assertThat(least.text()).isEqualTo(LEAST);
        assertThat(least.version()).isEmpty();
        assertThat(least.needs()).isEmpty();
        assertThat(least.env()).isEmpty();
        assertThat(least.files()).isEmpty();
        assertThat(least.sendsFiles()).isFalse();
        assertThat(least.hosts().format()).isEqualTo(HostsFormat.NAMES);
        assertThat(least.hosts().name()).isEqualTo("hosts");
        assertThat(least.output().rules()).isEmpty();
        assertThat(least.output().filter()).isEmpty();
        assertThat(least.exits().is(0, Meaning.ENDED)).isTrue();
        assertThat(least.exits().is(1, Meaning.ENDED)).isFalse();
    }

    @Test
    void everyKeyIsRead() {
        Definition all =
                definition(
                        """
                        description: over ssh
                        command: [sh, "{folder}/loop.sh", "{threads}", "-o{ssh_option}", "{args}"]
                        version: [ssh, -V]
                        needs: [ssh, awk]
                        env: { FORKS: "{threads}", LC_ALL: C }
                        files: [loop.sh, ./lib/]
                        arguments: files
                        hosts:
                          file: inventory.ini
                          format: ini
                          header: "[defaults]"
                          entry: { address: "{address}", zone: "{vars.zone|none}" }
                        exit_codes: { 0-2: ended, 64: refused }
                        output:
                          events:
                            - match: '^(?<host>\\S+) ok$'
                              event: ok
                              final: true
                            - match: '^(?<host>\\S+) (?<rc>\\d+)$'
                              event: failed
                              reason: 'code {rc}'
                        """);
        assertThat(all.command()).hasSize(5);
        assertThat(all.version()).hasToString("[ssh, -V]");
        assertThat(all.needs()).containsExactly("ssh", "awk");
        assertThat(all.env()).containsOnlyKeys("FORKS", "LC_ALL");
        assertThat(all.files()).containsExactly("loop.sh", "lib");
        assertThat(all.sendsFiles()).isTrue();
        assertThat(all.hosts().name()).isEqualTo("inventory.ini");
        assertThat(all.exits().is(2, Meaning.ENDED)).isTrue();
        assertThat(all.exits().is(64, Meaning.REFUSED)).isTrue();
        assertThat(all.output().rules()).hasSize(2);
        assertThat(all.output().rules().get(0).isFinal()).isTrue();
        assertThat(all.output().rules().get(1).line()).isEqualTo(19);
    }

    @Test
    void aRuleForTheEndTakesThePlaceOfTheExitCode() {
        Definition ends =
                definition(
                        """
                        command: [loop]
                        output:
                          events:
                            - { match: '(?<host>x)', event: ok }
                            - { match: '^done$', event: end }
                        """);
        assertThat(ends.exits().is(0, Meaning.ENDED)).isFalse();
    }

    /** Each wrong key or value is named with its line. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "comand: [x] | 3: unknown key 'comand' in runner.yml (nearest: 'command')",
                "command: loop {args} | 3: key 'command' occurs twice",
                "version: ssh -V | 3: version must be a list of words",
                "version: [\"{threads}\"] | 3: a word of version has the unknown placeholder {threads}: none has a value there",
                "env: { A: \"{thread}\" } | 3: env: A has the unknown placeholder {thread} (nearest: 'threads'); for the text itself write {{thread}}",
                "env: { 1A: x } | 3: env: '1A' is not a variable name",
                "env: { JET_LOG: x } | 3: env: JET_LOG is set by jet-fanout itself",
                "files: [../x] | 3: files: '../x' must be a path within the runner's folder",
                "files: [/etc/x] | 3: files: '/etc/x' must be a path within",
                "arguments: file | 3: arguments must be plain or files, not 'file' (nearest: 'files')",
                "needs: [-x] | 3: needs: '-x' cannot be a program",
                "exit_codes: { 256: ended } | 3: exit_codes: '256' must be a number from 0 to 255",
                "exit_codes: { 1-3: ended, 2: refused } | 3: exit_codes: 2 has two meanings",
                "exit_codes: { 1: end } | 3: exit_codes: 1 must be ended or refused, not 'end' (nearest: 'ended')",
                "hosts: { format: yml } | 3: format must be names or words or tabs or shell or ini or json",
                "hosts: { format: words } | 3: hosts: 'format: words' requires the key line",
                "hosts: { format: json, line: [x] } | 3: hosts: line has no meaning with 'format: json'",
                "hosts: { format: words, line: [\"{adress}\"] } | 3: hosts: line has the unknown placeholder {adress} (nearest: 'address')",
                "hosts: { file: a/b } | 3: hosts: file must be a name",
                "hosts: { format: ini, entry: { 'a b': x } } | 3: hosts: 'a b' cannot be a key of INI",
            })
    void aWrongKeyIsNamedWithItsLine(String line, String message) {
        assertThatThrownBy(() -> definition(LEAST + line + "\n"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("runners/loop/runner.yml:" + message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{ match: '(?<host>x', event: ok } | match: '(?<host>x' is no regular expression: Unclosed group",
                "{ match: '(?P<host>x)', event: ok } | match: write a named group as (?<name>…), not as (?P<name>…)",
                "{ match: '(?<host>x)', event: okay } | event must be ok or changed",
                "{ match: '(?<host>x)' } | a rule of events requires the key event",
                "{ match: 'x', event: ok } | the rule does not say which host a line is about",
                "{ match: '(?<host>x)', event: ok, reason: y } | reason has no meaning with 'event: ok'",
                "{ match: '(?<host>x)', event: failed, reason: '{rc}' } | reason: match has no group (?<rc>…)",
                "{ match: 'x', event: end, final: true } | final has no meaning with 'event: end'",
                "{ match: '(?<host>x)', event: ok, fianl: true } | unknown key 'fianl' in a rule of events (nearest: 'final')",
            })
    void aWrongRuleIsNamedWithItsLine(String rule, String message) {
        assertThatThrownBy(
                        () ->
                                definition(
                                        "command: [loop]\noutput:\n  events:\n    - "
                                                + rule
                                                + "\n"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("runners/loop/runner.yml:4: " + message);
    }

    @Test
    void commandAndOutputMustBeThere() {
        assertThatThrownBy(() -> definition("command: [x]\n"))
                .hasMessage("runners/loop/runner.yml: the key output is missing");
        assertThatThrownBy(() -> definition("output: plain_events\n"))
                .hasMessage("runners/loop/runner.yml: the key command is missing");
        assertThatThrownBy(() -> definition("")).hasMessage("runners/loop/runner.yml: is empty");
        assertThatThrownBy(() -> definition("command: [\"{args}\"]\noutput: plain_events\n"))
                .hasMessageContaining("the first word of command must be a program");
        assertThatThrownBy(() -> definition("command: [x, \"-a={args}\"]\noutput: plain_events\n"))
                .hasMessageContaining("{args} stands for several words: write it alone");
        assertThatThrownBy(() -> definition("command: [x]\noutput: {}\n"))
                .hasMessageContaining("output must have one of the keys events and filter");
    }
}
