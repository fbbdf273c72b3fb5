package org.jetfanout.runner.jetp.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jetfanout.ConfigurationException;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.site.inventory.Inventory;
import org.jetfanout.site.playbook.Dialect;
import org.jetfanout.site.playbook.Playbook;
import org.jetfanout.site.playbook.PlaybookCheck;
import org.jetfanout.site.playbook.Vocabulary;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.testkit.InventoryFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JetpackPlaysTest {
    @TempDir Path temp;

    private final List<String> warnings = new ArrayList<>();
    private Inventory inventory;

    @BeforeEach
    void inventory() {
        inventory =
                new InventoryFolder(temp.resolve("inv"))
                        .group("web", "a", "b", "c")
                        .group("db", "d")
                        .load();
    }

    @Test
    void hostsThatWaitForEachOtherMustBeInOneBatch() {
        JetpackPlays plays =
                read(
                        """
                        - name: first
                          groups: [ web, db ]
                        - name: cluster
                          groups: [ web ]
                          tasks:
                            - !shell { cmd: a }
                            - !wait_for_others { mode: strict }
                        """);
        assertThatThrownBy(() -> check(plays, List.of("a", "b"), List.of("c", "d")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        temp.resolve("pb.yml")
                                + ":7: !wait_for_others waits for all hosts of play 'cluster', but"
                                + " they are in 2 batches, and the Jetpack of one batch knows only"
                                + " its own hosts. Split the play in two here: with 'order: plays',"
                                + " no worker begins a play before all workers have ended the play"
                                + " before");
        assertThatCode(() -> check(plays, List.of("a", "b", "c"), List.of("d")))
                .doesNotThrowAnyException();
        assertThatCode(() -> check(plays, List.of("a", "b", "c", "d"))).doesNotThrowAnyException();
        assertThatCode(() -> check(plays, List.of("a", "d"), List.of()))
                .as("b and c are left out")
                .doesNotThrowAnyException();
        assertThat(warnings).isEmpty();
    }

    @Test
    void rolesAndTheRolesBelowThemAreReadToo() throws IOException {
        write("roles/app/role.yml", "name: app\ndependencies: [ base ]\ntasks: [ main.yml ]\n");
        write("roles/app/tasks/main.yml", "- !shell { cmd: a }\n");
        write("roles/base/role.yml", "name: base\ndependencies: [ app ]\nhandlers: [ h.yml ]\n");
        write("roles/base/handlers/h.yml", "# x\n- !wait_for_others { }\n");
        JetpackPlays plays =
                read("- { name: p, groups: [ web ], roles: [ { role: app }, { role: no } ] }\n");
        assertThatThrownBy(() -> check(plays, List.of("a"), List.of("b", "c")))
                .hasMessageContaining("roles/base/handlers/h.yml:2: !wait_for_others waits for");
    }

    @Test
    void aListOfThePlaysHostsIsTheSameOnlyInOneBatch() throws IOException {
        write("templates/deep/hosts.j2", "x\n{{#each jet_play_hosts}}{{this}}{{/each}}\n");
        JetpackPlays templates =
                read("- { name: p, groups: [ web ], tasks: [ !template { src: a, dest: b } ] }\n");
        assertThatThrownBy(() -> check(templates, List.of("a"), List.of("b", "c")))
                .hasMessageContaining("templates/deep/hosts.j2:2: jet_play_hosts lists all hosts");
        Files.delete(temp.resolve("templates/deep/hosts.j2"));
        JetpackPlays tasks =
                read(
                        """
                        - name: p
                          groups: [ web ]
                          tasks:
                            - !shell
                              cmd: init
                              with: { condition: '(eq me jet_play_hosts.[0])' }
                        """);
        assertThatThrownBy(() -> check(tasks, List.of("a"), List.of("b", "c")))
                .hasMessageContaining("pb.yml:6: jet_play_hosts lists all hosts of play 'p'")
                .hasMessageContaining("Name the hosts in a variable");
    }

    @Test
    void filesOfHostsCannotBeCollectedOnSeveralWorkers() {
        JetpackPlays plays =
                read(
                        """
                        - name: p
                          groups: [ web ]
                          tasks:
                            - !fetch { src: /a }
                            - !fetch { src: /a, dest: /tmp/x }
                        """);
        assertThat(warnings)
                .containsExactly(
                        temp.resolve("pb.yml")
                                + ":5: !fetch writes 'dest' on the worker, not on this machine");
        assertThatThrownBy(() -> check(plays, List.of("a"), List.of("b", "c")))
                .hasMessageContaining("pb.yml:5: !fetch collects files of all hosts of play 'p'");
    }

    @Test
    void whatIsAskedFromTheWorkerIsSaid() {
        read(
                """
                - name: p
                  groups: [ web ]
                  vars: { here: "{{ JET_CWD }}", user: "{{ JET_USERNAME }}" }
                  tasks:
                    - &again !wait_for_http { url: 'http://x' }
                    - *again
                    - !github_release { repo: a/b }
                    - !wait_for_host { timeout: "3" }
                """);
        assertThat(warnings)
                .containsExactly(
                        temp.resolve("pb.yml")
                                + ":3: JET_CWD is a folder of the worker, not of this machine",
                        temp.resolve("pb.yml")
                                + ":5: !wait_for_http connects from the worker, not from this"
                                + " machine",
                        temp.resolve("pb.yml")
                                + ":7: !github_release connects from the worker, not from this"
                                + " machine");
    }

    @Test
    void aGroupThatIsATemplateIsRefused() {
        assertThatThrownBy(() -> read("# x\n- { name: p, groups: [ web, '{{ tier }}' ] }\n"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("pb.yml:2: group '{{ tier }}' of play 'p' is a template");
    }

    @Test
    void rolesAndHandlersThatAsyncLeavesOutAreSaid() {
        String text =
                """
                - { name: p, groups: [ web ], roles: [ { role: no } ] }
                - { name: q, groups: [ web ], handlers: [ !echo { msg: a } ] }
                - { name: r, groups: [ web ], tasks: [ !echo { msg: a } ] }
                """;
        read(text);
        assertThat(warnings).isEmpty();
        JetpackPlays.read(List.of(playbook(text)), List.of(), true, warnings::add);
        assertThat(warnings)
                .hasSize(2)
                .allMatch(line -> line.contains("neither the roles nor the handlers"))
                .anyMatch(line -> line.contains("pb.yml:1"))
                .anyMatch(line -> line.contains("pb.yml:2"));
    }

    private JetpackPlays read(String text) {
        return JetpackPlays.read(
                List.of(playbook(text)), List.of(temp.resolve("roles")), false, warnings::add);
    }

    private Playbook playbook(String text) {
        try {
            return Playbook.read(
                    write("pb.yml", text),
                    new PlaybookCheck(Vocabulary.of(Dialect.JETPACK), warnings::add));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Path write(String path, String text) throws IOException {
        Path file = temp.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    @SafeVarargs
    private void check(JetpackPlays plays, List<String>... batches) {
        List<Batch> all = new ArrayList<>();
        List<String> hosts = new ArrayList<>();
        for (List<String> batch : batches) {
            String id = "%04d".formatted(all.size() + 1);
            all.add(new Batch(id, new Worker("w", "workers", "w", 0, ""), batch));
            hosts.addAll(batch);
        }
        plays.check(inventory, hosts, new Plan("guid", all, List.of()));
    }
}
