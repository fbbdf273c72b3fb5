package org.jetfanout.site.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.testkit.InventoryFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InventoryProgramTest {
    @TempDir Path temp;
    private InventoryFolder folder;

    @BeforeEach
    void folder() {
        folder = new InventoryFolder(temp.resolve("inv"));
    }

    @Test
    void readsTheSitesScript() {
        Inventory inventory = folder.load(InventoryFolder.site("dyn/inv.sh"));
        assertThat(inventory.groups()).containsExactlyInAnyOrder("all", "site", "web", "empty");
        assertThat(inventory.hosts()).containsExactly("127.0.0.11", "127.0.0.12", "127.0.0.14");
        assertThat(inventory.hostsOf("site")).containsExactly("127.0.0.11", "127.0.0.12");
        assertThat(inventory.variables("127.0.0.12"))
                .isEqualTo(Map.of("region", "dyn", "tier", "hv", "jet_ssh_port", 22711));
        assertThat(inventory.variables("127.0.0.11"))
                .isEqualTo(Map.of("region", "dyn", "tier", "gv"));
        assertThat(inventory.variables("127.0.0.14")).isEqualTo(Map.of("a", 1));
        assertThat(inventory.groupsOf("127.0.0.14")).isEmpty();
        inventory.checkVariables(inventory.hosts());
    }

    @Test
    void stderrIsTalkAndNotParsed() {
        Inventory inventory = folder.load(InventoryFolder.site("dyn/err.sh"));
        assertThat(inventory.hosts()).containsExactly("127.0.0.11");
        assertThat(folder.warnings()).containsExactly("warning: slow api");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "#!/bin/sh\necho 'login expired: run aws login'; exit 1\n",
                "#!/bin/sh\necho 'login expired: run aws login'; echo '{}'\n",
                "#!/bin/sh\n"
                        + "echo '{ \"a\": {},'; seq 5000; echo 'login expired: run aws login'; exit"
                        + " 3\n",
                "#!/bin/sh\necho 'login expired: run aws login'; kill -9 $$\n",
            })
    void whatAProgramPrintedBeforeItFailedIsShown(String script) {
        Path program = folder.program("i", script);
        assertThatThrownBy(() -> folder.load(program))
                .isInstanceOf(ConfigurationException.class)
                .message()
                .startsWith(program + ": ")
                .doesNotContain("Source", "REDACTED", "\n");
        assertThat(folder.warnings())
                .contains(program + " printed: login expired: run aws login")
                .hasSizeLessThan(20);
    }

    @Test
    void whatAProgramPrintedAsJsonIsNotShown() {
        Path program =
                folder.program(
                        "i",
                        "#!/bin/sh\n"
                                + "printf '{\"g\":{\"vars\":{\\n"
                                + "  \"password\": \"tiger\"\\n"
                                + "'; exit 1\n");
        assertThatThrownBy(() -> folder.load(program)).hasMessageContaining("exit code 1");
        assertThat(folder.warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ \"g\": { | begun at line 1, column 8",
                "{ \"g\": {} ]    | line 1",
                "{ 'g': {} }     | line 1",
                "nope            | Unrecognized token",
                "{ \"g\": { \"vars\": { \"n\": 01 } } } | line 1",
            })
    void brokenJsonIsToldInOneLineAndAsThatOfTheOutput(String output, String words) {
        Path program = folder.program("i", "#!/bin/sh\ncat <<'E'\n" + output + "\nE\n");
        assertThatThrownBy(() -> folder.load(program))
                .message()
                .contains(" of its output is not usable JSON: ", words)
                .doesNotContain("Source", "REDACTED", "Feature", "\n");
    }

    @Test
    void jsonHasTheLimitsOfYaml() {
        assertMistake(
                "{\"g\":{\"vars\":{\"a\":" + "[".repeat(200) + "]".repeat(200) + "}}}",
                "values are nested more than 128 deep: neither jetp nor jet-fanout reads deeper");
        assertMistake(
                "{\"g\":{\"vars\":{\"a\":" + "[".repeat(100_000), "nested more than 128 deep");
        assertMistake(
                "{\"g\":{\"vars\":{\"a\":" + "1".repeat(5000) + "}}}", "more than 1000 digits");
    }

    @Test
    void stderrCannotWriteEscapes() {
        folder.load(
                folder.program(
                        "i",
                        "#!/bin/sh\nprintf '\\033[2J\\n' >&2; echo '{\"g\":{\"hosts\":[\"a\"]}}'"));
        assertThat(folder.warnings()).containsExactly("\\u001b[2J");
    }

    @Test
    void anExitCodeIsAnError() {
        assertThatThrownBy(() -> folder.load(InventoryFolder.site("dyn/rc.sh")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("rc.sh: the inventory program ended with exit code 3");
        Path noisy = folder.program("i", "#!/bin/sh\necho Traceback; seq 100000; exit 4\n");
        assertThatThrownBy(() -> folder.load(noisy)).hasMessageContaining("exit code 4");
    }

    @Test
    void mistakesSayWhat() {
        assertThatThrownBy(() -> folder.load(InventoryFolder.site("dyn/unk.sh")))
                .hasMessageContaining(
                        "unk.sh: line 1 of its output: unknown key 'extra' in group 'site'");
        assertThatThrownBy(() -> folder.load(InventoryFolder.site("dyn/list.sh")))
                .hasMessageContaining("group 'site' must be an object");
        assertThatThrownBy(() -> folder.load(InventoryFolder.site("dyn/self.sh")))
                .hasMessageContaining("group 'site' lists itself in children");
        assertMistake("", "printed nothing");
        assertMistake("nope", "i: line 1 of its output is not usable JSON");
        assertMistake("{} {}", "text follows");
        assertMistake("[]", "i: line 1 of its output: the inventory must be an object");
        assertMistake("{\"g\":{\"hosts\":[\"a\"]},\"g\":{}}", "group 'g' occurs twice");
        assertMistake("{\"g\":{\"hosts\":[1]}}", "an entry of 'hosts' of group 'g' must be a text");
        assertMistake("{\"g\":{\"hosts\":[\"-oProxyCommand=x\"]}}", "cannot be a host name");
        assertMistake("{\"g\":{\"hostvars\":{\"a b\":{}}}}", "cannot be a host name");
        assertMistake("{\"$g\":{}}", "cannot be a group name");
        assertMistake(
                "{\"g\":{\"hostvars\":{\"a\":{\"x\":1}}},\"h\":{\"hostvars\":{\"a\":{\"x\":2}}}}",
                "variable 'x' of host 'a' has different values in the hostvars of two groups");
    }

    private void assertMistake(String output, String message) {
        Path program = folder.program("i", "#!/bin/sh\ncat <<'E'\n" + output + "\nE\n");
        assertThatThrownBy(() -> folder.load(program))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aLimitStopsTheProgramAndItsChildren() throws Exception {
        Path pid = temp.resolve("pid");
        Path program =
                folder.program("i", "#!/bin/sh\nsleep 300 &\necho $! > " + pid + "\nsleep 300\n");
        Instant start = Instant.now();
        assertThatThrownBy(
                        () -> Inventory.load(List.of(program), Duration.ofSeconds(10), line -> {}))
                .hasMessageContaining("did not end within 10 s");
        assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(200));
        long child = Long.parseLong(Files.readString(pid).strip());
        ProcessHandle.of(child)
                .ifPresent(handle -> handle.onExit().orTimeout(3, TimeUnit.MINUTES).join());
    }

    @Test
    void aChildThatKeepsTheOutputOpenDoesNotOutliveTheLimit() throws Exception {
        Path pid = temp.resolve("pid");
        // the program lives on for a second: Java itself closes what is not yet being read at its
        // end
        Path program =
                folder.program(
                        "i",
                        """
                        #!/bin/sh
                        echo '{"g":{"hosts":["a"]}}'
                        sleep 300 &
                        echo $! > %s
                        sleep 1
                        """
                                .formatted(pid));
        try {
            assertThatThrownBy(
                            () ->
                                    Inventory.load(
                                            List.of(program), Duration.ofSeconds(10), line -> {}))
                    .hasMessageContaining("did not end within 10 s");
        } finally {
            ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                    .ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    @Test
    void runsOnceWithoutArgumentsInOurDirectoryWithoutStdin() throws Exception {
        Path log = temp.resolve("log");
        folder.load(
                folder.program(
                        "i",
                        "#!/bin/sh\necho \"$# $(pwd) $(wc -c)\" >> "
                                + log
                                + "\necho '{\"g\":{\"hosts\":[\"a\"]}}'"));
        assertThat(Files.readString(log)).isEqualTo("0 " + Path.of("").toAbsolutePath() + " 0\n");
    }

    @Test
    void variablesBesideTheProgramReplaceItsOwn() {
        Path program =
                folder.program(
                        "i",
                        """
                        #!/bin/sh
                        echo '{"g":{"hostvars":{"a":{"x":1}},"vars":{"y":1}}}'
                        """);
        folder.file("host_vars/a", "z: 3\n").file("group_vars/g", "w: 4\n");
        Inventory inventory = folder.load(program);
        assertThat(inventory.variables("a")).isEqualTo(Map.of("z", 3, "w", 4));
        assertThat(folder.warnings()).hasSize(2).allMatch(line -> line.contains("replaces"));
    }

    @Test
    void aLaterProgramUpdatesVariables() {
        folder.group("g", "a").file("group_vars/g", "x: 1\ny: 1\n");
        Path program =
                new InventoryFolder(temp.resolve("p"))
                        .program("i", "#!/bin/sh\necho '{\"g\":{\"vars\":{\"x\":2}}}'\n");
        Inventory inventory = folder.load(folder.path(), program);
        assertThat(inventory.variables("a")).isEqualTo(Map.of("x", 2, "y", 1));
        assertThat(new String(inventory.groupVariables("g").get(0), StandardCharsets.UTF_8))
                .isEqualTo("{\"x\":2,\"y\":1}\n");
    }

    @Test
    void dynamicVariablesAsYamlAreTheSameData() {
        String odd = "\\u007f \\u0085 \\ud83d\\ude00 \\ufeff \\u2028 \\\" \\n \\u0001 {{ x }} # :";
        Path program =
                folder.program(
                        "i",
                        "#!/bin/sh\ncat <<'E'\n{\"g\":{\"hosts\":[\"a\"],\"vars\":{\"s\":\""
                                + odd
                                + "\",\"n\":[1,1.5,null,true,{\"k\":\"no\"}],\"big\":12345678901234567890}}}\n"
                                + "E\n");
        Inventory inventory = folder.load(program);
        String yaml = new String(inventory.groupVariables("g").get(0), StandardCharsets.UTF_8);
        // what YAML's reader refuses raw, and an escape that libyaml refuses
        assertThat(yaml).doesNotContainPattern("[\\x7f-\\x9f\\ufeff]").doesNotContain("\\ud83d");
        assertThat(YamlValue.parse(Path.of("x"), yaml).orElseThrow().plain())
                .isEqualTo(inventory.variables("a"));
        assertThat(inventory.variables("a").get("s").toString()).contains("\ud83d\ude00");
    }

    @Test
    void aProgramThatCannotStartSaysSo() {
        Path program = folder.program("i", "#!/nonexistent/interpreter\n");
        List<String> warnings = new ArrayList<>();
        assertThatThrownBy(
                        () ->
                                Inventory.load(
                                        List.of(program), InventoryFolder.LIMIT, warnings::add))
                .hasMessageContaining("cannot be run");
    }
}
