package org.jetfanout.doctor;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jetfanout.text.Sizes;

/** The folder of temporary files: inventories that were asked, sockets of the agent guard. */
record TemporaryExamination(Path folder, Mounts mounts, LocalPrograms programs)
        implements Examination {
    private static final String SUBJECT = "temporary files";
    private static final long FEW_BYTES = 64L << 20;
    private static final long FEW_FILES = 500;
    private static final String ELSEWHERE =
            "Free it, or name another folder: JET_FANOUT_JAVA_OPTIONS=-Djava.io.tmpdir=FOLDER.";

    @Override
    public List<Finding> findings() {
        FolderProbe probe = new FolderProbe(folder);
        Optional<String> refusal = probe.refusal();
        if (refusal.isPresent() || !probe.existing().equals(folder)) {
            return List.of(
                    Finding.missing(
                            SUBJECT,
                            folder + ": " + refusal.orElse("there is no such folder"),
                            ELSEWHERE));
        }
        OptionalLong free = probe.free();
        if (free.isPresent() && free.getAsLong() < FEW_BYTES) {
            return List.of(
                    Finding.warning(
                            SUBJECT,
                            folder + ": only " + Sizes.text(free.getAsLong()) + " free",
                            ELSEWHERE));
        }
        OptionalLong files = probe.inodes(programs);
        if (files.isPresent() && files.getAsLong() < FEW_FILES) {
            return List.of(
                    Finding.warning(
                            SUBJECT,
                            folder + ": almost no files can still be made there (inodes, df -i)",
                            ELSEWHERE));
        }
        boolean noexec =
                mounts.of(probe.real())
                        .map(mount -> mount.options().contains("noexec"))
                        .orElse(false);
        return List.of(
                Finding.ok(
                        SUBJECT,
                        folder
                                + (noexec
                                        ? " (noexec: jet-fanout starts no program from there)"
                                        : "")));
    }
}
