package org.jetfanout.runner.exec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jetfanout.ConfigurationException;
import org.jetfanout.record.Json;
import org.jetfanout.site.inventory.InventoryMaker;
import org.jetfanout.site.playbook.HostLimits;
import org.jetfanout.testkit.Programs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What travels for commands and scripts, and what is refused before. */
class ExecFilesTest {
    private static SshTargets.Target target(Map<String, Object> variables) {
        InventoryMaker maker = new InventoryMaker();
        maker.host("web1", "here", variables);
        ExecOptions options =
                new ExecOptions(
                        "ops", OptionalInt.of(2222), Optional.empty(), Optional.empty(), false);
        return new SshTargets(maker.inventory(), options).of("web1");
    }

    @Test
    void variablesSayWhereAHostIsElseTheOptions() {
        assertThat(target(Map.of()).line()).isEqualTo("web1\tweb1\t2222\tops");
        assertThat(
                        target(
                                        Map.of(
                                                "jet_ssh_hostname", "fe80::1%eth0",
                                                "jet_ssh_port", 22,
                                                "jet_ssh_user", "DOM\\u"))
                                .line())
                .isEqualTo("web1\tfe80::1%eth0\t22\tDOM\\u");
        assertThat(target(Map.of("ansible_host", "10.0.0.1", "ansible_port", "23")).knownAs())
                .isEqualTo("[10.0.0.1]:23");
        assertThat(target(Map.of("jet_ssh_port", 22)).knownAs()).isEqualTo("web1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-oProxyCommand=touch x",
                "-F/etc/passwd",
                "ssh://x",
                "a@b",
                "a b",
                "a\tb",
                "a\nb",
                "$(x)",
                "`x`",
                "a;b",
                ".",
                "\u00e9"
            })
    void noAddressIsAnOptionOrSomethingElseToSsh(String address) {
        assertThatThrownBy(() -> target(Map.of("jet_ssh_hostname", address)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("host 'web1'")
                .hasMessageContaining("cannot be the address");
    }

    @Test
    void noLoginAndNoPortIsSomethingElseToSsh() {
        for (String login : List.of("-l", "a b", "a\tb", "$(x)", "a:b", "'")) {
            assertThatThrownBy(() -> target(Map.of("jet_ssh_user", login)))
                    .isInstanceOf(ConfigurationException.class);
        }
        for (Object port : List.of(0, 65536, "x", "22 -oProxyCommand=x", "-1")) {
            assertThatThrownBy(() -> target(Map.of("jet_ssh_port", port)))
                    .hasMessageContaining("cannot be an SSH port");
        }
        assertThatThrownBy(() -> ExecOptions.of("-oX=y"))
                .isInstanceOf(ConfigurationException.class);
    }

    @Test
    void onlyTheKeysThatABatchMayNeedTravel() {
        KnownHostsOfBatch keys =
                new KnownHostsOfBatch(
                        """
                        # comment
                        web1,10.0.0.1 ssh-ed25519 A
                        [web2]:2222 ssh-ed25519 B
                        web3 ssh-ed25519 C
                        |1|abc=|def= ssh-ed25519 H
                        *.example.com ssh-ed25519 W
                        @cert-authority web9 ssh-ed25519 CA
                        WEB1 ssh-rsa D
                        """
                                .getBytes(UTF_8));
        assertThat(new String(keys.of(Set.of("web1", "[web2]:2222")), UTF_8))
                .isEqualTo(
                        """
                        web1,10.0.0.1 ssh-ed25519 A
                        [web2]:2222 ssh-ed25519 B
                        |1|abc=|def= ssh-ed25519 H
                        *.example.com ssh-ed25519 W
                        @cert-authority web9 ssh-ed25519 CA
                        WEB1 ssh-rsa D
                        """);
    }

    private static TaskOnHost script(Path folder, String text) throws Exception {
        Path file = Files.writeString(folder.resolve("s"), text);
        return new ScriptTask(file, List.of("a b", "")).read();
    }

    @Test
    void theFirstLineOfAScriptNamesItsInterpreter(@TempDir Path folder) throws Exception {
        assertThat(script(folder, "#!/usr/bin/env python3\nx").words())
                .containsExactly("24", "/usr/bin/env", "python3", "/dev/fd/4", "a b", "");
        assertThat(script(folder, "#! /bin/sh -e -u \nx").words().subList(1, 4))
                .containsExactly("/bin/sh", "-e -u", "/dev/fd/4");
        assertThat(script(folder, "echo x").words().subList(1, 3))
                .containsExactly("/bin/sh", "/dev/fd/4");
        assertThatThrownBy(() -> script(folder, "#!/bin/sh\r\nx")).hasMessageContaining(":1: ");
        assertThatThrownBy(() -> script(folder, "")).hasMessageContaining("is empty");
        assertThatThrownBy(() -> script(folder, "\u007fELF\0")).hasMessageContaining("no script");
        assertThatThrownBy(() -> new ScriptTask(folder, List.of()).read())
                .hasMessageContaining("is a folder");
        assertThatThrownBy(() -> new ScriptTask(folder.resolve("none"), List.of()).read())
                .hasMessageContaining("no such file");
    }

    /** The login shells of hosts differ in what they expand within quotes. */
    @Test
    void ourScriptsForHostsAreOneWordForEveryShell() {
        for (String name : List.of("begin.sh", "command.sh", "script.sh", "sudo.sh")) {
            String text =
                    new String(HostScripts.bytes(name), UTF_8)
                            .lines()
                            .filter(line -> !line.startsWith("#"))
                            .reduce("", (all, line) -> all + " " + line);
            assertThat(text).as(name).doesNotContain("'", "\\").doesNotContainPattern("![^ =]");
        }
    }

    @Test
    void ourScriptsAreClean() {
        String folder = "src/main/resources/org/jetfanout/runner/exec/";
        // variables that one script leaves to another are no mistakes
        Programs.ok("shellcheck", "-s", "sh", folder + "exec.sh");
        Programs.ok(
                "shellcheck",
                "-s",
                "sh",
                "-e",
                "SC2034,SC2154",
                folder + "begin.sh",
                folder + "command.sh",
                folder + "script.sh",
                folder + "sudo.sh");
    }

    @Test
    void aRequestIsReadBackFromTheRecord() throws Exception {
        ExecRequest request =
                new ExecRequest(
                        new ChosenHosts(
                                List.of(Path.of("/inv")),
                                List.of("a", "b"),
                                new HostLimits(List.of("a"), List.of("web"))),
                        new ScriptTask(Path.of("/s"), List.of("x y")),
                        new ExecOptions(
                                "ops",
                                OptionalInt.of(23),
                                Optional.of(java.time.Duration.ofSeconds(5)),
                                Optional.of("root"),
                                false));
        var json = Json.mapper().readTree(Json.mapper().writeValueAsBytes(request.toRecord()));
        assertThat(new ExecRunner().request(json, Path.of("/"))).isEqualTo(request);
        ExecRequest command =
                new ExecRequest(
                        new ChosenHosts(List.of(), List.of("a", "b"), HostLimits.none()),
                        new CommandTask("uptime"),
                        ExecOptions.of("ops"));
        json = Json.mapper().readTree(Json.mapper().writeValueAsBytes(command.toRecord()));
        assertThat(new ExecRunner().request(json, Path.of("/"))).isEqualTo(command);
        assertThat(command.again(List.of("b"), List.of()).hosts().named()).containsExactly("b");
    }

    @Test
    void theVersionIsThatOfOpenSsh() {
        assertThat(new ExecRunner().version("warning\nOpenSSH_9.2p1 Debian-2, OpenSSL 3.0.22\n"))
                .isEqualTo("OpenSSH_9.2p1 Debian-2, OpenSSL 3.0.22");
        assertThat(new ExecRunner().version("dropbear")).isEmpty();
    }
}
