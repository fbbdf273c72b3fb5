package org.jetfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line, workers.yml and playbooks of Jetpack, as {@code plan} takes them. */
@ResourceLock(Resources.SYSTEM_ERR)
@ResourceLock(Resources.SYSTEM_OUT)
class JetpackCommandLineTest {
    @TempDir private Path folder;

    @BeforeEach
    void site() throws IOException {
        write("inv/groups/web", "hosts: [ h1, h2 ]\n");
        write("inv/groups/wk", "hosts: [ w1, w2 ]\n");
        write("pb.yml", "- { name: p, groups: [ web ], tasks: [ !shell { cmd: a } ] }\n");
        workers("runner: jetpack");
    }

    private void workers(String settings) throws IOException {
        write(
                "workers.yml",
                "workers:\n  map: [ { from: web, to: wk } ]\n  agent: none\n  "
                        + settings.replace("; ", "\n  ")
                        + "\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "runner: jetpack                                 | jetpack ssh",
                "runner: jetpack; jetp: /usr/local/bin/jetp -x   | /usr/local/bin/jetp -x ssh",
                "jetp: /opt/jetpack                              | /opt/jetpack ssh",
                "runner: nice jetpack                            | nice jetpack ssh",
                "runner: { jetpack: /opt/wrapped }               | /opt/wrapped ssh",
            })
    void jetpackIsCalledAsWorkersYmlSays(String settings, String words) throws Exception {
        workers(settings);
        Ended plan = plan("--async");
        assertThat(plan.exit()).as("%s", plan).isZero();
        assertThat(plan.out()).contains(" " + words + " --playbook").contains(" --async");
    }

    @ParameterizedTest
    @ValueSource(strings = {"runner: jetp", "jetp: /usr/bin/jetp", "threads: 20"})
    void jetpHasNoAsync(String settings) throws Exception {
        workers(settings);
        Ended plan = plan("--async");
        assertThat(plan.exit()).isEqualTo(78);
        assertThat(plan.err())
                .contains("workers.yml: --async is an option of Jetpack, and the runner is jetp");
    }

    @Test
    void aRunHasOneDialect() throws Exception {
        write("inv/groups/db", "hosts: [ d1 ]\n");
        write("inv/groups/dk", "hosts: [ w3 ]\n");
        write(
                "workers.yml",
                """
                workers:
                  map: [ { from: web, to: wk }, { from: db, to: dk } ]
                  agent: none
                  runner: jetpack
                  groups:
                    dk:
                      runner: jetp
                """);
        Ended plan = plan();
        assertThat(plan.exit()).isEqualTo(78);
        assertThat(plan.err()).contains("workers.yml:7: ", "'dk'", "a run has one of them");
    }

    @ParameterizedTest
    @CsvSource({"ssh, ssh", "apply, ssh", "run, ssh", "check-ssh, check-ssh"})
    void jetpacksModesAreSilentNames(String mode, String passed) throws Exception {
        assertThat(plan(mode).out()).contains(" jetpack " + passed + " --playbook");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"local", "check-local", "pull", "show-inventory", "syntax-check", "docs"})
    void modesWithoutWorkersSayWhatToUse(String mode) {
        Ended ended = execute(List.of(mode, "-p", folder.resolve("pb.yml").toString()));
        assertThat(ended.exit()).isEqualTo(64);
        assertThat(ended.err())
                .startsWith("jet-fanout: '" + mode + "' is a mode of jetp or Jetpack that needs no")
                .contains("call jetp or jetpack itself");
        assertThat(plan(mode).exit()).isEqualTo(64);
    }

    @Test
    void wordsOfTheOtherDialectAreRefusedWhereWorkersYmlSaysWhichItIs() throws Exception {
        write("pb.yml", "- { name: p, groups: [ web ], tasks: [ !move { src: a, dest: b } ] }\n");
        workers("runner: jetp");
        assertThat(plan().err()).contains("pb.yml:1: module '!move' exists only in Jetpack");
        assertThat(plan().exit()).isEqualTo(78);
        workers("runner: jetpack");
        assertThat(plan().exit()).isZero();
        assertThat(plan().err()).doesNotContain("Jetpack");
        workers("jetp: /usr/bin/jetp");
        assertThat(plan().exit()).isZero();
        assertThat(plan().err()).contains("If your runner is Jetpack, set 'runner: jetpack'");
    }

    @Test
    void hostsThatWaitForEachOtherAreNotDealtToTwoWorkers() throws Exception {
        write("pb.yml", "- name: p\n  groups: [ web ]\n  tasks:\n  - !wait_for_others { }\n");
        Ended plan = plan();
        assertThat(plan.exit()).isEqualTo(78);
        assertThat(plan.err()).contains("pb.yml:4: !wait_for_others waits for all hosts of play");
        assertThat(plan("--limit-hosts", "h1").exit()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "host_vars/h1, 'provision: { type: proxmox_vm, cluster: c }', of h1: Jetpack creates",
        "group_vars/web, 'dns: { path: dns/x }', of h[1-2]: Jetpack keeps",
    })
    void hostsThatJetpackMakesAreRefused(String file, String text, String message)
            throws Exception {
        write("inv/" + file, text + "\n");
        Ended plan = plan();
        assertThat(plan.exit()).isEqualTo(78);
        assertThat(plan.err()).contains(file + ": variable '").contains(message);
        workers("runner: jetp");
        assertThat(plan().exit()).as("a variable like any other").isZero();
    }

    @Test
    void variablesOfTheCommandLineDoNotMakeHostsEither() throws Exception {
        Ended plan = plan("-e", "provision.state=destroyed");
        assertThat(plan.exit()).isEqualTo(78);
        assertThat(plan.err()).contains("--extra-vars: variable 'provision' of all hosts: Jetpack");
        write("vars.yml", "dns: { path: x }\n");
        assertThat(plan("-e", "@" + folder.resolve("vars.yml")).err())
                .contains("vars.yml: variable 'dns' of all hosts");
        assertThat(plan("-e", "provision=later").exit()).isZero();
    }

    @Test
    void laterInventoriesAreLaidOverEarlierOnes() throws Exception {
        write("inv/group_vars/web", "a: 1\nb: 1\n");
        write("secrets/group_vars/web", "b: 2\n");
        String both = folder.resolve("inv") + ":" + folder.resolve("secrets");
        Ended plan = plan("-i", both);
        assertThat(plan.exit()).as("%s", plan).isZero();
        assertThat(plan.out()).contains("--inventory inventory:inventory/overlays/1 ");
        workers("runner: jetp");
        assertThat(plan("-i", both).err()).contains("secrets: has no groups/ folder");
    }

    @Test
    void whatTheCommandLineDoesNotSayComesFromJetpacksFile() throws Exception {
        write("jet.yml", "defaults: { playbook: none.yml, inventory: [ inv ], roles: [ r ] }\n");
        write("r/x/role.yml", "name: x\n");
        String config = folder.resolve("jet.yml").toString();
        Ended plan = plan("--config", config);
        assertThat(plan.err())
                .contains("jet.yml: playbook ", "(for what the command line does not");
        assertThat(plan("--config", config, "-r", folder.resolve("r").toString()).exit()).isZero();
        workers("runner: jetp");
        Ended refused = plan("--profile", "x");
        assertThat(refused.exit()).isEqualTo(78);
        assertThat(refused.err()).contains("workers.yml: --profile is an option of Jetpack");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a=b              | {\"a\":\"b\"}",
                "a.b.c = d=e      | {\"a\":{\"b\":{\"c\":\"d=e\"}}}",
                "a=               | {\"a\":\"\"}",
                "a={\"b\":1}      | {\"a\":\"{\\\"b\\\":1}\"}",
                "{\"a\":\"b=c\"}  | ''",
                "=b               | ''",
                "a                | ''",
            })
    void variablesMayBeNamed(String text, String json) {
        assertThat(ExtraVariable.asJson(text).orElse("")).isEqualTo(json);
    }

    @Test
    void namedVariablesAreTaken() {
        assertThat(plan("-e", "tier=web").exit()).isZero();
        assertThat(plan("-e", "tier").err()).contains("a JSON object, NAME=TEXT or @FILE");
    }

    private Ended plan(String... more) {
        List<String> words = new ArrayList<>(List.of("plan"));
        words.addAll(List.of(more));
        words.addAll(List.of("-p", folder.resolve("pb.yml").toString(), "--user", "me"));
        if (!words.contains("-i")) {
            words.addAll(List.of("-i", folder.resolve("inv").toString()));
        }
        words.addAll(List.of("--worker-config", folder.resolve("workers.yml").toString()));
        return execute(words);
    }

    private static Ended execute(List<String> words) {
        return Ended.of(words.toArray(String[]::new));
    }

    private void write(String path, String text) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
