package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jetfanout.runner.ShellWords;
import org.jetfanout.testkit.CommandLines;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Programs;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Names and arguments beyond ASCII, whatever the locale: by the launcher, which is the real one in
 * a tree of its own, and by Java alone. All names are made by shell scripts: the tests' own JVM may
 * not know them.
 */
class LocaleIT {
    /** Twelve bytes that are no UTF-8 among them. */
    private static final String SITE =
            """
            set -e
            mkdir -p 'inventär/groups' 'röles/base/files' 'röles/base/tasks'
            printf 'hosts: [ h1, h2 ]\\n' >'inventär/groups/web'
            printf 'hosts: [ w1 ]\\n' >'inventär/groups/wk'
            printf 'hosts: [ w2 ]\\n' >'inventär/groups/other'
            cat >dynämic <<'E'
            #!/bin/sh
            echo "locale of the program: ${LC_ALL-unset} ${LANG-unset} ${JET_FANOUT_LC_ALL-unset}" >&2
            echo '{"extra":{"hosts":["h1"]}}'
            E
            chmod +x dynämic
            printf 'name: base\\ntasks: [ main.yml ]\\n' >'röles/base/role.yml'
            printf -- '- !facts\\n' >'röles/base/tasks/main.yml'
            printf one >'röles/base/files/größe.txt'
            printf two >'röles/base/files/grüße.txt'
            printf three >"$(printf 'röles/base/files/gr\\366\\337e.txt')"
            printf four >"$(printf 'röles/base/files/gr\\374\\337e.txt')"
            printf -- '- name: ein Stück\\n  groups: [ web ]\\n  roles: [ { role: base } ]\\n' >plày.yml
            cat >jetp <<'E'
            #!/bin/sh
            cat vars/*
            echo
            echo "locale of the runner: ${LC_ALL-unset} ${LANG-unset} ${JET_FANOUT_LC_ALL-unset}"
            echo "files: $(find . -name 'gr*.txt' -exec cat {} ';' | tr -d '\\n' | wc -c)"
            find . -name 'gr*.txt' | LC_ALL=C sort | od -An -v -tx1 | tr -d ' \\n'
            echo
            for host in h1 h2; do
              printf '{"event":"TASK_STATUS","task":"t","task_status":"IsExecuted","host":"%s"}\\n' $host >>"$JET_LOG"
            done
            echo '{"event":"SUMMARY"}' >>"$JET_LOG"
            E
            chmod +x jetp
            printf 'workers:\\n  map: [ { from: other, to: wk } ]\\n  unmatched: local\\n  agent: none\\n  jetp: %s/jetp\\n' "$PWD" >wörkers.yml
            """;

    private static final String REQUEST =
            " -p plày.yml -i inventär:dynämic -r röles --worker-config wörkers.yml"
                    + " -e '{\"motd\":\"Grüße\"}' ";

    @TempDir static Path folder;
    private static CommandLines shell;
    private static Path site;

    @BeforeAll
    static void makeSite() throws Exception {
        shell = CommandLines.ofOrdinaryUser(folder);
        site = Files.createDirectory(folder.resolve("site"));
        Path app = Files.createDirectory(folder.resolve("app"));
        Programs.ok("chmod", "a+rwx", site.toString());
        Files.copy(Path.of("jet-fanout"), app.resolve("jet-fanout"));
        Programs.ok("chmod", "a+rx", app.resolve("jet-fanout").toString());
        Path build = Files.createDirectories(app.resolve("src/main/build"));
        Files.copy(Path.of("src/main/build/launch"), build.resolve("launch"));
        Files.createDirectories(app.resolve("src/demo"));
        Files.createDirectories(app.resolve("src/service"));
        Files.createDirectories(app.resolve("routes"));
        Files.createFile(app.resolve("pom.xml"));
        String java = Path.of(Program.JAVA).toRealPath().toString();
        Path start =
                Files.createDirectories(
                        Path.of(app + "/target/start" + java.replaceFirst("/bin/java$", "")));
        Files.writeString(start.resolve("locale"), "C.UTF-8\n");
        Files.writeString(
                start.resolve("options"),
                "-Xmx512m\n-XX:+UseSerialGC\n-XX:TieredStopAtLevel=1\n-cp\n\""
                        + classPath()
                        + "\"\n");
        Programs.ok("chmod", "-R", "a+rX", app.toString());
        assertThat(script("/dev/null", SITE).exit()).isZero();
    }

    /** That of the shells' {@code jet-fanout}, which all may read. */
    private static String classPath() throws IOException {
        Path lib = folder.resolve("lib");
        if (!Files.isDirectory(lib)) {
            return Program.CLASS_PATH;
        }
        try (var entries = Files.list(lib)) {
            return String.join(File.pathSeparator, entries.map(Path::toString).sorted().toList());
        }
    }

    /** Runs a script in the site. */
    private static CommandLines.Ended script(String locale, String text) throws Exception {
        Path script = Files.createTempFile(folder, "script", ".sh");
        Files.writeString(script, text);
        Programs.ok("chmod", "a+r", script.toString());
        String java = Path.of(Program.JAVA).getParent().getParent().toString();
        return shell.run(
                site,
                Map.of("JAVA_HOME", java),
                "env -u LANG -u LC_ALL -u LC_CTYPE "
                        + (locale.startsWith("/") ? "" : locale)
                        + " sh "
                        + ShellWords.quote(script.toString()));
    }

    private static String launcher() {
        return "'" + folder.resolve("app/jet-fanout") + "' ";
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "none, unset unset unset",
                "LC_ALL=C, C unset unset",
                "LANG=xx_XX.UTF-8, unset xx_XX.UTF-8 unset",
            })
    void namesAndArgumentsComeThroughWhole(String locale, String own) throws Exception {
        CommandLines.Ended run =
                script(locale == null ? "" : locale, "exec " + launcher() + REQUEST);
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(run.out())
                .contains("{\"motd\":\"Grüße\"}")
                .contains("locale of the runner: " + own + "\n")
                .contains("files: " + "onetwothreefour".length() + "\n");
        // größe, grüße and the two that are no UTF-8, byte for byte
        assertThat(run.out())
                .contains("6772c3b6c39f65", "6772c3bcc39f65", "6772f6df65", "6772fcdf65");
        assertThat(run.err()).contains("locale of the program: " + own);
    }

    @Test
    void whatIsNoUtf8IsRefusedInOneLine() throws Exception {
        refused(
                script("", launcher() + "plan -p \"$(printf 'pl\\340y.yml')\" -i x"),
                64,
                "argument 3, 'pl\ufffdy.yml', is not UTF-8 text");
        refused(
                script("", launcher() + "plan -e \"$(printf '{\"a\":\"secret\\340\"}')\" -p x"),
                64,
                "argument 3 is not UTF-8 text");
        refused(
                script(
                        "",
                        "mkdir -p \"$(printf 'f\\374r')\"; cd \"$(printf 'f\\374r')\"; "
                                + launcher()
                                + "runs"),
                64,
                "the name of the current folder");
        refused(
                script(
                        "",
                        "export XDG_STATE_HOME=\"$(printf '/tmp/\\374')\"; " + launcher() + "runs"),
                64,
                "$XDG_STATE_HOME is not UTF-8 text");
    }

    @ParameterizedTest
    @ValueSource(strings = {"LC_ALL=C", "LANG=xx_XX.UTF-8", ""})
    void javaAloneSaysWhatItCannotRead(String locale) throws Exception {
        refused(
                script(locale, "jet-fanout plan -p plày.yml -i x"),
                64,
                "argument 3, 'pl??y.yml', has characters that the locale does not support");
        refused(
                script(locale, "jet-fanout plan -e '{\"motd\":\"Grüße\"}'"),
                64,
                "argument 3 has characters that the locale does not support");
        // and in a UTF-8 locale it can
        CommandLines.Ended plan = script("LC_ALL=C.UTF-8", "jet-fanout plan" + REQUEST);
        assertThat(plan.exit()).as("%s", plan).isZero();
    }

    private static void refused(CommandLines.Ended ended, int exit, String words) {
        assertThat(ended.exit()).as("%s", ended).isEqualTo(exit);
        assertThat(ended.err().lines()).as("%s", ended).hasSize(1);
        assertThat(ended.err())
                .startsWith("jet-fanout: ")
                .contains(words)
                .doesNotContain("secret", "Exception");
    }
}
