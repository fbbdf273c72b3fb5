package org.jetfanout.it.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Random;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.HostSite;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.TestUser;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A file for hosts, through workers: what is there afterwards, and each host's result. */
class CopyIT {
    /** Every letter that a shell, a protocol of lines or an option could take for something. */
    private static final String HOSTILE = "-it's \"$(id)\" `id` \\\n *;&|<>!~#é";

    /** What the first try of a copy brings. */
    private static final int PART = 2_000_000;

    @RegisterExtension static final Fleet fleet = Fleet.start(236, 2);

    @TempDir private Path folder;
    private HostSite site;
    private Path file;

    @BeforeEach
    void makeSite() throws IOException {
        site = new HostSite(fleet, folder, 2);
        file = folder.resolve("app.tar.gz");
        Files.write(file, random(300_000));
        mode(file, "rw-r-----");
        for (int n = 1; n <= 2; n++) {
            // a login begins in the home of its machine, and not in that of the account
            Programs.ok("rm", "-rf", home(n, "to").toString());
            Files.writeString(home(n, ".bashrc"), "cd\n");
            own(Files.createDirectory(home(n, "to")));
        }
    }

    private static Path home(int machine, String name) {
        return fleet.hostHome(machine).resolve(name);
    }

    private static void own(Path path) {
        TestUser.own(path);
    }

    private static void mode(Path path, String rights) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(rights));
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static void ended(Program.Ended run, int exit) {
        assertThat(run.exit()).as("%s", run).isEqualTo(exit);
        assertThat(run.err()).as("%s", run).doesNotContain("\tat ", "Exception");
    }

    private Map<String, String> copied(int exit, String... words) throws IOException {
        Program.Ended run = site.run("copy", words);
        ended(run, exit);
        return run.results();
    }

    private static Map<String, String> both(String result) {
        return Map.of("h001", result, "h002", result);
    }

    private static void nothingElse(String... names) throws IOException {
        for (int n = 1; n <= 2; n++) {
            try (var files = Files.list(home(n, "to"))) {
                assertThat(files.map(path -> path.getFileName().toString()))
                        .containsExactlyInAnyOrder(names);
            }
        }
    }

    @Test
    void isThereOnEveryHost() throws IOException {
        assertThat(copied(0, file.toString(), "to/")).isEqualTo(both("changed"));
        for (int n = 1; n <= 2; n++) {
            assertThat(home(n, "to/app.tar.gz")).hasSameBinaryContentAs(file);
            assertThat(mode(home(n, "to/app.tar.gz"))).isEqualTo("rw-r-----");
        }
        nothingElse("app.tar.gz");

        Object before = Files.getAttribute(home(1, "to/app.tar.gz"), "unix:ino");
        assertThat(copied(0, file.toString(), "to/app.tar.gz")).isEqualTo(both("ok"));
        assertThat(Files.getAttribute(home(1, "to/app.tar.gz"), "unix:ino")).isEqualTo(before);

        assertThat(copied(0, "--mode", "0601", file.toString(), "to/")).isEqualTo(both("changed"));
        assertThat(mode(home(1, "to/app.tar.gz"))).isEqualTo("rw------x");

        // an old file keeps its mode
        Files.write(file, random(400_000));
        assertThat(copied(0, file.toString(), "to/")).isEqualTo(both("changed"));
        assertThat(home(1, "to/app.tar.gz")).hasSameBinaryContentAs(file);
        assertThat(mode(home(1, "to/app.tar.gz"))).isEqualTo("rw------x");

        Files.write(file, new byte[0]);
        assertThat(copied(0, file.toString(), "to/")).isEqualTo(both("changed"));
        assertThat(home(2, "to/app.tar.gz")).isEmptyFile();
        nothingElse("app.tar.gz");
    }

    @Test
    void anyNameIsOnlyAName() throws IOException {
        Path strange = Files.copy(file, folder.resolve(HOSTILE));
        own(Files.createDirectory(home(1, "to/" + HOSTILE)));
        own(Files.createDirectory(home(2, "to/" + HOSTILE)));
        assertThat(copied(0, strange.toString(), "to/" + HOSTILE + "/")).isEqualTo(both("changed"));
        for (int n = 1; n <= 2; n++) {
            assertThat(home(n, "to/" + HOSTILE + "/" + HOSTILE)).hasSameBinaryContentAs(file);
        }
        assertThat(copied(2, strange.toString(), "to/" + HOSTILE).get("h001"))
                .startsWith("failed ./to/-it's")
                .endsWith("to copy the file into it");
    }

    @Test
    void whatStandsInTheWayStays() throws IOException {
        for (int n = 1; n <= 2; n++) {
            own(Files.createDirectory(home(n, "to/folder")));
            own(Files.writeString(home(n, "to/file"), "old"));
            own(Files.writeString(home(n, "to/other"), "other"));
            Files.createSymbolicLink(home(n, "to/link"), Path.of("other"));
            Files.createSymbolicLink(home(n, "to/link-to-folder"), Path.of("folder"));
            Programs.ok("mkfifo", home(n, "to/pipe").toString());
        }
        assertThat(copied(2, file.toString(), "to/folder"))
                .isEqualTo(
                        both(
                                "failed ./to/folder is a folder: write ./to/folder/ to copy the"
                                        + " file into it"));
        assertThat(copied(2, file.toString(), "to/link-to-folder").get("h001"))
                .contains("is a folder");
        assertThat(copied(2, file.toString(), "to/file/").get("h002"))
                .isEqualTo(
                        "failed ./to/file is no folder: leave out the / behind it to replace it");
        assertThat(copied(2, file.toString(), "to/none/").get("h002"))
                .isEqualTo("failed there is no folder ./to/none");
        assertThat(copied(2, file.toString(), "to/pipe").get("h002"))
                .isEqualTo("failed ./to/pipe is no plain file");
        assertThat(home(1, "to/file")).hasContent("old");

        // a link is replaced, and what it names stays
        assertThat(copied(0, file.toString(), "to/link")).isEqualTo(both("changed"));
        assertThat(home(1, "to/link")).hasSameBinaryContentAs(file);
        assertThat(Files.isRegularFile(home(1, "to/link"), LinkOption.NOFOLLOW_LINKS)).isTrue();
        assertThat(home(1, "to/other")).hasContent("other");
        nothingElse("folder", "file", "other", "link", "link-to-folder", "pipe");
    }

    @Test
    void whatAHostRefusesIsSaid() throws IOException {
        if (!TestUser.isOther()) {
            return; // root may do everything
        }
        Programs.ok("chown", "root", home(1, "to").toString());
        assertThat(copied(2, file.toString(), "to/"))
                .isEqualTo(
                        Map.of(
                                "h001",
                                "failed no permission to write in ./to/",
                                "h002",
                                "changed"));
        assertThat(copied(2, "--owner", "root", file.toString(), "to/x").get("h002"))
                .startsWith("failed chown: changing ownership of")
                .endsWith("Operation not permitted");
        assertThat(copied(2, "--owner", "no-such-user", file.toString(), "to/x").get("h002"))
                .contains("no-such-user");
        assertThat(home(2, "to/x")).doesNotExist();
        nothingElseOn2("app.tar.gz");
        assertThat(copied(2, "--sudo", "--", file.toString(), "to/x").get("h002"))
                .contains("no right to run commands as root");
    }

    private static void nothingElseOn2(String... names) throws IOException {
        try (var files = Files.list(home(2, "to"))) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder(names);
        }
    }

    /** Checked before it is sent; and where the disk fills up meanwhile, the part goes. */
    @Test
    void aFullDiskOfAHost() throws IOException {
        Path small = home(1, "to");
        boolean mounted =
                Programs.run(
                                        Map.of(),
                                        "mount",
                                        "-t",
                                        "tmpfs",
                                        "-o",
                                        "size=200k,mode=777",
                                        "tmpfs",
                                        small.toString())
                                .exit()
                        == 0;
        try {
            if (!mounted) {
                program(1, "df", "echo; echo /dev/x 300 100 200 33% /");
            }
            assertThat(copied(2, file.toString(), "to/"))
                    .hasEntrySatisfying(
                            "h001",
                            why ->
                                    assertThat(why)
                                            .matches(
                                                    "failed no space left in ./to/: the file needs 293"
                                                            + " KiB, and \\d+ KiB are free"))
                    .containsEntry("h002", "changed");
            assertThat(small).isEmptyDirectory();

            program(1, "df", "");
            if (!mounted) {
                program(
                        1,
                        "cat",
                        "head -c 200000; echo cat: write error: No space left >&2; exit 1");
            }
            assertThat(copied(2, file.toString(), "to/").get("h001"))
                    .startsWith("failed cannot write in ./to/: write error: No space left");
            assertThat(small).isEmptyDirectory();
        } finally {
            if (mounted) {
                Programs.ok("umount", small.toString());
            }
            Programs.ok("rm", "-rf", home(1, "bin").toString());
        }
    }

    /** A program of a machine's own. */
    private static void program(int machine, String name, String text) throws IOException {
        Files.writeString(home(machine, ".bashrc"), "cd; PATH=~/bin:$PATH\n");
        own(Files.createDirectories(home(machine, "bin")));
        Programs.write(home(machine, "bin/" + name), "#!/bin/sh\n" + text + "\n");
    }

    @Test
    void whatCannotBeSentIsSaidBefore() throws IOException {
        for (String[] words :
                new String[][] {
                    {folder.toString(), "is a folder: pack it first, for example with tar"},
                    {folder + "/none", "there is no such file"},
                    {"/dev/zero", "is not a plain file"},
                }) {
            Program.Ended run = site.run("copy", words[0], "to/");
            ended(run, 78);
            assertThat(run.err()).contains(words[1]);
        }
        for (String[] words :
                new String[][] {
                    {"--mode", "u+x"}, {"--mode", "99"}, {"--owner", "-x"}, {"--group", "a b"}
                }) {
            ended(site.run("copy", words[0] + "=" + words[1], file.toString(), "to/"), 64);
        }
        ended(site.run("copy", file.toString(), ""), 64);
        ended(site.run("copy", file.toString()), 64);
        nothingElse();
    }

    /** The connection to a host breaks in the middle: it goes on from there. */
    @Test
    void aBrokenConnectionToAHostGoesOn() throws IOException {
        Files.write(file, random(5_000_000));
        // the first try of each host stops in the middle, until it is cut off
        for (int n = 1; n <= 2; n++) {
            program(
                    n,
                    "cat",
                    ("mkdir ~/first 2>/dev/null || exec /bin/cat; head -c %d;"
                                    + " until [ -e ~/cut ]; do sleep 0.1; done")
                            .formatted(PART));
        }
        try {
            Program run = site.start("copy", file.toString(), "to/");
            Waiting.until("parts", () -> hasPart(1) && hasPart(2));
            fleet.hostServer().killSessions();
            for (int n = 1; n <= 2; n++) {
                own(Files.createFile(home(n, "cut")));
            }
            Program.Ended ended = run.end();
            ended(ended, 0);
            assertThat(ended.results()).isEqualTo(both("changed"));
        } finally {
            for (int n = 1; n <= 2; n++) {
                Programs.ok("rm", "-rf", home(n, "bin").toString(), home(n, "first").toString());
                Files.deleteIfExists(home(n, "cut"));
            }
        }
        for (int n = 1; n <= 2; n++) {
            assertThat(home(n, "to/app.tar.gz")).hasSameBinaryContentAs(file);
        }
        nothingElse("app.tar.gz");
    }

    private boolean hasPart(int host) throws IOException {
        try (var parts = Files.list(home(host, "to"))) {
            return parts.anyMatch(
                    part ->
                            part.getFileName().toString().startsWith(".jet-fanout.")
                                    && part.toFile().length() >= PART);
        }
    }

    /** What is left of an earlier try is used; what somebody else has put there is not. */
    @Test
    void onlyItsOwnPartIsUsed() throws IOException {
        byte[] content = Files.readAllBytes(file);
        String sha256 = Programs.ok("sha256sum", file.toString()).substring(0, 16);
        Path own = home(1, "to/.jet-fanout." + sha256 + ".h001");
        own(Files.write(own, java.util.Arrays.copyOf(content, 100_000)));
        mode(own, "rw-------");
        Path target = Files.writeString(home(2, "to/precious"), "precious");
        own(target);
        Files.createSymbolicLink(home(2, "to/.jet-fanout." + sha256 + ".h002"), target);
        assertThat(copied(0, file.toString(), "to/")).isEqualTo(both("changed"));
        assertThat(home(1, "to/app.tar.gz")).hasSameBinaryContentAs(file);
        assertThat(home(2, "to/app.tar.gz")).hasSameBinaryContentAs(file);
        assertThat(target).hasContent("precious");

        // a part that is not of this file: it is found out, and sent anew
        Files.delete(home(1, "to/app.tar.gz"));
        own(Files.write(own, random(100_000)));
        mode(own, "rw-------");
        assertThat(copied(0, file.toString(), "to/"))
                .isEqualTo(Map.of("h001", "changed", "h002", "ok"));
        assertThat(home(1, "to/app.tar.gz")).hasSameBinaryContentAs(file);
    }

    @Test
    void aFileThatChangesMeanwhileIsAnError() throws IOException {
        site.site().setting("connect_timeout", "30s");
        Path held = fleet.home(1).resolve(".bashrc");
        for (int n = 1; n <= 2; n++) {
            Files.writeString(
                    fleet.home(n).resolve(".bashrc"),
                    "while [ -e " + folder + "/hold ]; do sleep 0.1; done\n");
        }
        mode(folder, "rwxr-xr-x");
        Files.writeString(folder.resolve("hold"), "");
        try {
            Program run = site.start("copy", file.toString(), "to/");
            Waiting.until("the workers are asked", () -> run.err().contains("connecting"));
            Files.writeString(file, "x", StandardOpenOption.APPEND);
            Files.delete(folder.resolve("hold"));
            Program.Ended ended = run.end();
            ended(ended, 78);
            assertThat(ended.err()).contains("changed after jet-fanout had read it");
            assertThat(ended.outcomes()).hasSize(2);
            nothingElse();
        } finally {
            Files.deleteIfExists(held);
            Files.deleteIfExists(fleet.home(2).resolve(".bashrc"));
        }
    }
}
