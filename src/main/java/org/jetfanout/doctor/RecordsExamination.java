package org.jetfanout.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jetfanout.text.Counted;
import org.jetfanout.text.Sizes;

/** The disk of the run records: nothing is lost only where it can be written, and stays. */
record RecordsExamination(Path runs, Mounts mounts, LocalPrograms programs) implements Examination {
    private static final String SUBJECT = "run records";
    private static final long LEAST_BYTES = 64L << 20;
    private static final long FEW_BYTES = 1L << 30;
    private static final long LEAST_FILES = 500;
    private static final long FEW_FILES = 20_000;
    private static final String ELSEWHERE =
            "Set XDG_STATE_HOME to a folder on a disk of this machine.";

    /** Where locks, renames and fsync depend on another machine, or on a program. */
    private static final Set<String> REMOTE =
            Set.of("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "glusterfs", "afs");

    private static final Set<String> FLEETING = Set.of("tmpfs", "ramfs");
    private static final String OF_CONTAINERS = "overlay";

    @Override
    public List<Finding> findings() {
        FolderProbe probe = new FolderProbe(runs);
        Optional<String> refusal = probe.refusal();
        if (refusal.isPresent()) {
            return List.of(
                    Finding.missing(
                            SUBJECT,
                            probe.shown() + ": " + refusal.orElseThrow(),
                            ELSEWHERE
                                    + " Or free the disk, or give this user the right to write."));
        }
        List<Finding> findings = new ArrayList<>();
        OptionalLong free = probe.free();
        if (free.isPresent() && free.getAsLong() < FEW_BYTES) {
            findings.add(
                    few(
                            free.getAsLong() < LEAST_BYTES,
                            probe.shown() + ": only " + Sizes.text(free.getAsLong()) + " free"));
        }
        OptionalLong files = probe.inodes(programs);
        if (files.isPresent() && files.getAsLong() < FEW_FILES) {
            findings.add(
                    few(
                            files.getAsLong() < LEAST_FILES,
                            "%s: only %s can still be made there (inodes, df -i)"
                                    .formatted(
                                            probe.shown(),
                                            Counted.text(files.getAsLong(), "file"))));
        }
        Optional<Mounts.Mount> mount = mounts.of(probe.real());
        mount.flatMap(found -> kind(probe, found)).ifPresent(findings::add);
        if (findings.isEmpty()) {
            findings.add(
                    Finding.ok(
                            SUBJECT,
                            probe.shown()
                                    + (free.isPresent()
                                            ? ", " + Sizes.text(free.getAsLong()) + " free"
                                            : "")
                                    + mount.map(found -> ", " + found.type()).orElse("")));
        }
        return findings;
    }

    private static Finding few(boolean none, String detail) {
        String advice = "Remove old runs (jet-fanout runs prune), or other files. " + ELSEWHERE;
        return none
                ? Finding.missing(SUBJECT, detail, advice)
                : Finding.warning(SUBJECT, detail, advice);
    }

    private static Optional<Finding> kind(FolderProbe probe, Mounts.Mount mount) {
        String type = mount.type();
        if (REMOTE.contains(type) || type.startsWith("fuse.")) {
            return Optional.of(
                    Finding.warning(
                            SUBJECT,
                            "%s is on another machine or behind a program (%s): a run waits for"
                                            .formatted(probe.shown(), type)
                                    + " it with each frame, and stops where it fails",
                            ELSEWHERE));
        }
        if (FLEETING.contains(type)) {
            return Optional.of(
                    Finding.warning(
                            SUBJECT,
                            "%s is in memory (%s): after a restart of this machine no run can be"
                                            .formatted(probe.shown(), type)
                                    + " resumed",
                            ELSEWHERE));
        }
        if (type.equals(OF_CONTAINERS)) {
            return Optional.of(
                    Finding.warning(
                            SUBJECT,
                            probe.shown()
                                    + " is in the container (overlay): the records end with it",
                            "Mount a volume there, or set XDG_STATE_HOME to one."));
        }
        return Optional.empty();
    }
}
