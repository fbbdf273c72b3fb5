package org.jetfanout.runner.jetp.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.jetfanout.runner.Outcome.CHANGED;
import static org.jetfanout.runner.Outcome.FAILED;
import static org.jetfanout.runner.Outcome.NOT_STARTED;
import static org.jetfanout.runner.Outcome.OK;
import static org.jetfanout.runner.Outcome.UNFINISHED;
import static org.jetfanout.runner.Outcome.UNREACHABLE;
import static org.jetfanout.runner.Stream.EVENTS;
import static org.jetfanout.runner.Stream.OUTPUT;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jetfanout.runner.BundleNames;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.Outcome;
import org.jetfanout.runner.Tally;
import org.jetfanout.runner.ToldSoFar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What real runs of jetp said, and what became of their hosts. */
class JetpReaderTest {
    private static final String REFUSED_15 = "SSH connection attempt failed for 127.0.0.15:22711";
    private static final String NO_DB =
            "at least one referenced group (db) is not found in inventory";
    private static final String AGENT = "SSH agent authentication failed for user jetph: [Session(";

    private static HostResult host(int last, Outcome outcome, String reason) {
        return new HostResult("127.0.0." + last, outcome, reason);
    }

    /** Three hosts on which a task failed, and two others. */
    private static List<HostResult> webBreaks(Outcome outcome, String reason) {
        List<HostResult> all = new ArrayList<>(hosts(FAILED, "break: exit code 1", 11, 12, 13));
        all.addAll(hosts(outcome, reason, 14, 16));
        return all;
    }

    private static List<HostResult> hosts(Outcome outcome, String reason, int... lasts) {
        return Arrays.stream(lasts).mapToObj(last -> host(last, outcome, reason)).toList();
    }

    /** Read off the recordings by eye. */
    static Stream<Arguments> recordings() {
        return Stream.of(
                Arguments.of(
                        "01-mixed",
                        List.of(
                                host(11, CHANGED, ""),
                                host(12, CHANGED, ""),
                                host(
                                        13,
                                        FAILED,
                                        "sometimes fails: exit code 2: ls: cannot access"
                                                + " '/nonexistent': No such file or directory"),
                                host(14, CHANGED, ""),
                                host(15, UNREACHABLE, REFUSED_15))),
                Arguments.of("02-good", hosts(CHANGED, "", 11, 12)),
                Arguments.of("03-all-fail-mid", hosts(FAILED, "boom: always", 11, 12)),
                Arguments.of("05-all-unreachable", hosts(UNREACHABLE, REFUSED_15, 15)),
                Arguments.of(
                        "06-syntax-unknown-key",
                        hosts(
                                UNFINISHED,
                                "/srv/site/pb/bad.yml:5: .[0].tasks[0]: unknown field cmdd,"
                                        + " expected one of name, cmd, save, failed_when,"
                                        + " changed_when, unsafe, with, and",
                                11,
                                12)),
                Arguments.of("10-slice-missing-group", hosts(UNFINISHED, NO_DB, 11)),
                Arguments.of("11-slice-empty-group", hosts(UNFINISHED, NO_DB, 11)),
                Arguments.of(
                        "12-limit-hosts-none-in-play2",
                        hosts(UNFINISHED, "no hosts selected by groups in play", 11)),
                Arguments.of("13-limit-hosts", hosts(OK, "", 11, 14)),
                Arguments.of("c0-all-fail-in-the-last-task", webBreaks(CHANGED, "")),
                Arguments.of(
                        "c1-all-fail-a-handler-is-left",
                        webBreaks(UNFINISHED, "no hosts remaining")),
                Arguments.of(
                        "c2-all-gone-before-a-play", webBreaks(UNFINISHED, "no hosts remaining")),
                Arguments.of("c3-batches-fail-in-the-last-task", webBreaks(CHANGED, "")),
                Arguments.of("c4-vars-files", hosts(CHANGED, "", 11, 12, 13, 14, 16)),
                Arguments.of(
                        "c5-limits-without-the-first-play",
                        hosts(UNFINISHED, "no hosts selected by groups in play", 14)),
                Arguments.of(
                        "30-no-agent",
                        hosts(UNREACHABLE, AGENT + "-39)] no auth sock variable", 11, 12)),
                Arguments.of(
                        "33-agent-first-key-wrong",
                        hosts(
                                UNREACHABLE,
                                AGENT + "-18)] Username/PublicKey combination invalid",
                                11,
                                12)),
                Arguments.of("34-agent-key-comment-env", hosts(CHANGED, "", 11, 12)),
                Arguments.of(
                        "45-inv-unknown-key",
                        hosts(
                                UNFINISHED,
                                "e/unk/groups/web:3: unknown field vars, expected hosts or"
                                        + " subgroups",
                                11)),
                Arguments.of("50-dyn", hosts(CHANGED, "", 11, 12)),
                Arguments.of(
                        "51-dyn-show",
                        hosts(
                                UNFINISHED,
                                "the runner ended with exit code 0 and wrote no events: check"
                                        + " that it is jetp",
                                11)),
                Arguments.of(
                        "52-dyn-stderr",
                        hosts(
                                UNFINISHED,
                                "error parsing dynamic inventory source: \"dyn/err.sh\":"
                                        + " Error(\"trailing characters\", line: 3, column: 1)",
                                11)),
                Arguments.of("60-batch2", hosts(CHANGED, "", 11, 12, 13, 14)),
                Arguments.of("70-sudo-root", hosts(CHANGED, "", 11, 12)),
                Arguments.of("71-tags", hosts(CHANGED, "", 11, 12)),
                Arguments.of(
                        "76-check-ssh",
                        hosts(
                                FAILED,
                                "echo: Template error: Variable \"who.out\" not found in strict"
                                        + " mode.",
                                11,
                                12)),
                Arguments.of(
                        "80-mute-host", hosts(UNFINISHED, "… 127.0.0.12 => running", 11, 12, 16)),
                Arguments.of(
                        "82-delegate-missing",
                        hosts(
                                FAILED,
                                "on other: cannot delegate to a host not found in inventory:"
                                        + " 127.0.0.14",
                                11,
                                12)),
                Arguments.of("83-delegate-ok", hosts(CHANGED, "", 11)),
                Arguments.of("8a-extra-vars", hosts(CHANGED, "", 11, 12)),
                Arguments.of("a0-role", hosts(CHANGED, "", 11, 12)),
                Arguments.of("a5-ignore-retry", hosts(FAILED, "retried: exit code 8", 11, 12)),
                Arguments.of("a6-skipped", hosts(OK, "", 11, 12)));
    }

    /** The runner is ended because one of its hosts is mute: that one is named apart. */
    @Test
    void aHostThatTheRunnerDidNotGetThroughTo() throws IOException {
        JetpReader reader = new JetpReader(List.of("127.0.0.11", "127.0.0.12", "127.0.0.16"));
        reader.read(org.jetfanout.runner.Stream.OUTPUT, bytes("80-mute-host", ".stdout"));
        reader.read(org.jetfanout.runner.Stream.EVENTS, bytes("80-mute-host", ".jetlog"));
        List<HostResult> results =
                reader.results(OptionalInt.of(143), "worker w1: ended after its deadline of 4 s");
        assertThat(results)
                .filteredOn(host -> host.reason().contains("had not yet connected to it"))
                .extracting(HostResult::host)
                .containsExactly("127.0.0.16");
        assertThat(results)
                .allMatch(host -> host.reason().startsWith("worker w1: ended after its deadline"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recordings")
    void recording(String name, List<HostResult> expected) throws IOException {
        byte[] output = bytes(name, ".stdout");
        byte[] events = bytes(name, ".jetlog");
        String code = new String(bytes(name, ".rc"), UTF_8).strip();
        OptionalInt exitCode = OptionalInt.of(code.isEmpty() ? 0 : Integer.parseInt(code));
        List<String> batch = expected.stream().map(HostResult::host).toList();
        Random random = new Random(name.hashCode());
        for (int round = 0; round < 20; round++) {
            JetpReader reader = new JetpReader(batch);
            int most = 1 + random.nextInt(round < 3 ? 1 : 2000);
            feed(reader, random, most, output, events);
            assertThat(reader.results(exitCode)).isEqualTo(expected);
            assertThat(reader.tally().unreadable()).isZero();
            ToldSoFar.isWhatIsCounted(reader);
        }
    }

    @Test
    void whoCouldNotBeReachedWithoutAgentIsUnfinished() {
        JetpReader reader = new JetpReader(List.of("a", "b", "c", "d"));
        String failed = "{\"event\":\"HOST_CONNECT_FAILED\",\"host\":\"%s\"}\n";
        long length = failed.formatted("a").length();
        String events =
                failed.formatted("a")
                        + failed.formatted("b")
                        + failed.formatted("c")
                        + status("d", "x");
        for (byte b : events.getBytes(UTF_8)) {
            reader.read(EVENTS, new byte[] {b});
        }
        reader.read(
                OUTPUT,
                "  ..... b : no auth sock\n! connection failed to host: b\n".getBytes(UTF_8));
        reader.read(EVENTS, "\n{\"event\":\"SUMMARY\"}\n".getBytes(UTF_8));
        reader.withoutAgent(end -> end == 2 * length);
        assertThat(reader.results(OptionalInt.of(1)))
                .containsExactly(
                        new HostResult("a", UNREACHABLE, "connection failed"),
                        new HostResult(
                                "b",
                                UNFINISHED,
                                "tried while the connection was down and no agent was available:"
                                        + " no auth sock"),
                        new HostResult("c", UNREACHABLE, "connection failed"),
                        new HostResult("d", OK, ""));
    }

    /** Of many hosts: the outcome of those that the events name, but for some. */
    static Stream<Arguments> recordingsOfMany() {
        String unknown =
                "unknown field cmdd, expected one of name, cmd, save, failed_when, changed_when,"
                        + " unsafe, with, and";
        String test = "f: exit code 1";
        return Stream.of(
                Arguments.of("b0-check-would-change", 0, 40, CHANGED, "", Map.of()),
                Arguments.of(
                        "b1-dead-host-play1-two-plays",
                        1,
                        41,
                        CHANGED,
                        "",
                        Map.of(
                                "d01",
                                new HostResult(
                                        "d01",
                                        UNREACHABLE,
                                        "SSH connection attempt failed for 127.77.0.60:7722"))),
                Arguments.of(
                        "b2-play1-fails-everywhere",
                        1,
                        23,
                        CHANGED,
                        "",
                        IntStream.rangeClosed(1, 10)
                                .mapToObj("e%02d"::formatted)
                                .collect(
                                        Collectors.toMap(
                                                host -> host,
                                                host -> new HostResult(host, FAILED, test)))),
                Arguments.of(
                        "b4-unknown-key-in-play2",
                        1,
                        0,
                        UNFINISHED,
                        "/site/pb/c43-half.yml:11: .[1].tasks[0]: " + unknown,
                        Map.of()),
                Arguments.of("b6-no-tasks", 0, 3, OK, "", Map.of()),
                Arguments.of("b7-batch2-first-fails", 1, 2, FAILED, "break: exit code 1", Map.of()),
                Arguments.of(
                        "b8-typo-line",
                        1,
                        0,
                        UNFINISHED,
                        "/site/pb/c35-trim.yml:16: .[0].tasks[1]: " + unknown,
                        Map.of()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recordingsOfMany")
    void recordingOfMany(
            String name,
            int code,
            int count,
            Outcome outcome,
            String reason,
            Map<String, HostResult> others)
            throws IOException {
        byte[] output = bytes(name, ".stdout");
        byte[] events = bytes(name, ".jetlog");
        Set<String> named = new TreeSet<>();
        Matcher matcher = Pattern.compile("\"host\":\"(.*?)\"").matcher(new String(events, UTF_8));
        while (matcher.find()) {
            named.add(matcher.group(1));
        }
        assertThat(named).hasSize(count);
        if (named.isEmpty() || outcome == OK) {
            // of a play without tasks, or of a playbook that was refused, nobody names the hosts
            named.addAll(List.of("x01", "x02"));
        }
        Random random = new Random(name.hashCode());
        for (int round = 0; round < 5; round++) {
            JetpReader reader = new JetpReader(named);
            feed(reader, random, 1 + random.nextInt(2000), output, events);
            assertThat(reader.results(OptionalInt.of(code)))
                    .containsExactlyElementsOf(
                            named.stream()
                                    .map(
                                            host ->
                                                    others.getOrDefault(
                                                            host,
                                                            new HostResult(host, outcome, reason)))
                                    .toList());
            assertThat(reader.refused(OptionalInt.of(code))).isEqualTo(outcome == UNFINISHED);
            assertThat(reader.tally().unreadable()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "NeedsCreation,CHANGED",
        "NeedsExecution,CHANGED",
        "NeedsModification,CHANGED",
        "NeedsRemoval,CHANGED",
        "IsMatched,OK",
        "IsPassive,OK",
        "IsSkipped,OK",
        "Failed,OK"
    })
    void checkModeSaysWhatWouldChange(String status, Outcome outcome) {
        JetpReader reader = new JetpReader(List.of("a"));
        events(
                reader,
                status("a", status).replace("TASK_STATUS", "TASK_CHECK_STATUS"),
                "{\"event\":\"SUMMARY\"}");
        assertThat(reader.results(OptionalInt.of(0)))
                .containsExactly(new HostResult("a", outcome, ""));
        assertThat(reader.tally().changed()).isEqualTo(outcome == CHANGED ? 1 : 0);
        assertThat(reader.tally().ok()).isEqualTo(outcome == OK ? 1 : 0);
    }

    @Test
    void aPlayWithoutTasksIsNoUnfinishedHost() {
        String summary = "{\"event\":\"SUMMARY\"}";
        String play = "{\"event\":\"PLAY_START\",\"play\":\"p\"}";
        String task = "{\"event\":\"TASK_START\",\"task\":\"t\"}";
        JetpReader last = new JetpReader(List.of("a", "b"));
        events(last, play, task, status("a", "IsMatched"), play, summary);
        assertThat(last.results(OptionalInt.of(0)))
                .containsExactly(new HostResult("a", OK, ""), new HostResult("b", OK, ""));
        assertThat(last.tally().ok()).isEqualTo(2);
        ToldSoFar.isWhatIsCounted(last);
        JetpReader none = new JetpReader(List.of("a"));
        events(none, "{\"event\":\"PLAYBOOK_START\"}", play, summary);
        assertThat(none.results(OptionalInt.of(0))).containsExactly(new HostResult("a", OK, ""));
        JetpReader each = new JetpReader(List.of("a", "b"));
        events(each, play, task, status("a", "IsMatched"), summary);
        assertThat(each.results(OptionalInt.of(0)).get(1))
                .isEqualTo(new HostResult("b", UNFINISHED, "no task ran on it"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    thread 'main' (371) panicked at src/x.rs:1:2:|called `unwrap()` on a `None` value|thread 'main' panicked at src/x.rs:1:2: called `unwrap()` on a `None` value
                    thread '<unnamed>' panicked at src/x.rs:1:2:|oh|thread '<unnamed>' panicked at src/x.rs:1:2: oh
                    thread 'main' panicked at 'oh: no', src/x.rs:1:2|note: run with|thread 'main' panicked at 'oh: no', src/x.rs:1:2
                    """)
    void aPanicsMessageIsTheReason(String first, String second, String reason) {
        JetpReader reader = new JetpReader(List.of("a"));
        events(reader, status("a", "IsExecuted"));
        output(reader, first + "\n" + second + "\nnote: run with `RUST_BACKTRACE=1`\n");
        output(reader, "thread 'main' panicked at src/y.rs:1:1:\nPoisonError\n");
        assertThat(reason(reader, OptionalInt.of(101))).isEqualTo(reason);
        assertThat(reader.refused(OptionalInt.of(101))).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    /home/jetfan/.jet-fanout/g/0001/site/0/pb.yml      | ../pb/main.yml
                    "/x/.jet-fanout/g/0001/roles/1/base/tasks/a.yml"   | "/srv/roles/base/tasks/a.yml"
                    (/x/.jet-fanout/g/0001/site/0/pb.yml.bak)          | (site/0/pb.yml.bak)
                    a /x/g/0001/site/0/pb.yml, b /y/g/0001/inventory/groups/a: no | a ../pb/main.yml, b inventory/groups/a: no
                    /home/jetfan/.jet-fanout/g/0001/bundle.1e4465fd/site/0/pb.yml: x | ../pb/main.yml: x
                    /home/jetfan/.jet-fanout/g/0002/site/0/pb.yml      | /home/jetfan/.jet-fanout/g/0002/site/0/pb.yml
                    """)
    void filesHaveTheirNamesOfTheControlMachine(String said, String shown) {
        BundleNames names =
                new BundleNames(
                        "/g/0001/",
                        Map.of("site/0/pb.yml", "../pb/main.yml", "roles/1", "/srv/roles"));
        assertThat(names.apply(said)).isEqualTo(shown);
        assertThat(BundleNames.none().apply(said)).isEqualTo(said);
    }

    /** As jetp draws it for a long path: folded anywhere within it, and cut before the line. */
    @Test
    void aLongPathHidesNeitherFileNorLine() {
        String folder = "/e1660851-937b-45f9-ad68-fc0108e6fde8/0001/";
        BundleNames names = new BundleNames(folder, Map.of("site/0/site.yml", "pb/site.yml"));
        JetpReader reader = new JetpReader(List.of("a"), false, names);
        output(
                reader,
                """
                ┌──────────────────────────────────────────────────────────────────────────────┐
                │Error reading YAML file:                                                      │
                │/tmp/o/home/jetfan/.jet-fanout/e1660851-937b-45f9-ad68-fc0108e6fde8/0001/bundl│
                │e.1e4465fd/site/0/site.yml, .[0]: unknown field taskss, expected one of name, │
                │groups, roles, defaults, vars, vars_files, sudo, sudo_template, ssh_user,     │
                │ssh_port, tasks, handlers, ba...|                                             │
                └──────────────────────────────────────────────────────────────────────────────┘

                         2       |     |   groups: [web]
                         3:    3 | >>> |   taskss: []

                edit the file and try again?
                """);
        assertThat(reason(reader, OptionalInt.of(1)))
                .isEqualTo(
                        "pb/site.yml:3: .[0]: unknown field taskss, expected one of name, groups,"
                                + " roles, defaults, vars, vars_files, sudo, sudo_template,"
                                + " ssh_user, ssh_port, tasks, handlers, ba…");
        JetpReader second = new JetpReader(List.of("a"), false, names);
        output(
                second,
                """
                ┌──────────────────────────────────────────────────────────────────────────────┐
                │Error reading YAML file:                                                      │
                │/tmp/o/home/jetfan/.jet-fanout/e1660851-937b-45f9-ad68-fc0108e6fde8/0001/bundl│
                │e.1e4465fd/site/0/site.yml, .[0].tasks[0]: unknown field cmdd, expected one of│
                │name, cmd, save, failed_when, changed_when, unsafe, with, and at line 5 column│
                │7                                                                             │
                └──────────────────────────────────────────────────────────────────────────────┘
                edit the file and try again?
                """);
        assertThat(reason(second, OptionalInt.of(1)))
                .isEqualTo(
                        "pb/site.yml:5: .[0].tasks[0]: unknown field cmdd, expected one of name,"
                                + " cmd, save, failed_when, changed_when, unsafe, with, and");
    }

    @Test
    void whatIsNoRefusal() {
        JetpReader touched = new JetpReader(List.of("a", "b"));
        events(touched, "{\"event\":\"TASK_START\"}", status("a", "IsMatched"));
        output(touched, "role not found: base\n");
        assertThat(touched.refused(OptionalInt.of(1))).isFalse();
        JetpReader other = new JetpReader(List.of("a"));
        output(other, "op: you are not signed in\n");
        assertThat(other.refused(OptionalInt.of(1))).isFalse();
        JetpReader refused = new JetpReader(List.of("a"));
        output(refused, "role not found: base\n");
        assertThat(refused.refused(OptionalInt.of(1))).isTrue();
        assertThat(refused.refused(OptionalInt.of(0))).isFalse();
        assertThat(refused.refused(OptionalInt.empty())).isFalse();
    }

    @Test
    void everyRecordingIsInTheTable() throws IOException {
        Path folder = Path.of("src", "test", "resources", "jetp", "recordings");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(
                            files.map(file -> file.getFileName().toString())
                                    .filter(name -> name.endsWith(".stdout"))
                                    .map(name -> name.replace(".stdout", "")))
                    .containsExactlyInAnyOrderElementsOf(
                            Stream.of(
                                            recordings().map(row -> (String) row.get()[0]),
                                            recordingsOfMany().map(row -> (String) row.get()[0]),
                                            // its panic was not recorded; of no host
                                            Stream.of("b5-panic-new-rust", "b9-version"))
                                    .flatMap(names -> names)
                                    .toList());
        }
    }

    /** Both streams in pieces, in an order that chance deals. */
    private static void feed(
            JetpReader reader, Random random, int most, byte[] output, byte[] events) {
        int at = 0;
        int eventsAt = 0;
        while (at < output.length || eventsAt < events.length) {
            int n = 1 + random.nextInt(most);
            if (random.nextBoolean()) {
                int to = Math.min(output.length, at + n);
                reader.read(OUTPUT, Arrays.copyOfRange(output, at, to));
                at = to;
            } else {
                int to = Math.min(events.length, eventsAt + n);
                reader.read(EVENTS, Arrays.copyOfRange(events, eventsAt, to));
                eventsAt = to;
            }
        }
    }

    private static byte[] bytes(String name, String kind) throws IOException {
        try (InputStream in =
                JetpReaderTest.class.getResourceAsStream("/jetp/recordings/" + name + kind)) {
            return in == null ? new byte[0] : in.readAllBytes();
        }
    }

    private static void events(JetpReader reader, String... lines) {
        reader.read(EVENTS, (String.join("\n", lines) + "\n").getBytes(UTF_8));
    }

    private static void output(JetpReader reader, String text) {
        reader.read(OUTPUT, text.getBytes(UTF_8));
    }

    private static String status(String host, String status) {
        return "{\"event\":\"TASK_STATUS\",\"task_status\":\"%s\",\"host\":\"%s\"}"
                .formatted(status, host);
    }

    @Test
    void tallyWhileItRuns() {
        JetpReader reader = new JetpReader(List.of("a", "b", "c", "d"));
        events(
                reader,
                "{\"event\":\"TASK_START\",\"play\":\"p\",\"task\":\"t\\u001b[2J\\nx\"}",
                status("a", "IsPassive"),
                status("b", "IsExecuted"),
                status("b", "IsExecuted"),
                "{\"event\":\"HOST_CONNECT_FAILED\",\"host\":\"c\"}",
                status("other", "IsExecuted"),
                "no JSON");
        ToldSoFar.isWhatIsCounted(reader);
        assertThat(reader.soFar().letters()).isEqualTo("..u.");
        assertThat(reader.tally())
                .isEqualTo(new Tally(4, 0, 0, 0, 1, 3, "p", "t x", 3, false, 1, 1));
        events(
                reader,
                "{\"event\":\"TASK_START\",\"play\":\"p\",\"task\":\"u\"}",
                status("a", "x"));
        assertThat(reader.tally().reported()).isEqualTo(1);
        events(reader, "{\"event\":\"SUMMARY\",\"summary\":{\"x\":{}}}");
        assertThat(reader.tally()).isEqualTo(new Tally(4, 1, 1, 0, 1, 1, "p", "u", 1, true, 1, 1));
        assertThat(reader.results(OptionalInt.of(1)))
                .containsExactly(
                        new HostResult("a", OK, ""),
                        new HostResult("b", CHANGED, ""),
                        new HostResult("c", UNREACHABLE, "connection failed"),
                        new HostResult("d", UNFINISHED, "no task ran on it"));
    }

    @Test
    void tagsMayLeaveAHostOut() {
        JetpReader reader = new JetpReader(List.of("a"), true);
        assertThat(reader.results(OptionalInt.of(1)).get(0).outcome()).isEqualTo(UNFINISHED);
        events(reader, "{\"event\":\"SUMMARY\"}");
        assertThat(reader.results(OptionalInt.of(0))).containsExactly(new HostResult("a", OK, ""));
        assertThat(reader.tally().ok()).isEqualTo(1);
    }

    @Test
    void endsThatAreNotTheRunners() {
        JetpReader reader = new JetpReader(List.of("a"));
        events(reader, "{\"event\":\"PLAYBOOK_START\"}", status("a", "IsExecuted"));
        output(reader, "some text\n\n  \n");
        assertThat(reason(reader, OptionalInt.empty())).isEqualTo("the job is lost");
        assertThat(reason(reader, OptionalInt.of(137)))
                .isEqualTo("a signal ended the runner: signal 9 (exit code 137)");
        assertThat(reason(reader, OptionalInt.of(1))).isEqualTo("some text");
        assertThat(reason(reader, OptionalInt.of(0)))
                .isEqualTo("the runner ended with exit code 0 before it printed a summary");
        assertThat(reader.results(OptionalInt.of(143), "cancelled").get(0).reason())
                .isEqualTo("cancelled");
        output(
                reader,
                "thread 'main' panicked at src/x.rs:1:1: oh\nnote: run with RUST_BACKTRACE\n");
        assertThat(reason(reader, OptionalInt.of(101)))
                .isEqualTo("thread 'main' panicked at src/x.rs:1:1: oh");
    }

    private static String reason(JetpReader reader, OptionalInt exitCode) {
        return reader.results(exitCode).get(0).reason();
    }

    @Test
    void secondRunnerBehindTheFirst() {
        JetpReader reader = new JetpReader(List.of("a"));
        events(reader, status("a", "IsMatched"), "{\"event\":\"SUMMARY\"}");
        events(reader, "{\"event\":\"PLAYBOOK_START\"}");
        assertThat(reader.results(OptionalInt.of(0)).get(0).outcome()).isEqualTo(UNFINISHED);
    }

    @ParameterizedTest
    @CsvSource({
        "b7-batch2-first-fails, true, '{0, 1}', '{2, 3}'",
        "03-all-fail-mid, true, '{2, 3}', '{0, 1}'",
        "b2-play1-fails-everywhere, false, '{0, 1}', '{0, 1, 2, 3}'",
        "01-mixed, false, '{}', '{0, 1}'",
    })
    void whetherAPlayRanOutOfHosts(String name, boolean ranOut, String lost, String untouched)
            throws IOException {
        JetpReader reader = new JetpReader(List.of("e01", "e02", "127.0.0.11", "127.0.0.12"));
        reader.read(OUTPUT, bytes(name, ".stdout"));
        reader.read(EVENTS, bytes(name, ".jetlog"));
        assertThat(reader.ranOutOfHosts()).isEqualTo(ranOut);
        assertThat(reader.lost()).hasToString(lost);
        assertThat(reader.untouched()).hasToString(untouched);
    }

    @Test
    void aRunThatARuleStopped() {
        JetpReader reader = new JetpReader(List.of("a", "b", "c", "d", "e"));
        events(
                reader,
                "{\"event\":\"PLAY_START\",\"play\":\"db\"}",
                "{\"event\":\"TASK_START\",\"play\":\"db\",\"task\":\"t\"}",
                status("a", "IsExecuted"),
                status("b", "IsMatched"),
                status("c", "IsExecuted"),
                "{\"event\":\"TASK_FAILED\",\"host\":\"d\",\"cmd\":\"false\",\"cmd_rc\":1}");
        assertThat(reader.lost()).hasToString("{3}");
        assertThat(reader.untouched()).hasToString("{4}");
        reader.stopped(BitSet.valueOf(new long[] {0b11100}), "play 'app' did not run");
        assertThat(reader.results(OptionalInt.of(143)))
                .extracting(HostResult::host, HostResult::outcome, HostResult::reason)
                .containsExactly(
                        tuple("a", CHANGED, ""),
                        tuple("b", OK, ""),
                        tuple("c", UNFINISHED, "play 'app' did not run"),
                        tuple("d", FAILED, "a task failed: exit code 1"),
                        tuple("e", NOT_STARTED, "play 'app' did not run"));
    }

    /** The runner ran out of hosts, and was started again for plays of others. */
    @Test
    void ofTwoStartsTheWorstCounts() {
        JetpReader reader = new JetpReader(List.of("a", "b", "c"));
        output(reader, "> play failed: db\nno hosts remaining\n");
        events(
                reader,
                "{\"event\":\"PLAYBOOK_START\"}",
                "{\"event\":\"PLAY_START\",\"play\":\"db\"}",
                "{\"event\":\"TASK_START\",\"play\":\"db\",\"task\":\"t\"}",
                status("b", "IsExecuted"),
                "{\"event\":\"HOST_CONNECT_FAILED\",\"host\":\"a\"}");
        assertThat(reader.ranOutOfHosts()).isTrue();
        output(reader, "> play complete: app\n");
        events(
                reader,
                "{\"event\":\"PLAYBOOK_START\"}",
                "{\"event\":\"PLAY_START\",\"play\":\"app\"}",
                "{\"event\":\"TASK_START\",\"play\":\"app\",\"task\":\"t\"}",
                status("c", "IsMatched"),
                "{\"event\":\"SUMMARY\"}");
        assertThat(reader.ranOutOfHosts()).isFalse();
        assertThat(reader.results(OptionalInt.of(0)))
                .extracting(HostResult::outcome)
                .containsExactly(UNREACHABLE, CHANGED, OK);
    }

    @Test
    void namesWithColonsAndBlanks() {
        JetpReader reader = new JetpReader(List.of("fe80::1", "a : b"));
        output(
                reader,
                """
                ! error: fe80::1: why: not
                  ..... a : b : refused
                ! connection failed to host: a : b
                  ..... a : b : no
                """);
        events(
                reader,
                "{\"event\":\"TASK_FAILED\",\"task\":\"t\",\"host\":\"fe80::1\"}",
                "{\"event\":\"HOST_CONNECT_FAILED\",\"host\":\"a : b\"}");
        assertThat(reader.results(OptionalInt.of(1)).stream().map(HostResult::reason))
                .containsExactly("t: why: not", "refused");
    }

    /** Both marks of such a line share the blank between them: there is no host in it. */
    @Test
    void aLineWithoutTheHostThatItIsAbout() {
        JetpReader reader = new JetpReader(List.of("a"));
        output(reader, "… => running\n  .....  : \n! error: \n! connection failed to host: \n");
        assertThat(reason(reader, OptionalInt.of(1))).isEqualTo("! connection failed to host:");
    }

    @Test
    void hugeLinesAndGarbage() {
        JetpReader reader = new JetpReader(List.of("a", "b"));
        byte[] garbage = new byte[1 << 20];
        new Random(3).nextBytes(garbage);
        for (int i = 0; i < 10; i++) {
            reader.read(OUTPUT, garbage);
            reader.read(EVENTS, garbage);
        }
        String big = "é\\\"\\\\\\u00e9\\n😀".repeat(400_000);
        events(
                reader,
                "",
                "{\"event\":\"TASK_FAILED\",\"task\":\"t\",\"cmd\":\""
                        + big
                        + "\",\"cmd_rc\":2,\"cmd_out\":\""
                        + big
                        + "\",\"host\":\"a\"}",
                "[".repeat(1 << 20),
                "{\"x\":" + "1".repeat(1 << 20) + "}",
                "{\"a\":" + "{\"a\":".repeat(100_000),
                "{\"event\":\"TASK_FAILED\",\"task\":\"t\",\"cmd\":\"x\",\"cmd_rc\":2,"
                        + "\"cmd_out\":\"\\u001b[31mred\\u001b[0m\\u0007 \\u009b1mx\","
                        + "\"host\":\"b\"}");
        List<HostResult> results = reader.results(OptionalInt.of(1));
        assertThat(results.get(0).outcome()).isEqualTo(FAILED);
        assertThat(results.get(0).reason()).startsWith("t: exit code 2: é\"\\é");
        assertThat(results.get(1)).isEqualTo(new HostResult("b", FAILED, "t: exit code 2: red x"));
        assertThat(reader.tally().unreadable()).isGreaterThan(3);
    }

    @Test
    void invalidUtf8InAnEvent() {
        JetpReader reader = new JetpReader(List.of("a"));
        byte[] line =
                "{\"event\":\"TASK_FAILED\",\"task\":\"?\",\"cmd\":\"x\",\"cmd_rc\":1,\"cmd_out\":\"?\",\"host\":\"a\"}\n"
                        .getBytes(UTF_8);
        for (int i = 0; i < line.length; i++) {
            line[i] = line[i] == '?' ? (byte) 0xff : line[i];
        }
        reader.read(EVENTS, line);
        assertThat(reader.results(OptionalInt.of(1)))
                .containsExactly(new HostResult("a", FAILED, "\uFFFD: exit code 1: \uFFFD"));
    }

    @Test
    void reasonsAreShortAndPlain() {
        JetpReader reader = new JetpReader(List.of("a"));
        output(reader, "! error: a: \u001b]0;title\u0007\u001b[31m" + "x".repeat(3000) + "\n");
        events(reader, "{\"event\":\"TASK_FAILED\",\"task\":\"t\",\"host\":\"a\"}");
        String reason = reader.results(OptionalInt.of(1)).get(0).reason();
        assertThat(reason).hasSize(500).startsWith("t: xxx").endsWith("x…");
    }

    @Test
    void manyHosts() {
        List<String> hosts = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            hosts.add("host-" + i);
        }
        JetpReader reader = new JetpReader(hosts);
        events(
                reader,
                hosts.stream()
                        .map(host -> status(host, "IsMatched"))
                        .collect(Collectors.joining("\n")),
                "{\"event\":\"SUMMARY\"}");
        assertThat(reader.tally().ok()).isEqualTo(100_000);
    }
}
