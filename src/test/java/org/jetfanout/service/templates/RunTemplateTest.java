package org.jetfanout.service.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.jetfanout.service.config.ServiceConfig;
import org.jetfanout.site.yaml.YamlValue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What service.yml says of templates, and the words that values make. */
class RunTemplateTest {
    @TempDir private Path folder;

    @BeforeEach
    void secret() throws IOException {
        Path secret = folder.resolve("secret");
        Files.writeString(secret, "0123456789abcdef0123456789abcdef\n");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(folder.resolve("open"), "0123456789abcdef0123456789abcdef\n");
        Files.setPosixFilePermissions(
                folder.resolve("open"), PosixFilePermissions.fromString("rw-r--r--"));
        Files.writeString(folder.resolve("short"), "0123\n");
        Files.setPosixFilePermissions(
                folder.resolve("short"), PosixFilePermissions.fromString("rw-------"));
    }

    private RunTemplate template(String text) throws IOException {
        Path file = folder.resolve("service.yml");
        Files.writeString(file, "templates:\n  deploy:\n" + text.indent(4));
        ServiceConfig config = ServiceConfig.read(file);
        YamlValue.Entry entry =
                config.section("templates").orElseThrow().entries("templates").get(0);
        return RunTemplate.read(config, entry);
    }

    private List<String> words(String text, Map<String, String> values) throws IOException {
        return template(text).words(values, Optional.empty());
    }

    @Test
    void aValueStaysInItsWord() throws IOException {
        String text =
                """
                command: [--playbook, '/srv/{env}.yml', -e, "version={version}", --tags, "a b"]
                variables:
                  version: {pattern: '.*', default: "1"}
                  env: {choices: [prod, test stage]}
                """;
        assertThat(words(text, Map.of("env", "test stage", "version", "1 $(id) '\"; --sudo {env}")))
                .containsExactly(
                        "--playbook",
                        "/srv/test stage.yml",
                        "-e",
                        "version=1 $(id) '\"; --sudo {env}",
                        "--tags",
                        "a b");
        assertThat(words(text, Map.of("env", "prod", "version", ""))).contains("version=1");
    }

    @Test
    void bracesOfARunnerStay() throws IOException {
        String text = "command: [exec, '--', 'echo {{name}} { x } ${HOME-} {x}']\nvariables: {x: }";
        assertThat(words(text, Map.of("x", "v")))
                .containsExactly("exec", "--", "echo {{name}} { x } ${HOME-} v");
    }

    @Test
    void inJsonAValueIsAText() throws IOException {
        String text =
                "command: [-p, a.yml, -e, '{\"v\": \"{v}\"}']\nvariables: {v: {pattern: '.*'}}";
        assertThat(words(text, Map.of("v", "1\", \"w\": \"\\")))
                .last()
                .isEqualTo("{\"v\": \"1\\\", \\\"w\\\": \\\"\\\\\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{type: text}|a b|must have letters, digits",
                "{type: text}|a/b|must have letters, digits",
                "{type: text}|../x|must not lead to a folder above",
                "{type: text}|a..b|must have letters, digits",
                "{type: text}|-x|must not begin with -",
                "{type: text, pattern: '.*'}|@/etc/shadow|must not begin with @",
                "{type: text, pattern: '.*'}|--sudo|must not begin with -",
                "{type: text, pattern: '.*'}|a/../b|must not lead to a folder above",
                "{type: text, pattern: '.*'}|{{ lookup('pipe', 'id') }}|must not have {{",
                "{type: text, pattern: '.*'}|a\u202eb|must be one line without control characters",
                "{type: text, pattern: '[0-9.]+'}|1.2x|must match '[0-9.]+', not '1.2x'",
                "{type: text, pattern: '[0-9.]+'}|x1.2|must match",
                "{type: text, max_length: 3}|abcd|must have at most 3 characters",
                "{type: text}||is missing",
                "{type: number}|1e5|must be a number",
                "{type: number}|0x10|must be a number",
                "{type: number, min: -2, max: 2.5}|2.51|must be at most 2.5",
                "{type: number, min: -2, max: 2.5}|-3|must be at least -2",
                "{type: number}|-1|must not begin with -",
                "{type: bool}|yes|must be true or false, not 'yes'",
                "{choices: [eu, us]}|e|must be one of its choices, not 'e'"
            })
    void valuesThatAreRefused(String variable, String value, String message) {
        assertThatThrownBy(
                        () ->
                                words(
                                        "command: [exec, '--', '{x}']\nvariables: {x: "
                                                + variable
                                                + "}",
                                        value == null ? Map.of() : Map.of("x", value)))
                .isInstanceOf(InvalidValuesException.class)
                .hasMessageContaining("x " + message)
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{type: text}|größe-1.2_3:x+y,z%=",
                "{type: text, pattern: '[a-z/]+'}|release/x",
                "{type: number, min: 1}|1",
                "{type: number}|12.50",
                "{type: bool}|false",
                "{choices: [eu, us east]}|us east"
            })
    void valuesThatAreTaken(String variable, String value) throws IOException {
        assertThat(
                        words(
                                "command: [exec, '--', 'x={x}']\nvariables: {x: " + variable + "}",
                                Map.of("x", value)))
                .last()
                .isEqualTo("x=" + value);
    }

    @Test
    void aNewlineOrNulIsRefused() {
        for (String value : List.of("a\nb", "a\0b", "\u001b[31m", "a\u2028b", "\ud800")) {
            assertThatThrownBy(
                            () ->
                                    words(
                                            "command: [exec, 'x={x}']\nvariables: {x: {pattern: '(?s).*'}}",
                                            Map.of("x", value)))
                    .hasMessageContaining("control characters");
        }
    }

    @Test
    void ansibleReadsNoSecondVariableFromAValue() {
        String text =
                "command: [ansible-playbook, -e, 'v={v}', a.yml]\nvariables: {v: {pattern: '.*'}}";
        for (String value : List.of("1 ansible_user=root", "1\"", "1'", "1\\")) {
            assertThatThrownBy(() -> words(text, Map.of("v", value)))
                    .hasMessageContaining("must not have blanks, quotes or backslashes");
        }
    }

    @Test
    void aPatternThatNeverEndsIsGivenUp() {
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () ->
                        assertThatThrownBy(
                                        () ->
                                                words(
                                                        "command: [exec, 'x={x}']\nvariables: {x: {pattern: '.*.*.*.*.*.*b'}}",
                                                        Map.of("x", "a".repeat(199))))
                                .hasMessageContaining("takes too long"));
    }

    @Test
    void aSecretIsNotInAMessage() {
        assertThatThrownBy(
                        () ->
                                words(
                                        "command: [-p, a.yml, -e, 'x={x}']\nvariables: {x: {pattern: '[0-9]+', secret: true}}",
                                        Map.of("x", "hunter2")))
                .hasMessageContaining("x must match")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void allTroublesAreToldByVariable() {
        assertThatThrownBy(
                        () ->
                                words(
                                        "command: [exec, 'x={x}{y}']\nvariables: {x: {type: bool}, y: }",
                                        Map.of("x", "1", "z", "2")))
                .isInstanceOfSatisfying(
                        InvalidValuesException.class,
                        e ->
                                assertThat(e.troubles().keySet())
                                        .containsExactlyInAnyOrder("x", "y", "'z'"));
    }

    @Test
    void callersNarrowTheHosts() throws IOException {
        Optional<String> hosts = Optional.of("web1, web2");
        assertThat(
                        template("command: [--playbook, a.yml, --limit-groups, web]\nlimit: true")
                                .words(Map.of(), hosts))
                .containsExactly(
                        "--limit-hosts",
                        "web1:web2",
                        "--playbook",
                        "a.yml",
                        "--limit-groups",
                        "web");
        assertThat(
                        template("command: [exec, -i, inv, '--', rm, -l]\nlimit: true")
                                .words(Map.of(), hosts))
                .containsExactly(
                        "exec", "--limit-hosts", "web1:web2", "-i", "inv", "--", "rm", "-l");
        assertThat(
                        template("command: [ansible-playbook, a.yml]\nlimit: true")
                                .words(Map.of(), hosts))
                .containsExactly("ansible-playbook", "--limit", "web1,web2", "a.yml");
        assertThatThrownBy(() -> template("command: [exec, x]").words(Map.of(), hosts))
                .hasMessageContaining("limit cannot be given");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"@/etc/passwd", "all:!db", "~web.*", "-e", "web1,--sudo", "*", ",", "a/b"})
    void limitsThatDoMoreThanNarrow(String limit) throws IOException {
        RunTemplate template = template("command: [ansible-playbook, a.yml]\nlimit: true");
        assertThatThrownBy(() -> template.words(Map.of(), Optional.of(limit)))
                .isInstanceOf(InvalidValuesException.class)
                .hasMessageStartingWith("limit must");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "command: []|:3: command must begin with a word",
                "command: exec|:3: command must be a list",
                "command: ['{x}']\\nvariables: {x: }|command must begin with a word that is no variable",
                "description: x|:2: template 'deploy' needs 'command:'",
                "command: [a]\\ncomand: [b]|:4: unknown key 'comand'",
                "command: [a, '{vers}']\\nvariables: {version: }|no variable 'vers' (nearest: 'version')",
                "command: [a]\\nvariables: {x: }|the command has no place for the variable {x}",
                "command: [a, '{limit}']\\nvariables: {limit: }|a variable cannot be named 'limit'",
                "command: [a, '{x}']\\nvariables: {x: {type: string}}|the type of variable 'x' is text, number",
                "command: [a, '{x}']\\nvariables: {x: {pattern: '('}}|:4: the pattern is not a regular expression",
                "command: [a, '{x}']\\nvariables: {x: {type: choice}}|needs 'choices:'",
                "command: [a, '{x}']\\nvariables: {x: {choices: []}}|there must be a choice",
                "command: [a, '{x}']\\nvariables: {x: {type: bool, default: maybe}}|the default must be true or false",
                "command: [a, '{x}']\\nvariables: {x: {min: 3}}|min is for variables of the type number",
                "command: [a, 'x={x}']\\nvariables: {x: {secret: true}}|is secret: use it in --extra-vars only",
                "command: [a, -e, 'x={x}']\\nvariables: {x: {secret: true, default: y}}|a default in this file would not be",
                "command: [a, '{x-y}']\\nvariables: {x-y: }|the name of a variable must be a word",
                "command: [a, --limit-hosts, h]\\nlimit: true|the command has --limit-hosts already",
                "command: [ansible-playbook, --limit=h]\\nlimit: true|the command has --limit already",
                "command: [ansible-playbook, -lh]\\nlimit: true|the command has -l already",
                "command: [a]\\nconcurrency: two|concurrency must be one, queue or free, not 'two'",
                "command: [a]\\nschedule: {zone: UTC}|a schedule needs 'cron:'",
                "command: [a]\\nschedule: {cron: '0 3 * *'}|:4: cron '0 3 * *': has 4 words",
                "command: [a]\\nschedule: {cron: '0 25 * * *'}|cron '0 25 * * *'",
                "command: [a]\\nschedule: {cron: '0 0 31 2 *'}|never comes",
                "command: [a]\\nschedule: {cron: '0 3 * * *', zone: Mars}|zone must be one such as",
                "command: [a]\\nschedule: {cron: '0 3 * * *', missed: twice}|missed must be once or skip",
                "command: [a, 'x={x}']\\nvariables: {x: }\\nschedule: {cron: '0 3 * * *'}|what starts by itself cannot be asked: x is missing",
                "command: [a]\\nschedule: {cron: '0 3 * * *', variables: {x: 1}}|the template has no variable 'x'",
                "command: [a]\\nwebhook: {}|a webhook needs 'secret_file:'",
                "command: [a]\\nwebhook: {secret_file: none}|there is no file",
                "command: [a]\\nwebhook: {secret_file: open}|other users have access to this secret",
                "command: [a]\\nwebhook: {secret_file: short}|short:1: a secret must have at least 16 characters",
                "command: [a]\\nwebhook: {secret_file: secret, variables: {x: /y}}|the template has no variable 'x'",
                "command: [a, 'x={x}']\\nvariables: {x: }\\nwebhook: {secret_file: secret}|no value for the variable x",
                "command: [a, 'x={x}']\\nvariables: {x: }\\nwebhook: {secret_file: secret, variables: {x: y}}|a JSON pointer begins with a slash",
                "command: [a]\\ntell: {url: 'ftp://x/', secret_file: secret}|url must be one of http or https",
                "command: [a]\\ntell: {url: 'file:///etc/passwd', secret_file: secret}|url must be one of http or https",
                "command: [a]\\ntell: {url: 'https://u:hunter2@x/', secret_file: secret}|not 'one with a password'",
                "command: [a]\\ntell: {url: 'https://x/', secret_file: secret, ca: none}|ca: cannot read"
            })
    void mistakesInTheFile(String text, String message) {
        assertThatThrownBy(() -> template(text.replace("\\n", "\n")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message)
                .hasMessageContaining(folder.toString())
                .hasMessageNotContaining("\n");
    }
}
