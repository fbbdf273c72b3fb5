package org.jetfanout.runner.exec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.ShellWords;
import org.jetfanout.runner.Stream;
import org.jetfanout.runner.events.PlainReader;
import org.jetfanout.testkit.Programs;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The script on the worker, in each kind of shell that a worker may have. Instead of ssh it calls a
 * program that runs the command line here; ExecIT has the real one.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ExecScriptTest {
    /** Does what ssh does, with the words of ours that matter. */
    private static final String SSH =
            """
            #!/bin/sh
            log=''
            while [ "$1" != -- ]; do
                [ "$1" != -E ] || log=$2
                shift
            done
            echo "$2" >>"$STARTS"
            case $2 in
            refused) echo "ssh: connect to host refused: no" >>"$log"; exit 255 ;;
            denied) echo "denied: Permission denied." >>"$log"; exit 255 ;;
            esac
            echo 'Authenticated to x ([1]:22) using "publickey".' >>"$log"
            [ "$2" != broken ] || { echo half; echo 'client_loop: send disconnect: Broken pipe' >>"$log"; exit 255; }
            trap 'kill -s KILL -- -$!; exit 255' TERM
            exec 9<&0
            H=$2 SHELL=/bin/sh setsid /bin/sh -c "$3" <&9 &
            wait $!
            """;

    @TempDir private Path folder;

    /** What the script printed and wrote. */
    private record Ended(
            int exit, String text, Map<String, HostResult> results, List<String> starts) {
        List<String> of(String host) {
            return Arrays.stream(text.split("\n", -1))
                    .filter(line -> line.startsWith(host + ": "))
                    .map(line -> line.substring(host.length() + 2))
                    .toList();
        }
    }

    private Ended run(String shell, int threads, String timeout, HostTask task, String... hosts)
            throws Exception {
        TaskOnHost onHost = task.read();
        Files.write(folder.resolve("exec.sh"), HostScripts.RUNNER);
        for (Map.Entry<String, byte[]> file : onHost.files().entrySet()) {
            Files.write(folder.resolve(file.getKey()), file.getValue());
        }
        Files.writeString(
                folder.resolve("how.sh"),
                "limit="
                        + timeout
                        + "\nscript="
                        + onHost.script()
                        + "\nheld=1\nmemory="
                        + (shell.equals("dash") ? 4000 : 65536)
                        + "\nremote="
                        + ShellWords.quote(HostScripts.remote(onHost, Optional.empty()))
                        + "\n");
        StringBuilder lines = new StringBuilder();
        for (String host : hosts) {
            lines.append(host).append('\t').append(host).append("\t-\tops\n");
        }
        Files.writeString(folder.resolve("hosts"), lines);
        Path ssh = folder.resolve("ssh");
        Programs.write(ssh, SSH);
        List<String> words = new ArrayList<>(List.of(shell.split(" ", -1)));
        words.addAll(List.of("exec.sh", String.valueOf(threads), "5", "off", ssh.toString()));
        ProcessBuilder builder = new ProcessBuilder(words).directory(folder.toFile());
        Path events = folder.resolve("events");
        Path starts = folder.resolve("starts");
        Path output = folder.resolve("output");
        builder.environment().put("JET_LOG", events.toString());
        builder.environment().put("STARTS", starts.toString());
        Files.createFile(output);
        builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        Process process = builder.start();
        int exit = process.waitFor();
        PlainReader reader = new PlainReader(List.of(hosts), List.of(), false, text -> text);
        byte[] text = Files.readAllBytes(output);
        reader.read(Stream.OUTPUT, text);
        reader.read(Stream.EVENTS, Files.readAllBytes(events));
        Map<String, HostResult> results = new TreeMap<>();
        reader.results(OptionalInt.of(exit), "").forEach(one -> results.put(one.host(), one));
        return new Ended(exit, new String(text, ISO_8859_1), results, Files.readAllLines(starts));
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash --posix", "busybox sh"})
    void eachHostOnceWithItsLinesAndItsResult(String shell) throws Exception {
        String command =
                "case $H in a) printf 'one\\n\\ntwo\\rb: x';; b) echo \"say \\\"no\\\" \\\\\" >&2;"
                        + " exit 7;; c) exit 255;; d) kill -9 $$;; e) cat; printf '\\377\\n';"
                        + " head -c 70000 /dev/zero | tr '\\0' y;; esac";
        Ended run =
                run(
                        shell,
                        3,
                        "",
                        new CommandTask(command),
                        "a",
                        "b",
                        "c",
                        "d",
                        "e",
                        "refused",
                        "denied",
                        "broken",
                        "g",
                        "h");
        assertThat(run.exit()).as(run.text()).isZero();
        assertThat(run.starts())
                .containsExactlyInAnyOrder(
                        "a", "b", "c", "d", "e", "refused", "denied", "broken", "g", "h");
        assertThat(run.results().values())
                .extracting(
                        result -> result.host() + " " + result.outcome() + " " + result.reason())
                .containsExactly(
                        "a OK ",
                        "b FAILED exit code 7: say \"no\" \\",
                        "broken FAILED the connection broke while the command ran: client_loop:"
                                + " send disconnect: Broken pipe",
                        "c FAILED exit code 255",
                        "d FAILED killed by signal 9 (exit code 137)",
                        "denied UNREACHABLE denied: Permission denied.",
                        "e OK ",
                        "g OK ",
                        "h OK ",
                        "refused UNREACHABLE ssh: connect to host refused: no");
        assertThat(run.of("a")).containsExactly("one", "", "two\rb: x");
        assertThat(run.of("e")).containsExactly("\u00ff", "y".repeat(70_000));
        assertThat(run.of("b")).containsExactly("say \"no\" \\");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash --posix", "busybox sh"})
    void aTimeLimitEndsOneHostAndTheOthersGoOn(String shell) throws Exception {
        Ended run =
                run(
                        shell,
                        2,
                        "10",
                        new CommandTask("echo begun; [ $H != a ] || sleep 60"),
                        "a",
                        "b",
                        "c");
        assertThat(run.results().get("a").reason())
                .isEqualTo("it did not end within 10 s and was ended");
        assertThat(run.results().get("b").reason()).isEmpty();
        assertThat(run.results().get("c").reason()).isEmpty();
        assertThat(run.of("a")).contains("begun");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash --posix", "busybox sh"})
    void aScriptArrivesWhole(String shell) throws Exception {
        Path file = folder.resolve("fix.sh");
        Files.writeString(
                file,
                "#!/bin/sh\n# " + "x".repeat(300_000) + "\necho \"$H $1 $2\"; cat; exit 4\n",
                UTF_8);
        Ended run = run(shell, 2, "", new ScriptTask(file, List.of("it's", "a  b")), "a", "b");
        assertThat(run.of("a")).containsExactly("a it's a  b");
        assertThat(run.of("b")).containsExactly("b it's a  b");
        assertThat(run.results().get("b").reason()).isEqualTo("exit code 4: b it's a b");
    }

    /** In dash only, because it takes little memory to begin with: reading megabytes takes long. */
    @ParameterizedTest
    @ValueSource(strings = "dash")
    void aLineWithoutAnEndNeedsBoundedMemory(String shell) throws Exception {
        Ended run =
                run(
                        shell,
                        2,
                        "",
                        new CommandTask("[ $H != a ] || tr '\\0' y </dev/zero; echo done"),
                        "a",
                        "b");
        assertThat(run.results().get("a").reason()).isEqualTo("a line is too long");
        assertThat(run.results().get("b").reason()).isEmpty();
        assertThat(run.of("b")).containsExactly("done");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash --posix", "busybox sh"})
    void withoutSshItSaysSo(String shell) throws IOException, InterruptedException {
        Files.write(folder.resolve("exec.sh"), HostScripts.RUNNER);
        Files.writeString(folder.resolve("how.sh"), "");
        List<String> words = new ArrayList<>(List.of(shell.split(" ", -1)));
        words.addAll(List.of("exec.sh", "2", "5", "off", "no-such-ssh"));
        ProcessBuilder builder =
                new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("JET_LOG", folder.resolve("events").toString());
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).isEqualTo(69);
        assertThat(text).isEqualTo("no-such-ssh: not found on the worker\n");
    }
}
