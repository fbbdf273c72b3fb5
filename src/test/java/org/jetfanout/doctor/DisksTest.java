package org.jetfanout.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jetfanout.doctor.Finding.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folders of records and temporary files, on disks of different kinds. */
final class DisksTest {
    private static final LocalPrograms PROGRAMS = new LocalPrograms(System.getenv());

    @TempDir Path folder;

    private Mounts mounts(String type, String options) throws IOException {
        Path list = folder.resolve("mounts");
        String point = folder.toRealPath().toString().replace(" ", "\\040");
        Files.writeString(
                list, "/dev/a / ext4 rw 0 0\nb %s %s %s 0 0\n".formatted(point, type, options));
        return Mounts.of(list);
    }

    private Finding records(Path runs, String type) throws IOException {
        List<Finding> findings =
                new RecordsExamination(runs, mounts(type, "rw"), PROGRAMS).findings();
        return findings.get(findings.size() - 1);
    }

    @Test
    void theFolderNeedNotExistYetAndIsNotMade() throws IOException {
        Path runs = folder.resolve("state/jet-fanout/runs");
        assertThat(records(runs, "ext4").detail()).startsWith(runs + " (in " + folder + ")");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve("mounts"));
        }
    }

    @Test
    void kindsOfFileSystems() throws IOException {
        assertThat(records(folder, "xfs").detail()).endsWith(", xfs");
        for (String remote : List.of("nfs4", "cifs", "fuse.sshfs")) {
            assertThat(records(folder, remote).state()).isEqualTo(State.WARNING);
            assertThat(records(folder, remote).detail()).contains("another machine");
        }
        assertThat(records(folder, "tmpfs").detail()).contains("in memory (tmpfs)");
        assertThat(records(folder, "overlay").advice()).contains("volume");
    }

    @Test
    void whereNobodyCanWrite() throws IOException {
        assertThat(records(Path.of("/proc/jet-fanout/runs"), "ext4").state())
                .isEqualTo(State.MISSING);
        Path file = Files.createFile(folder.resolve("file"));
        assertThat(records(file.resolve("runs"), "ext4").detail())
                .endsWith(file + " is not a folder");
    }

    @Test
    void temporaryFiles() throws IOException {
        Finding open =
                new TemporaryExamination(folder, mounts("ext4", "rw,noexec"), PROGRAMS)
                        .findings()
                        .get(0);
        assertThat(open.state()).isEqualTo(State.OK);
        assertThat(open.detail()).contains("noexec");
        Finding gone =
                new TemporaryExamination(folder.resolve("no"), mounts("ext4", "rw"), PROGRAMS)
                        .findings()
                        .get(0);
        assertThat(gone.line()).startsWith("missing  temporary files: ").contains("no such folder");
    }

    @Test
    void theCacheOfStarts() {
        Finding closed =
                new StartExamination(
                                Path.of("/proc/none/jet-fanout"),
                                new StartFacts(Optional.empty(), false))
                        .findings()
                        .get(0);
        assertThat(closed.state()).isEqualTo(State.WARNING);
        assertThat(closed.advice()).contains("XDG_CACHE_HOME");
        Finding used =
                new StartExamination(
                                folder.resolve("cache"),
                                new StartFacts(Optional.of(Path.of("/a/classes.jsa")), true))
                        .findings()
                        .get(0);
        assertThat(used.line())
                .isEqualTo("ok       start: with the class-data archive /a/classes.jsa");
    }

    @Test
    void inodesAreCountedByDf() {
        Path bin = folder.resolve("bin");
        LocalPrograms none = new LocalPrograms(Map.of("PATH", bin.toString()));
        assertThat(new FolderProbe(folder).inodes(none)).isEmpty();
    }
}
