package org.jetfanout.runner.ansible.output;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jetfanout.bundle.Archive;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.BatchPlay;
import org.jetfanout.runner.PlaysLeft;
import org.jetfanout.runner.Stream;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.testkit.Ansibles;
import org.jetfanout.testkit.Ansibles.Ansible;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our callback plugin in the real ansible, of each version that this machine has. */
final class AnsibleCallbackIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Compares the names of all parameters, since ansible passes some by keyword. */
    private static final String COMPARE =
            """
            import inspect, os, sys
            os.environ['JET_LOG'] = ''
            sys.path.insert(0, 'fanout/callback')
            from ansible.plugins.callback import CallbackBase
            from jet_fanout import CallbackModule
            ours = [name for name in vars(CallbackModule) if name.startswith('v2_')]
            for name in ours:
                theirs = getattr(CallbackBase, name, None)
                if theirs is None:
                    print('GONE', name)
                    continue
                theirs = list(inspect.signature(theirs).parameters)
                mine = list(inspect.signature(getattr(CallbackModule, name)).parameters)
                if mine != theirs + ['more']:
                    print('DIFFERS', name, mine, theirs)
            print('compared', len(ours))
            """;

    /** Notes the pauses of ansible's main process: as it is set, and as it is. */
    private static final String PAUSES =
            """
            import time
            from ansible import constants
            from ansible.plugins import strategy
            from ansible.plugins.callback import CallbackBase

            DOCUMENTATION = '''
                name: zz_pause
                type: notification
                short_description: pauses
                description: Notes pauses.
            '''

            class CallbackModule(CallbackBase):
                CALLBACK_VERSION = 2.0
                CALLBACK_TYPE = 'notification'
                CALLBACK_NAME = 'zz_pause'
                CALLBACK_NEEDS_ENABLED = False

                def v2_playbook_on_stats(self, stats):
                    before = time.monotonic()
                    strategy.time.sleep(0.0001)
                    slept = time.monotonic() - before
                    with open('pauses', 'w') as file:
                        file.write('%s\\n%s\\n' % (constants.DEFAULT_INTERNAL_POLL_INTERVAL, slept))
            """;

    @TempDir Path home;
    private Path bundle;

    static List<Ansible> ansibles() {
        return Ansibles.all();
    }

    @BeforeEach
    void unpack() throws IOException {
        bundle = home.resolve("bundle");
        AnsibleRun.unpack(bundle);
    }

    private Process start(Ansible ansible, String... playbooks) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("-i", "elsewhere.json", "--limit"));
        arguments.add("all:!jet_fanout_elsewhere");
        arguments.addAll(List.of(playbooks));
        if (!Files.exists(bundle.resolve("elsewhere.json"))) {
            Files.writeString(
                    bundle.resolve("elsewhere.json"), "{\"jet_fanout_elsewhere\":{\"hosts\":{}}}");
        }
        return AnsibleRun.process(bundle, ansible, arguments).start();
    }

    private int run(Ansible ansible, String... playbooks) throws Exception {
        Process process = start(ansible, playbooks);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        return process.exitValue();
    }

    private Path playbook(String name, String text) throws IOException {
        return Files.writeString(bundle.resolve("project/" + name), text);
    }

    private List<JsonNode> events(String name) throws IOException {
        List<JsonNode> events = new ArrayList<>();
        Path log = bundle.resolve("events.log");
        for (String line : Files.exists(log) ? Files.readAllLines(log) : List.<String>of()) {
            JsonNode event = JSON.readTree(line);
            if (event.path("event").asText().equals(name)) {
                events.add(event);
            }
        }
        return events;
    }

    /** Otherwise it needs a tenth of a core only to wait, which several workers may share. */
    @ParameterizedTest
    @MethodSource("ansibles")
    void ansibleLooksLessOftenWhetherATaskHasEnded(Ansible ansible) throws Exception {
        playbook("plain.yml", "- hosts: h1\n  gather_facts: false\n  tasks: []\n");
        Files.writeString(bundle.resolve("fanout/callback/zz_pause.py"), PAUSES);
        assertThat(run(ansible, "project/plain.yml")).as("%s", output()).isZero();
        assertThat(pauses()).allSatisfy(pause -> assertThat(pause).isGreaterThanOrEqualTo(0.005));

        Files.writeString(
                bundle.resolve("ansible.cfg"), "[defaults]\ninternal_poll_interval = 0.002\n");
        assertThat(run(ansible, "project/plain.yml")).as("%s", output()).isZero();
        assertThat(pauses().get(0)).as("as the user says").isEqualTo(0.002);
        assertThat(events("jet_error")).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("ansibles")
    void varsPluginsOfTheProjectWorkBesideAnsiblesOwn(Ansible ansible) throws Exception {
        playbook(
                "vars.yml",
                """
                - hosts: h1
                  gather_facts: false
                  tasks:
                    - debug: { msg: "{{ beside }} {{ given | default('by nobody') }}" }
                """);
        Files.createDirectories(bundle.resolve("project/group_vars"));
        Files.writeString(bundle.resolve("project/group_vars/web.yml"), "beside: files\n");
        assertThat(run(ansible, "project/vars.yml")).as("%s", output()).isZero();
        assertThat(output()).contains("files by nobody");

        Files.createDirectories(bundle.resolve("project/vars_plugins"));
        Files.writeString(
                bundle.resolve("project/vars_plugins/own.py"),
                """
                from ansible.plugins.vars import BaseVarsPlugin

                class VarsModule(BaseVarsPlugin):
                    def get_vars(self, loader, path, entities):
                        return {'given': 'to ' + entities[-1].name}
                """);
        assertThat(run(ansible, "project/vars.yml")).as("%s", output()).isZero();
        assertThat(output()).contains("files to h1");
        assertThat(events("jet_error")).isEmpty();
    }

    private List<Double> pauses() throws IOException {
        return Files.readAllLines(bundle.resolve("pauses")).stream().map(Double::valueOf).toList();
    }

    private String output() throws IOException {
        return Files.readString(bundle.resolve("output.log"));
    }

    @ParameterizedTest
    @MethodSource("ansibles")
    void parametersHaveTheNamesOfAnsible(Ansible ansible) throws Exception {
        Path script = Files.writeString(bundle.resolve("compare.py"), COMPARE);
        String first = Files.readAllLines(ansible.playbook().toRealPath()).get(0);
        Process process =
                new ProcessBuilder("sh", "-c", first.substring(2) + " " + script.getFileName())
                        .directory(bundle.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (ansible.version().matches("2\\.1[0-8]\\..*")) {
            assertThat(said.strip()).isEqualTo("compared 17");
        } else {
            // this one is not called any more
            assertThat(said.strip())
                    .isEqualTo("GONE v2_playbook_on_cleanup_task_start\ncompared 17");
        }
    }

    @Test
    void theSyntaxIsThatOfOldPythonsToo() {
        String script = "src/main/resources/org/jetfanout/runner/ansible/jet_fanout.py";
        assertThat(
                        Programs.ok(
                                "python3",
                                "-c",
                                "import ast; ast.parse(open('%s').read(), feature_version=(3, 4))"
                                        .formatted(script)))
                .isEmpty();
    }

    @Test
    void theScriptIsSound() {
        Programs.ok(
                "shellcheck",
                "-s",
                "sh",
                "src/main/resources/org/jetfanout/runner/ansible/ansible.sh");
    }

    @ParameterizedTest
    @MethodSource("ansibles")
    void anAnsibleThatATaskStartsWritesNoEvents(Ansible ansible) throws Exception {
        playbook(
                "outer.yml",
                """
                - hosts: h1
                  gather_facts: false
                  tasks:
                    - shell: cd %s && %s -i inventory project/changed.yml
                """
                        .formatted(bundle, ansible.playbook()));
        assertThat(run(ansible, "project/outer.yml")).as(output()).isZero();
        assertThat(events("jet_start")).hasSize(1);
        assertThat(events("runner_on_ok")).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("ansibles")
    void waitsAtTheStartOfAPlayUntilItMayGoOn(Ansible ansible) throws Exception {
        playbook(
                "plays.yml",
                """
                - hosts: web
                  gather_facts: false
                  tasks:
                    - shell: echo kept
                      register: said
                - hosts: nobody
                - hosts: web
                  gather_facts: false
                  serial: 1
                  tasks:
                    - shell: echo {{ said.stdout }} >>said
                """);
        Files.createDirectories(bundle.resolve("barriers"));
        Path pipe = bundle.resolve("barriers/3");
        Programs.ok("mkfifo", pipe.toString());
        Process process = start(ansible, "project/plays.yml");
        Waiting.until("the barrier", () -> output().contains("no hosts matched"));
        Thread.sleep(1500);
        assertThat(events("runner_on_ok")).hasSize(3);
        assertThat(events("playbook_on_play_start")).hasSize(2);
        assertThat(process.isAlive()).isTrue();
        // as barrier.sh does
        Files.writeString(bundle.resolve("barriers/new"), "{}\n");
        Process opens =
                new ProcessBuilder("sh", "-c", "exec 8>3; mv -f new 3; echo '{}' >&8")
                        .directory(bundle.resolve("barriers").toFile())
                        .start();
        assertThat(opens.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(output()).isZero();
        assertThat(events("playbook_on_play_start"))
                .extracting(event -> event.path("number").asInt() + "." + event.path("start"))
                .containsExactly("1.1", "2.1", "3.1", "3.2", "3.3");
    }

    @ParameterizedTest
    @MethodSource("ansibles")
    void aBarrierThatIsNotOpenedEndsAnsible(Ansible ansible) throws Exception {
        Files.createDirectories(bundle.resolve("barriers"));
        for (String answer : List.of("{ ended\n", "")) {
            Files.writeString(bundle.resolve("barriers/1"), answer);
            assertThat(run(ansible, "project/changed.yml")).as(output()).isEqualTo(143);
        }
        assertThat(events("playbook_on_task_start")).isEmpty();
        assertThat(events("playbook_on_stats")).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("ansibles")
    void startsAgainWithThePlaysThatAreLeft(Ansible ansible) throws Exception {
        playbook(
                "plays.yml",
                """
                - hosts: h1:h2
                  gather_facts: false
                  tasks:
                    - shell: exit {{ 1 if inventory_hostname == 'h1' else 0 }}
                - import_playbook: more.yml
                - hosts: web:db
                  gather_facts: false
                  tasks:
                    - shell: 'true'
                """);
        playbook(
                "more.yml",
                """
                - hosts: h2
                  gather_facts: false
                  tasks:
                    - shell: exit 1
                """);
        Files.writeString(
                bundle.resolve("fanout/plays.json"),
                """
                [{"number": 1, "path": "project/plays.yml:1"}, {"number": 2, "path": "project/more.yml:1"},
                 {"number": 5, "path": "project/plays.yml:6"}]
                """);
        assertThat(run(ansible, "project/plays.yml")).isEqualTo(2);
        List<String> hosts = List.of("h1", "h2", "h3", "d1");
        List<BatchPlay> plays =
                List.of(
                        new BatchPlay(1, "1", "0-1"),
                        new BatchPlay(2, "2", "1"),
                        new BatchPlay(5, "5", "0-3"));
        AnsibleReader first = reader(hosts, plays);
        assertThat(first.ranOutOfHosts()).isTrue();
        assertThat(first.play()).isEqualTo(2);
        BitSet lost = first.lost();
        assertThat(lost.cardinality()).isEqualTo(2);

        Batch batch = new Batch("0001", new Worker("w1", "workers", "w1", 0, ""), hosts);
        byte[] files =
                AnsibleSecondStart.files(
                                new ByteArrayInputStream(slice()),
                                new PlaysLeft(List.of(), batch, plays, 5, lost))
                        .orElseThrow();
        Path archive = Files.write(home.resolve("again.tar.gz"), files);
        Programs.ok("tar", "-xzf", archive.toString(), "-C", bundle.toString());
        assertThat(run(ansible, "project/plays.yml")).as(output()).isZero();
        assertThat(events("runner_on_ok"))
                .extracting(event -> event.path("host").asText())
                .containsExactlyInAnyOrder("h2", "h3", "d1");
        AnsibleReader both = reader(hosts, plays);
        assertThat(both.results(OptionalInt.of(0), ""))
                .extracting(result -> result.host() + " " + result.outcome())
                .containsExactly("h1 FAILED", "h2 FAILED", "h3 CHANGED", "d1 CHANGED");
        assertThat(both.tally().unreadable()).isZero();
    }

    private AnsibleReader reader(List<String> hosts, List<BatchPlay> plays) throws IOException {
        AnsibleReader reader = new AnsibleReader(hosts, plays, false, UnaryOperator.identity());
        reader.read(Stream.EVENTS, Files.readAllBytes(bundle.resolve("events.log")));
        return reader;
    }

    private byte[] slice() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Archive archive = new Archive(out)) {
            archive.file("elsewhere.json", Files.readAllBytes(bundle.resolve("elsewhere.json")));
            archive.endArchive();
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @MethodSource("ansibles")
    void manyHostsAndPlaysStaySmall(Ansible ansible) throws Exception {
        StringBuilder inventory = new StringBuilder("[many]\n");
        for (int i = 0; i < 200; i++) {
            inventory.append("host-with-a-long-name-").append(i).append(".example.com\n");
        }
        Files.writeString(bundle.resolve("inventory"), inventory);
        playbook(
                "many.yml",
                "- hosts: many\n  gather_facts: false\n  tasks: []\n".repeat(10)
                        + "- hosts: many\n  gather_facts: false\n  serial: 20\n  tasks: []\n");
        assertThat(run(ansible, "project/many.yml")).as(output()).isZero();
        Path log = bundle.resolve("events.log");
        assertThat(Files.size(log)).isLessThan(25_000);
        assertThat(Files.readAllLines(log)).allMatch(line -> line.length() < 32_000);
        assertThat(events("playbook_on_play_start")).hasSize(20);
    }

    @ParameterizedTest
    @MethodSource("ansibles")
    void longOutputIsCut(Ansible ansible) throws Exception {
        playbook(
                "long.yml",
                """
                - hosts: h1
                  gather_facts: false
                  tasks:
                    - name: "{{ 'n' * 5000 }}"
                      shell: |
                        yes é | head -n 100000; printf 'last \\033[31m word' >&2; exit 1
                """);
        assertThat(run(ansible, "project/long.yml")).isEqualTo(2);
        JsonNode failed = events("runner_on_failed").get(0);
        assertThat(failed.toString().length()).isLessThan(8000);
        assertThat(failed.path("stderr").asText()).startsWith("last ").endsWith(" word");
        AnsibleReader reader = reader(List.of("h1"), List.of());
        assertThat(reader.results(OptionalInt.of(2), "").get(0).reason())
                .hasSizeLessThanOrEqualTo(500);
    }

    /** A full disk is no end of ansible. */
    @ParameterizedTest
    @MethodSource("ansibles")
    void eventsThatCannotBeWrittenAreMissed(Ansible ansible) throws Exception {
        ProcessBuilder process =
                AnsibleRun.process(bundle, ansible, List.of("project/all_failed.yml"));
        process.environment().put("JET_LOG", "/dev/full");
        Process started = process.start();
        assertThat(started.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(started.exitValue()).isEqualTo(2);
        assertThat(output()).doesNotContain("Failure using method").contains("PLAY RECAP");
    }
}
