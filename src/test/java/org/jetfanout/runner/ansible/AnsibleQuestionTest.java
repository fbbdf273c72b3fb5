package org.jetfanout.runner.ansible;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;
import org.jetfanout.testkit.Ansibles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the real ansible says of a command line. */
class AnsibleQuestionTest {
    private static final String HOSTS =
            """
            [web]
            h1 ansible_host=10.0.0.1
            h2 ansible_port=2222
            [db]
            h3
            [prod:children]
            web
            [web:vars]
            v=child
            [empty]
            """;

    @TempDir Path folder;

    private final List<String> warnings = new ArrayList<>();

    private static Stream<Ansibles.Ansible> ansibles() {
        return Ansibles.all().stream();
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        if (text.startsWith("#!")) {
            file.toFile().setExecutable(true);
        }
    }

    private AnsibleAnswer ask(String... arguments) {
        return ask(Ansibles.ofMachine(), List.of("all"), arguments);
    }

    private AnsibleAnswer ask(
            Ansibles.Ansible ansible, List<String> templated, String... arguments) {
        return AnsibleAnswer.of(
                new AnsibleQuestion(
                                Interpreter.of(Optional.of(ansible.playbook()), System.getenv()),
                                folder,
                                List.of(arguments),
                                templated)
                        .ask(
                                line -> {
                                    synchronized (warnings) {
                                        warnings.add(line);
                                    }
                                }));
    }

    /** Ansible itself looks there only where it runs plays. */
    @ParameterizedTest
    @MethodSource("ansibles")
    void modulesOfTheCommandLineAreKnown(Ansibles.Ansible ansible) throws IOException {
        write("hosts", HOSTS);
        write("modules/hello.py", "#!/usr/bin/python\n");
        write("site.yml", "- hosts: db\n  tasks:\n    - hello:\n");
        assertThat(
                        ask(
                                        ansible,
                                        List.of(),
                                        "-i",
                                        "hosts",
                                        "-M",
                                        folder.resolve("modules").toString(),
                                        "site.yml")
                                .plays())
                .hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("ansibles")
    void hostsThatOnlyTasksAddAreUnknown(Ansibles.Ansible ansible) throws IOException {
        write("hosts", HOSTS);
        write(
                "site.yml",
                """
                - hosts: web
                  tasks: []
                - hosts: made
                  tasks: []
                """);
        assertThat(ask(ansible, List.of(), "-i", "hosts", "-l", "db:web", "site.yml").plays())
                .extracting(AnsiblePlay::unknown)
                .containsExactly(false, true);
        write("site.yml", "- hosts: web\n  tasks: []\n- hosts: db\n  tasks: []\n");
        assertThat(ask(ansible, List.of(), "-i", "hosts", "-l", "db", "site.yml").plays())
                .extracting(AnsiblePlay::unknown)
                .containsExactly(false, false);
    }

    @ParameterizedTest
    @MethodSource("ansibles")
    void playsAreThoseOfTheCommandLineInOrder(Ansibles.Ansible ansible) throws IOException {
        write("hosts", HOSTS);
        write("more.yml", "- name: imported\n  hosts: db\n  tasks: []\n");
        write(
                "site.yml",
                """
                - hosts: web:&prod:!h2
                  tasks: []
                - import_playbook: more.yml
                - name: by variable
                  hosts: "{{ target }}"
                  tasks: []
                - hosts: localhost
                  tasks: []
                """);
        AnsibleAnswer answer =
                ask(ansible, List.of(), "-i", "hosts", "-e", "target=~h[13]", "site.yml");
        assertThat(answer.version()).isEqualTo(ansible.version());
        assertThat(answer.plays())
                .extracting(
                        AnsiblePlay::number,
                        play -> play.file().getFileName() + ":" + play.line(),
                        AnsiblePlay::hosts,
                        AnsiblePlay::localhost)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(1, "site.yml:1", List.of("h1"), false),
                        org.assertj.core.groups.Tuple.tuple(2, "more.yml:1", List.of("h3"), false),
                        org.assertj.core.groups.Tuple.tuple(
                                3, "site.yml:4", List.of("h1", "h3"), false),
                        org.assertj.core.groups.Tuple.tuple(4, "site.yml:7", List.of(), true));
        assertThat(answer.plays().get(1).name()).isEqualTo("imported");
        assertThat(answer.inventory().hosts()).containsExactly("h1", "h2", "h3");
        assertThat(answer.inventory().hostsOf("prod")).containsExactly("h1", "h2");
        assertThat(answer.inventory().hasGroup("empty")).isTrue();
        assertThat(answer.inventory().variables("h2")).containsEntry("jet_ssh_port", "2222");
        assertThat(warnings).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("ansibles")
    void limitsAndPromptsAreResolved(Ansibles.Ansible ansible) throws IOException {
        write("hosts", HOSTS);
        write(
                "site.yml",
                """
                - hosts: all
                  vars_prompt:
                    - name: release
                    - name: given
                  tasks: []
                """);
        AnsibleAnswer answer =
                ask(
                        ansible,
                        List.of(),
                        "-i",
                        "hosts",
                        "-l",
                        "prod:!h1",
                        "-e",
                        "given=1",
                        "site.yml");
        assertThat(answer.plays().get(0).hosts()).containsExactly("h2");
        assertThat(answer.plays().get(0).prompts()).containsExactly("release");
    }

    @ParameterizedTest
    @MethodSource("ansibles")
    void errorsAreAnsiblesOwnInOneLineWithThePlace(Ansibles.Ansible ansible) throws IOException {
        write("hosts", HOSTS);
        write(
                "undefined.yml",
                "- hosts: all\n  tasks: []\n- hosts: \"{{ nobody }}\"\n  tasks: []\n");
        write("broken.yml", "- hosts: all\n  tasks:\n    - ping:\n     x: [\n");
        write("module.yml", "- hosts: all\n  tasks:\n    - no_such_module: {}\n");
        write("site.yml", "- hosts: all\n  tasks: []\n");
        for (String[] line :
                new String[][] {
                    {"'nobody' is undefined", "-i", "hosts", "undefined.yml"},
                    {"undefined.yml:3", "-i", "hosts", "undefined.yml"},
                    {"broken.yml:", "-i", "hosts", "broken.yml"},
                    {"no_such_module", "-i", "hosts", "module.yml"},
                    {"missing.yml", "-i", "hosts", "missing.yml"},
                    {"absent", "-i", "absent", "site.yml"},
                    {"nobody", "-i", "hosts", "-l", "nobody", "site.yml"},
                    {"--no-such-flag", "-i", "hosts", "--no-such-flag", "site.yml"}
                }) {
            String[] arguments = java.util.Arrays.copyOfRange(line, 1, line.length);
            assertThatThrownBy(() -> ask(ansible, List.of(), arguments))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageStartingWith("ansible")
                    .message()
                    .doesNotContain("\n")
                    .satisfies(
                            text ->
                                    assertThat(text + warnings)
                                            .as("%s", List.of(arguments))
                                            .contains(line[0]));
        }
    }

    @Test
    void anInventoryThatCannotBeParsedSaysWhy() throws IOException {
        write("hosts", "[web]\nh1 what is this\n");
        write("site.yml", "- hosts: all\n  tasks: []\n");
        assertThatThrownBy(() -> ask("-i", "hosts", "site.yml"))
                .hasMessageContaining("hosts:2")
                .message()
                .doesNotContain("\n");
    }

    /** A file, a folder, a program, a plugin's file, a list: and several of them. */
    @Test
    void everyKindOfInventory() throws IOException {
        write("ini", "[a]\nh1\n");
        write("y.yml", "b:\n  hosts:\n    h2:\n");
        write("d/one", "[c]\nh3\n");
        write("d/two.yml", "c:\n  hosts:\n    h4:\n");
        write(
                "program",
                """
                #!/bin/sh
                echo chatter >&2
                echo '{"d": {"hosts": ["h5"]}, "_meta": {"hostvars": {"h5": {"ansible_host": "10.0.0.5"}}}}'
                """);
        write(
                "made.constructed.yml",
                "plugin: constructed\nstrict: false\ngroups:\n  made: inventory_hostname == 'h2'\n");
        write("site.yml", "- hosts: all\n  tasks: []\n");
        AnsibleAnswer answer =
                ask(
                        "-i",
                        "ini",
                        "-i",
                        "y.yml",
                        "-i",
                        "d",
                        "-i",
                        "program",
                        "-i",
                        "h6,h7,",
                        "-i",
                        "made.constructed.yml",
                        "site.yml");
        assertThat(answer.plays().get(0).hosts())
                .containsExactlyInAnyOrder("h1", "h2", "h3", "h4", "h5", "h6", "h7");
        assertThat(answer.inventory().hostsOf("made")).containsExactly("h2");
        assertThat(answer.inventory().variables("h5"))
                .containsEntry("jet_ssh_hostname", "10.0.0.5");
        assertThat(warnings).anyMatch(line -> line.contains("chatter"));
    }

    @ParameterizedTest
    @MethodSource("ansibles")
    void addressesOfWorkersAreThoseThatAnsibleWouldUse(Ansibles.Ansible ansible)
            throws IOException {
        write("inv/hosts", "[wk]\nw1\nw2 ansible_host=10.0.0.9 ansible_user=own\n[web]\nh1\n");
        write(
                "inv/group_vars/wk.yml",
                "ansible_host: \"10.1.0.{{ number }}\"\nansible_user: ops\n");
        write("inv/group_vars/all/main.yml", "ansible_port: 2200\nansible_user: nobody\n");
        write("inv/host_vars/w1.yml", "number: 7\n");
        write("group_vars/wk.yml", "ansible_port: 2201\n"); // beside the playbook: wins
        write("site.yml", "- hosts: web\n  remote_user: deploy\n  tasks: []\n");
        AnsibleAnswer answer = ask(ansible, List.of("wk"), "-i", "inv/hosts", "site.yml");
        assertThat(answer.inventory().variables("w1"))
                .isEqualTo(
                        Map.of(
                                "jet_ssh_hostname", "10.1.0.7",
                                "jet_ssh_port", "2201",
                                "jet_ssh_user", "ops"));
        assertThat(answer.inventory().variables("w2"))
                .isEqualTo(
                        Map.of(
                                "jet_ssh_hostname", "10.0.0.9",
                                "jet_ssh_port", "2201",
                                "jet_ssh_user", "own"));
        assertThat(answer.logins()).contains("ops", "own", "nobody", "deploy");
    }

    @ParameterizedTest
    @MethodSource("ansibles")
    void secretsComeAsAnsibleReadsThem(Ansibles.Ansible ansible) throws IOException {
        write("hosts", HOSTS);
        write("site.yml", "- hosts: web\n  tasks: []\n");
        write("pass", "from a file\n");
        write("dev-client", "#!/bin/sh\necho \"from a program for $2\"\n");
        write("ansible.cfg", "[defaults]\nvault_password_file = pass\n");
        write("become", "#!/bin/sh\necho up\n");
        write("vars.yml", "d: 4\n");
        AnsibleAnswer answer =
                ask(
                        ansible,
                        List.of(),
                        "-i",
                        "hosts",
                        "--vault-id",
                        "dev@dev-client",
                        "--become-password-file",
                        "become",
                        "-e",
                        "a=1 b='two words'",
                        "-e",
                        "{\"c\": [3]}",
                        "-e",
                        "@vars.yml",
                        "site.yml");
        assertThat(answer.vault())
                .extracting(entry -> entry.label() + "=" + new String(entry.password(), UTF_8))
                .containsExactlyInAnyOrder("default=from a file", "dev=from a program for dev");
        assertThat(new String(answer.becomePassword().orElseThrow(), UTF_8)).isEqualTo("up");
        assertThat(answer.connectionPassword()).isEmpty();
        assertThat(answer.extraVars().toString())
                .isEqualTo("[{\"a\":\"1\",\"b\":\"two words\"},{\"c\":[3]},null]");
        assertThat(answer.toString()).doesNotContain("from a");
    }

    @Test
    void whatAsksForAPasswordIsRefused() throws IOException {
        write("hosts", HOSTS);
        write("site.yml", "- hosts: web\n  tasks: []\n");
        write("ansible.cfg", "[privilege_escalation]\nbecome_ask_pass = true\n");
        assertThatThrownBy(() -> ask("-i", "hosts", "site.yml"))
                .hasMessageContaining("--become-password-file");
        write("ansible.cfg", "[defaults]\n");
        assertThatThrownBy(() -> ask("-i", "hosts", "--vault-id", "dev@prompt", "site.yml"))
                .hasMessageContaining("dev@prompt");
    }

    @Test
    void tenThousandHostsTakeSeconds() throws IOException {
        write(
                "hosts.yml",
                IntStream.range(0, 100)
                        .mapToObj(
                                g ->
                                        "g%d:\n  hosts:\n".formatted(g)
                                                + IntStream.range(0, 100)
                                                        .mapToObj(
                                                                h ->
                                                                        "    h%d: {ansible_host: 10.0.%d.%d}\n"
                                                                                .formatted(
                                                                                        g * 100 + h,
                                                                                        g,
                                                                                        h))
                                                        .collect(Collectors.joining()))
                        .collect(Collectors.joining()));
        write("site.yml", "- hosts: all\n  tasks: []\n");
        long begin = System.nanoTime();
        AnsibleAnswer answer = ask("-i", "hosts.yml", "site.yml");
        assertThat(answer.inventory().hosts()).hasSize(10_000);
        assertThat(System.nanoTime() - begin).isLessThan(60_000_000_000L);
    }
}
