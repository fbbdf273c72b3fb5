package org.jetfanout.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whatever is wrong in files and on the command line ends in one line of our own with a documented
 * exit code. Mistakes are made at random, with a fixed seed; more of them with {@code
 * -Djetfanout.mistakes=5000}, others with {@code -Djetfanout.seed=2}.
 */
@ResourceLock(Resources.SYSTEM_ERR)
@ResourceLock(Resources.SYSTEM_OUT)
class MistakesTest {
    private static final int COUNT = Integer.getInteger("jetfanout.mistakes", 60);
    private static final long SEED = Long.getLong("jetfanout.seed", 8);

    private static final String[] PIECES = {
        "\t",
        "\n",
        " ",
        "  ",
        "'",
        "\"",
        "[",
        "]",
        "{",
        "}",
        ": ",
        ":",
        "- ",
        "-",
        "? ",
        "&a ",
        "*a",
        "!x ",
        "!!int ",
        "!!map ",
        "| ",
        "> ",
        "#",
        "%",
        "@",
        "`",
        ",",
        "---\n",
        "...\n",
        "\\",
        "\u0000",
        "\u0007",
        "\u001b[2J",
        "\u0085",
        "\u00a0",
        "\u2028",
        "\u202e",
        "\ufeff",
        "\ufffd",
        "ü",
        "\ud83d\ude00",
        "null",
        "true",
        "~",
        "0",
        "-1",
        "1e999",
        "99999999999999999999999",
        "[]",
        "{}",
        "''",
        "' '",
        "<<: *a",
        "$(id)",
        "/",
        "..",
        "/dev/null",
        "localhost",
        "root",
        "all",
        "web",
        "wk",
        "h1",
        "1h",
        "9999999999d",
        "[[[[[[[[",
        "{a: {a: {a: ",
    };

    private static final Map<String, String> SITE = new LinkedHashMap<>();

    static {
        SITE.put(
                "workers.yml",
                """
                workers:
                  map:
                    - { from: web, to: wk }
                    - { from: db, to: wk }
                  threads: 20
                  jetp: /usr/bin/jetp --flag 'a b'
                  batch_size: 10
                  sudo_user: ops
                  user: fan
                  port: 22
                  max_jobs: 2
                  job_timeout: 1h30m
                  keepalive: 15s
                  unmatched: skip
                  on_worker_loss: report
                  agent: forward
                  agent_keys: [ key@host ]
                  env: { A: b, C: 'd' }
                  localhost: refuse
                  groups:
                    wk: { threads: 50 }
                """);
        SITE.put("inv/groups/web", "hosts:\n  - h1\n  - h2\n");
        SITE.put("inv/groups/db", "hosts: [ d1, d2 ]\nsubgroups: [ web ]\n");
        SITE.put("inv/groups/wk", "hosts: [ w1, w2 ]\n");
        SITE.put("inv/group_vars/web", "a: 1\nb: [ 1, 2 ]\nc: { d: x, e: null }\n");
        SITE.put("inv/host_vars/h1", "jet_ssh_port: 22\nx: 'y'\n");
        SITE.put(
                "inv/host_vars/w1",
                "jet_ssh_hostname: 127.0.0.1\njet_ssh_port: 22\njet_ssh_user: me\n");
        SITE.put(
                "pb.yml",
                """
                - name: one
                  groups: [ web, db ]
                  vars: { a: b }
                  vars_files: [ vars.yml ]
                  roles:
                    - { role: base }
                  tasks:
                    - !shell
                      name: first
                      cmd: uptime
                      with: { delegate_to: h1 }
                    - !copy
                      src: x.txt
                      dest: /tmp/x
                  handlers:
                    - !facts
                """);
        SITE.put("vars.yml", "v: 1\n");
        SITE.put("roles/base/role.yml", "name: base\ntasks: [ main.yml ]\n");
        SITE.put("roles/base/tasks/main.yml", "- !template\n  src: t.j2\n  dest: /x\n");
        SITE.put("extra.yml", "e: 1\n");
        SITE.put(
                "dyn.json",
                "{\"dyn\": {\"hosts\": [\"h1\"], \"vars\": {\"z\": 1}, \"children\": [\"web\"]}}");
    }

    @TempDir Path folder;

    @BeforeEach
    void writeSite() throws IOException {
        for (Map.Entry<String, String> file : SITE.entrySet()) {
            write(file.getKey(), file.getValue());
        }
        Path program = write("dyn", "#!/bin/sh\ncat '" + folder.resolve("dyn.json") + "'\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.write(file, text.getBytes(UTF_8));
    }

    private List<String> words(boolean dynamic) {
        return new ArrayList<>(
                List.of(
                        "plan",
                        "-p",
                        folder.resolve("pb.yml").toString(),
                        "-i",
                        folder.resolve("inv") + (dynamic ? ":" + folder.resolve("dyn") : ""),
                        "--worker-config",
                        folder.resolve("workers.yml").toString(),
                        "-e",
                        "@" + folder.resolve("extra.yml"),
                        "-e",
                        "{\"a\": {\"b\": [1, null, \"x\"]}}",
                        "--tags",
                        "one:two",
                        "--user",
                        "me"));
    }

    private static Ended execute(List<String> words) {
        return Ended.of(words.toArray(String[]::new));
    }

    private static void assertClear(Ended ended, String what) {
        assertThat(ended.exit()).as("%s%n%s", what, ended).isIn(0, 64, 78);
        List<String> lines = ended.err().lines().toList();
        assertThat(lines)
                .as(what)
                .allSatisfy(
                        line ->
                                assertThat(line)
                                        .startsWith("jet-fanout: ")
                                        .hasSizeLessThan(1200)
                                        .doesNotContain(
                                                "internal error",
                                                "Exception",
                                                "java.",
                                                "org.",
                                                "[Source",
                                                "\tat "));
        if (ended.exit() != 0) {
            assertThat(lines).as("%s%n%s", what, ended).isNotEmpty();
            assertThat(ended.out()).as(what).isEmpty();
        }
    }

    @Test
    void theSiteIsRight() {
        Ended plan = execute(words(true));
        assertThat(plan.exit()).as("%s", plan).isZero();
    }

    @Test
    void mistakesInFiles() throws IOException {
        Random random = new Random(SEED);
        List<String> names = List.copyOf(SITE.keySet());
        for (int n = 0; n < COUNT; n++) {
            String name = names.get(random.nextInt(names.size()));
            String text = SITE.get(name);
            for (int times = 1 + random.nextInt(3); times > 0; times--) {
                text = changed(text, random);
            }
            write(name, text);
            assertClear(
                    execute(words(name.equals("dyn.json"))),
                    "seed " + SEED + ", mistake " + n + " in " + name + ":\n" + text);
            write(name, SITE.get(name));
        }
    }

    @Test
    void mistakesOnTheCommandLine() {
        Random random = new Random(SEED);
        List<String> flags =
                List.of(
                        "-e",
                        "--limit-hosts",
                        "--limit-groups",
                        "--tags",
                        "--user",
                        "--port",
                        "-t",
                        "--batch-size",
                        "--sudo",
                        "-r",
                        "-m",
                        "-p",
                        "-i",
                        "--worker-config",
                        "--routes",
                        "--broker-wait",
                        "--no-such");
        List<String> values =
                List.of(
                        "h1:h2",
                        "web",
                        "a:",
                        ":",
                        " ",
                        "",
                        "{\"a\": 1}",
                        "@x",
                        "[1]",
                        "{\"a\": {",
                        "1",
                        "0",
                        "ops",
                        "wbe",
                        "h 1",
                        "we\u00a0b",
                        "{\"a\": \"\\ud800\"}",
                        "5m");
        for (int n = 0; n < COUNT; n++) {
            List<String> words = words(false);
            for (int times = 1 + random.nextInt(2); times > 0; times--) {
                String value = values.get(random.nextInt(values.size()));
                words.add(flags.get(random.nextInt(flags.size())));
                words.add(random.nextInt(3) > 0 ? value : changed(value, random));
            }
            if (random.nextInt(4) == 0) {
                words.remove(1 + random.nextInt(words.size() - 1));
            }
            if (words.stream().noneMatch(word -> word.indexOf('\0') >= 0)) {
                assertClear(execute(words), "seed " + SEED + ", mistake " + n + ": " + words);
            }
        }
    }

    private static String changed(String text, Random random) {
        int at = random.nextInt(text.length() + 1);
        int to = Math.min(text.length(), at + 1 + random.nextInt(8));
        String piece = PIECES[random.nextInt(PIECES.length)];
        String before = text.substring(0, at);
        String after = text.substring(to);
        return switch (random.nextInt(7)) {
            case 0 -> before + text.substring(at, to) + text.substring(at, to) + after;
            case 1 -> before + after;
            case 2 -> before;
            case 3 -> before + piece + after;
            case 4 -> {
                // the value of a line
                int colon = text.indexOf(": ", at);
                int end = colon < 0 ? -1 : text.indexOf('\n', colon);
                yield end < 0
                        ? before + piece + text.substring(at)
                        : text.substring(0, colon + 2) + piece + text.substring(end);
            }
            case 5 -> {
                // a line twice
                int begin = text.lastIndexOf('\n', at) + 1;
                int end = text.indexOf('\n', at);
                yield end < begin
                        ? text + text
                        : text.substring(0, end + 1) + text.substring(begin);
            }
            default -> before + piece + text.substring(at);
        };
    }

    /** A check ships nothing. */
    @Test
    void anOptionThatWouldHaveNoEffect() {
        Ended ended = execute(List.of("check", "--sink-wait", "5s"));
        assertThat(ended.exit()).as("%s", ended).isEqualTo(64);
        assertThat(ended.err()).contains("'--sink-wait'");
    }

    /** Whatever follows it. */
    @ParameterizedTest
    @CsvSource({
        "statsu, status", "statsu last, status", "log, logs", "'logz last --host h1', logs",
        "rnus prune, runs", "check_ssh, check-ssh", "plna -p pb.yml, plan", "'', ''",
        "frobnicate, ''", "playbook.yml, ''"
    })
    void aMisspeltCommand(String words, String nearest) {
        Ended ended = execute(List.of(words.split(" ", -1)));
        assertThat(ended.exit()).as("%s", ended).isEqualTo(64);
        String word = words.split(" ", -1)[0];
        assertThat(ended.err())
                .startsWith(
                        "jet-fanout: '%s' is not a command%s (see"
                                .formatted(
                                        word,
                                        nearest.isEmpty() ? "" : " (nearest: '" + nearest + "')"));
        assertClear(ended, words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "--limit-hosts | a:     | 64 | --limit-hosts: 'a:' contains an empty name",
                "--limit-hosts | `:`    | 64 | --limit-hosts: ':' contains an empty name",
                "--limit-groups| web::  | 64 | --limit-groups: 'web::' contains an empty name",
                "--limit-hosts | ` `    | 64 | --limit-hosts: ' ' contains an empty name",
                "--limit-hosts | h1:x y | 78 | the inventory has no host 'x y'",
                "--limit-groups| wbe    | 78 | the inventory has no group 'wbe' (nearest: 'web')",
                "-e            | {\"a\":1} | 0 | ``",
                "-e            | {}     | 0  | ``",
                "-e            | {\"a\":[[[[[[[[1]]]]]]]]} | 0 | ``",
                "-e            | [1]    | 64 | --extra-vars must be a JSON object",
                "-e            | {\"a\":  | 64 | broken at character 6",
                "--port        | many   | 64 | must be a whole number, not 'many'",
                "-t            | ` `    | 64 | must be a whole number, not ' '",
                "-i            | ` `    | 78 | ' ': no such inventory",
            })
    void oneLineEach(String flag, String value, int exit, String message) {
        List<String> words = words(false);
        words.addAll(List.of(flag, value));
        Ended ended = execute(words);
        assertThat(ended.exit()).as("%s", ended).isEqualTo(exit);
        assertThat(ended.err()).contains(message);
        assertClear(ended, value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "inv/host_vars/w1  | jet_ssh_port: many   | inv/host_vars/w1: worker 'w1' of 'wk'",
                "inv/group_vars/wk | jet_ssh_port: 0      | inv/group_vars/wk: worker 'w2' of 'wk'",
                "inv/group_vars/wk | jet_ssh_user: root   | inv/group_vars/wk: worker 'w2' of 'wk'",
                "inv/groups/web    | children: [ a ]      | inv/groups/web:1: unknown key 'children'",
                "inv/groups/db     | hosts: []            | group 'db' is empty",
                "workers.yml       | workers: { map: [ { from: web; to: wk } ] } | workers.yml:1: ",
            })
    void filesAreNamed(String name, String text, String message) throws IOException {
        // those of workers.yml would win
        write(
                "workers.yml",
                SITE.get("workers.yml").replace("  user: fan\n", "").replace("  port: 22\n", ""));
        write(name, text + "\n");
        Ended ended = execute(words(false));
        assertThat(ended.exit()).as("%s", ended).isEqualTo(78);
        assertThat(ended.err()).contains(message).doesNotContain("nearest");
        assertClear(ended, text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pb.yml                    | vars.yml | 4",
                "pb.yml                    | base     | 1",
                "pb.yml                    | x.txt    | 13",
                "roles/base/role.yml       | main.yml | 2",
                "roles/base/tasks/main.yml | t.j2     | 2",
            })
    void namesThatNoFileCanHaveAreToldWithTheirLine(String name, String old, int line)
            throws IOException {
        write(name, SITE.get(name).replace(old, "\"a\\0b\""));
        Ended ended = execute(words(false));
        assertThat(ended.exit()).as("%s", ended).isEqualTo(78);
        assertThat(ended.err())
                .startsWith(
                        "jet-fanout: "
                                + folder.resolve(name)
                                + ":"
                                + line
                                + ": 'a\\u0000b' cannot be");
        assertClear(ended, name);
    }

    @Test
    void aRunnersCommandLineThatIsBrokenHasItsLine() throws IOException {
        write("workers.yml", SITE.get("workers.yml").replace("'a b'", "'a b"));
        assertThat(execute(words(false)).err())
                .contains("workers.yml:6: jetp of worker group 'wk': ");
    }

    @Test
    void deepAndLongJsonOfTheCommandLine() {
        List<String> words = words(false);
        words.addAll(List.of("-e", "{\"a\":" + "[".repeat(5000) + "]".repeat(5000) + "}"));
        Ended ended = execute(words);
        assertThat(ended.exit()).isEqualTo(64);
        assertThat(ended.err())
                .isEqualTo(
                        "jet-fanout: --extra-vars: values are nested more than 128 deep: neither jetp nor jet-fanout reads deeper (see jet-fanout --help)\n");
    }
}
