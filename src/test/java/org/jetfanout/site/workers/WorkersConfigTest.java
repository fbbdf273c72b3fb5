package org.jetfanout.site.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class WorkersConfigTest {
    private static final String KEY = "SHA256:" + "a".repeat(43);

    @TempDir Path folder;

    private WorkersConfig read(String text) {
        return WorkersYml.read(folder, text);
    }

    private String error(String text) {
        return WorkersYml.message(
                folder, catchThrowableOfType(ConfigurationException.class, () -> read(text)));
    }

    @Test
    void readsTheFileOfTheDesign() {
        WorkersConfig config =
                read(
                        """
                        workers:
                          map:
                            - { from: us_east_1, to: us_east_1_workers }
                            - { from: us_west_1, to: us_west_1_workers }
                            - { from: stage,     to: stage_workers }
                          threads: 200            # jetp --threads on each worker
                          jetp: /usr/bin/jetp
                          batch_size: 999999
                          sudo_user: opsteam
                        """);
        assertThat(config.map())
                .containsExactly(
                        new MapEntry("us_east_1", "us_east_1_workers", 3),
                        new MapEntry("us_west_1", "us_west_1_workers", 4),
                        new MapEntry("stage", "stage_workers", 5));
        assertThat(config.workerGroups())
                .containsExactly("us_east_1_workers", "us_west_1_workers", "stage_workers");
        WorkerSettings settings = config.settings("stage_workers");
        assertThat(settings.threads()).isEqualTo(200);
        assertThat(settings.program("jetp")).isEqualTo("/usr/bin/jetp");
        assertThat(settings.batchSize()).hasValue(999_999);
        assertThat(settings.sudoUser()).contains("opsteam");
        assertThat(config.warnings()).isEmpty();
        assertThat(config.file()).isEqualTo(folder.resolve("workers.yml"));
    }

    @Test
    void defaults() {
        WorkersConfig config = read(WorkersYml.MAP);
        assertThat(config.unmatched()).isEqualTo(UnmatchedPolicy.ERROR);
        assertThat(config.settings("web_workers"))
                .isEqualTo(
                        new WorkerSettings(
                                20,
                                RunnerPrograms.NONE,
                                OptionalInt.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                OptionalInt.empty(),
                                OptionalInt.empty(),
                                Duration.ofHours(24),
                                Duration.ofSeconds(30),
                                Duration.ofMinutes(5),
                                Duration.ofSeconds(15),
                                1L << 30,
                                Duration.ofDays(7),
                                OnWorkerLoss.REPORT,
                                AgentMode.FORWARD,
                                List.of(),
                                List.of(),
                                Map.of(),
                                LocalhostPolicy.REFUSE,
                                HostVerification.CONTROL,
                                InventoryShare.WHOLE,
                                "default"));
    }

    private static final String EVERY_KEY =
            """
            threads: 150
            runner: nice ansible-playbook --diff
            jetp: op run -- "/opt/my jetp/jetp"
            batch_size: 100
            sudo_user: root
            user: fan.out
            port: 2222
            max_jobs: 2
            job_timeout: 1h30m
            connect_timeout: 10s
            reconnect_timeout: 0s
            keepalive: 1m
            max_output: 500MB
            retain: 14d
            on_worker_loss: reassign
            agent: none
            agent_keys: [ '%s', deploy@example.com ]
            agent_users: [ deploy, '*' ]
            env: { HTTPS_PROXY: 'http://proxy:3128', LEVEL: 3, EMPTY: '' }
            localhost: worker
            host_keys: "off"
            inventory: slice
            zone: eu-west_1
            """
                    .formatted(KEY);

    private static final WorkerSettings EVERY_SETTING =
            new WorkerSettings(
                    150,
                    new RunnerPrograms(
                            Optional.of("op run -- \"/opt/my jetp/jetp\""),
                            Optional.of("nice ansible-playbook --diff"),
                            Map.of()),
                    OptionalInt.of(100),
                    Optional.of("root"),
                    Optional.of("fan.out"),
                    OptionalInt.of(2222),
                    OptionalInt.of(2),
                    Duration.ofMinutes(90),
                    Duration.ofSeconds(10),
                    Duration.ZERO,
                    Duration.ofMinutes(1),
                    500L << 20,
                    Duration.ofDays(14),
                    OnWorkerLoss.REASSIGN,
                    AgentMode.NONE,
                    List.of(KEY, "deploy@example.com"),
                    List.of("deploy", "*"),
                    Map.of("HTTPS_PROXY", "http://proxy:3128", "LEVEL", "3", "EMPTY", ""),
                    LocalhostPolicy.WORKER,
                    HostVerification.OFF,
                    InventoryShare.SLICE,
                    "eu-west_1");

    @Test
    void mapsEveryKey() {
        WorkersConfig config = read(WorkersYml.MAP + (EVERY_KEY + "unmatched: skip\n").indent(2));
        assertThat(config.settings("web_workers")).isEqualTo(EVERY_SETTING);
        assertThat(config.unmatched()).isEqualTo(UnmatchedPolicy.SKIP);
        assertThat(SettingsReader.KEYS)
                .as("keys of this test")
                .containsExactlyInAnyOrderElementsOf(
                        EVERY_KEY.lines().map(line -> line.replaceFirst(":.*", "")).toList());
    }

    @Test
    void aGroupMayOverrideEveryKey() {
        WorkersConfig config =
                read(
                        """
                        workers:
                          map:
                            - { from: web, to: web_workers }
                            - { from: db, to: db_workers }
                          threads: 5
                          groups:
                            web_workers:
                        """
                                + EVERY_KEY.indent(6));
        assertThat(config.settings("web_workers")).isEqualTo(EVERY_SETTING);
        assertThat(config.settings("db_workers").threads()).isEqualTo(5);
        assertThat(config.settings("db_workers").program("jetp")).isEqualTo("jetp");
    }

    @Test
    void aGroupsSettingsComeOnTopOfTheGeneralOnes() {
        WorkersConfig config =
                read(
                        WorkersYml.MAP
                                + """
                                  threads: 5
                                  port: 22
                                  env: { A: a, B: b }
                                  groups: { web_workers: { threads: 7, env: { B: other } } }
                                """);
        WorkerSettings settings = config.settings("web_workers");
        assertThat(settings.threads()).isEqualTo(7);
        assertThat(settings.port()).hasValue(22);
        assertThat(settings.env()).isEqualTo(Map.of("A", "a", "B", "other"));
        assertThat(config.settings("").threads()).isEqualTo(5);
    }

    @Test
    void readsUnmatchedLocal() {
        assertThat(read(WorkersYml.MAP + "  unmatched: local\n").unmatched())
                .isEqualTo(UnmatchedPolicy.LOCAL);
        assertThat(read(WorkersYml.MAP).order()).isEmpty();
        assertThat(read(WorkersYml.MAP + "  order: plays\n").order()).contains(PlayOrder.PLAYS);
        assertThat(read(WorkersYml.MAP + "  order: none\n").order()).contains(PlayOrder.NONE);
        assertThat(read(WorkersYml.MAP + "  unmatched: error\n").unmatched())
                .isEqualTo(UnmatchedPolicy.ERROR);
    }

    @Test
    void valuesThatMayBeSecretsAreNotShown() {
        WorkerSettings settings =
                read(WorkersYml.MAP + "  env: { TOKEN: hush }\n  jetp: env T=hush jetp\n")
                        .settings("web_workers");
        assertThat(settings.toString()).contains("TOKEN").doesNotContain("hush");
    }

    @Test
    void warnsOfWhatIsSeldomMeant() {
        List<String> warnings =
                read("""
                workers:
                  map:
                    - { from: web, to: web_workers }
                    - { from: web_workers, to: web_workers }
                    - { from: web, to: other }
                  groups: { other: { threads: 1 } }
                """)
                        .warnings();
        assertThat(warnings.stream().map(line -> line.replace(folder + "/", "")))
                .containsExactly(
                        "workers.yml:4: group 'web_workers' is both 'from' and 'to': the run"
                                + " configures its own workers as hosts. Use these machines only"
                                + " as workers of this run",
                        "workers.yml:5: this entry is never used: the entry at line 3 has the"
                                + " same 'from'");
    }

    @ParameterizedTest
    @MethodSource
    void brokenFiles(String text, String message) {
        assertThat(error(text)).isEqualTo(message);
    }

    static Stream<Arguments> brokenFiles() {
        String must = "; it must have 'workers:' with a 'map:' below it";
        String form = "; it must be { from: <group of hosts>, to: <group of workers> }";
        return Stream.of(
                Arguments.of("", "workers.yml: is empty" + must),
                Arguments.of("{}", "workers.yml: no 'workers:'" + must),
                Arguments.of(
                        "- a\n",
                        "workers.yml:1: the file must be a mapping (key: value), not a list"),
                Arguments.of("workers:\n", "workers.yml:1: 'workers:' is empty" + must),
                Arguments.of(
                        "worker:\n  map: []\n",
                        "workers.yml:1: unknown key 'worker' in the file (nearest: 'workers')"),
                // what a copy from the web page, which lost its indents, looks like
                Arguments.of(
                        "workers:\nmap:\n- { from: a, to: b }\n",
                        "workers.yml:2: 'map' must be below 'workers:', indented by two spaces"),
                Arguments.of(
                        "workers: [ a ]\n",
                        "workers.yml:1: workers must be a mapping (key: value), not a list"),
                Arguments.of(
                        "\nworkers:\n  threads: 5\n",
                        "workers.yml:2: 'workers:' has no 'map:'. The map says which group of"
                                + " workers configures which group of hosts"),
                Arguments.of("workers:\n  map:\n", "workers.yml:2: map must be a list, not empty"),
                Arguments.of(
                        "workers:\n  map: { from: a, to: b }\n",
                        "workers.yml:2: map must be a list, not a mapping"),
                Arguments.of(
                        "workers:\n  map: []\n",
                        "workers.yml:2: map is empty: no host would have a worker"),
                Arguments.of(
                        "workers:\n  map: [ web ]\n",
                        "workers.yml:2: an entry of map must be a mapping (key: value), not 'web'"),
                Arguments.of(
                        "workers:\n  map:\n    - { from: a, to: b }\n    - { to: b }\n",
                        "workers.yml:4: an entry of map has no 'from'" + form),
                Arguments.of(
                        "workers:\n  map:\n    - { from: a }\n",
                        "workers.yml:3: an entry of map has no 'to'" + form),
                Arguments.of(
                        "workers:\n  map:\n    - from: a\n      to: b\n      too: c\n",
                        "workers.yml:5: unknown key 'too' in an entry of map (nearest: 'to')"),
                Arguments.of(
                        "workers:\n  map: [ { from: '', to: b } ]\n",
                        "workers.yml:2: from must be the name of a group, not empty"),
                Arguments.of(
                        "workers:\n  map: [ { from: a, to: } ]\n",
                        "workers.yml:2: to must be a text, not empty"),
                Arguments.of(
                        "workers:\n  map: [ { from: a, to: [ b, c ] } ]\n",
                        "workers.yml:2: to must be a text, not a list"),
                Arguments.of(
                        WorkersYml.MAP + "  groups: { web_worker: { threads: 1 } }\n",
                        "workers.yml:3: groups: 'web_worker' is not a worker group (no entry of map"
                                + " has it as 'to') (nearest: 'web_workers')"),
                Arguments.of(
                        WorkersYml.MAP + "  groups:\n    web_workers:\n      tread: 1\n",
                        "workers.yml:5: unknown key 'tread' in group 'web_workers' (nearest:"
                                + " 'threads')"),
                Arguments.of(
                        WorkersYml.MAP + "  groups:\n    web_workers:\n      unmatched: skip\n",
                        "workers.yml:5: 'unmatched' applies to all groups: put it below 'workers:'"),
                Arguments.of(
                        WorkersYml.MAP + "  groups:\n    web_workers:\n      threads: 0\n",
                        "workers.yml:5: threads must be a whole number from 1 to 100000, not '0'"),
                Arguments.of(
                        WorkersYml.MAP + "  groups: [ web_workers ]\n",
                        "workers.yml:3: groups must be a mapping (key: value), not a list"),
                Arguments.of(
                        WorkersYml.MAP + "  groups: { web_workers: }\n",
                        "workers.yml:3: group 'web_workers' must be a mapping (key: value), not"
                                + " empty"));
    }

    @ParameterizedTest
    @MethodSource
    void brokenSettings(String setting, String message) {
        assertThat(error(WorkersYml.MAP + setting.indent(2)))
                .isEqualTo("workers.yml:3: " + message);
    }

    static Stream<Arguments> brokenSettings() {
        String account =
                " must be an account name (letters, digits, . _ @ + -, not starting with -)";
        String zone =
                " must be a short word (letters, digits, - and _, at most 63, not starting with -)";
        String duration = " must be a duration such as 90s, 5m, 1h30m or 7d, not ";
        return Stream.of(
                Arguments.of("thread: 5", "unknown key 'thread' in workers (nearest: 'threads')"),
                Arguments.of(
                        "batch-size: 5",
                        "unknown key 'batch-size' in workers (nearest: 'batch_size')"),
                Arguments.of(
                        "? thread\n: [ a,\n  b ]",
                        "unknown key 'thread' in workers (nearest: 'threads')"),
                Arguments.of(
                        "threads: 0", "threads must be a whole number from 1 to 100000, not '0'"),
                Arguments.of(
                        "threads: -1", "threads must be a whole number from 1 to 100000, not '-1'"),
                Arguments.of(
                        "threads: 1.5",
                        "threads must be a whole number from 1 to 100000, not '1.5'"),
                Arguments.of(
                        "threads: many",
                        "threads must be a whole number from 1 to 100000, not 'many'"),
                Arguments.of("threads:", "threads must be a text, not empty"),
                Arguments.of("threads: [ 1 ]", "threads must be a text, not a list"),
                Arguments.of(
                        "batch_size: 0",
                        "batch_size must be a whole number from 1 to 2147483647, not '0'"),
                Arguments.of(
                        "batch_size: 99999999999",
                        "batch_size must be a whole number from 1 to 2147483647, not"
                                + " '99999999999'"),
                Arguments.of(
                        "port: 65536", "port must be a whole number from 1 to 65535, not '65536'"),
                Arguments.of("jetp: ''", "jetp must be one line of text, not empty"),
                Arguments.of("jetp: \"a\\nb\"", "jetp must be one line of text"),
                Arguments.of("sudo_user: \"a'b\"", "sudo_user" + account + ", not 'a'b'"),
                Arguments.of(
                        "user: -oProxyCommand=x", "user" + account + ", not '-oProxyCommand=x'"),
                Arguments.of("user: $(id)", "user" + account + ", not '$(id)'"),
                Arguments.of("user: ''", "user" + account + ", not ''"),
                Arguments.of(
                        "user: root",
                        "user must not be root: root on a worker can use the keys that the worker"
                                + " receives"),
                Arguments.of("job_timeout: 90", "job_timeout" + duration + "'90'"),
                Arguments.of("connect_timeout: soon", "connect_timeout" + duration + "'soon'"),
                Arguments.of("reconnect_timeout: -1s", "reconnect_timeout" + duration + "'-1s'"),
                Arguments.of("keepalive: 1.5m", "keepalive" + duration + "'1.5m'"),
                Arguments.of("retain: 7 days", "retain" + duration + "'7 days'"),
                Arguments.of("job_timeout: 0s", "job_timeout must be at least 1s, not '0s'"),
                Arguments.of("retain: 99999d", "retain must be at most 36500d, not '99999d'"),
                Arguments.of(
                        "unmatched: drop", "unmatched must be error or skip or local, not 'drop'"),
                Arguments.of("order: free", "order must be plays or none, not 'free'"),
                Arguments.of(
                        "on_worker_loss: REPORT",
                        "on_worker_loss must be report or reassign, not 'REPORT'"),
                Arguments.of("agent: yes", "agent must be forward or none, not 'yes'"),
                Arguments.of("zone: eu.west", "zone" + zone + ", not 'eu.west'"),
                Arguments.of("zone: ''", "zone" + zone + ", not ''"),
                Arguments.of("zone: -eu", "zone" + zone + ", not '-eu'"),
                Arguments.of("zone: [ eu, us ]", "zone must be a text, not a list"),
                Arguments.of("zone:", "zone must be a text, not empty"),
                Arguments.of("localhost: ok", "localhost must be refuse or worker, not 'ok'"),
                Arguments.of(
                        "agent_keys: []",
                        "agent_keys is empty: name the keys for hosts, or set agent: none"),
                Arguments.of(
                        "agent_users: [ '-oProxyCommand=x' ]",
                        "an item of agent_users must be an account name (letters, digits, . _ @ +"
                                + " -, not starting with -), not '-oProxyCommand=x'"),
                Arguments.of("agent_keys: mykey", "agent_keys must be a list, not 'mykey'"),
                Arguments.of(
                        "agent_keys: [ SHA256:abc ]",
                        "an item of agent_keys must be a fingerprint as 'ssh-add -l' shows it"
                                + " (SHA256: and 43 characters) or a key's comment, not"
                                + " 'SHA256:abc'"),
                Arguments.of("env: [ A ]", "env must be a mapping (key: value), not a list"),
                Arguments.of("env: { A: }", "env: A must be a text, not empty"),
                Arguments.of(
                        "env: { 'A;B': x }",
                        "env: 'A;B' is not a variable name (letters, digits and _)"),
                Arguments.of(
                        "env: { 1A: x }",
                        "env: '1A' is not a variable name (letters, digits and _)"),
                Arguments.of("env: { A: \"a\\0b\" }", "env: A must not contain a NUL character"),
                Arguments.of(
                        "env: { JET_FANOUT_GUID: x }",
                        "env: JET_FANOUT_GUID is set by jet-fanout itself"),
                Arguments.of(
                        "env: { SSH_AUTH_SOCK: x }",
                        "env: SSH_AUTH_SOCK is set by jet-fanout itself"),
                Arguments.of("env: { JET_LOG: x }", "env: JET_LOG is set by jet-fanout itself"));
    }

    @Test
    void aKeyThatStandsTwice() {
        assertThat(error(WorkersYml.MAP + "  threads: 5\n  threads: 6\n"))
                .isEqualTo("workers.yml:4: key 'threads' occurs twice in workers, see line 3");
    }

    @Test
    void noSuchFile() {
        assertThat(
                        WorkersYml.message(
                                folder,
                                catchThrowableOfType(
                                        ConfigurationException.class,
                                        () ->
                                                WorkersConfig.read(
                                                        folder.resolve("no.yml"), Set.of()))))
                .isEqualTo("no.yml: no such file");
    }
}
