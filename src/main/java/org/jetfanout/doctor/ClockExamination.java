package org.jetfanout.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The clock: times of records and log stores, expiry of certificates. */
record ClockExamination(LocalPrograms programs, Path runs) implements Examination {
    private static final String SUBJECT = "clock";

    /** Nobody has this program with an earlier clock that is right. */
    private static final Instant EARLIEST = Instant.parse("2026-01-01T00:00:00Z");

    private static final Duration TOLERANCE = Duration.ofMinutes(1);
    private static final Path SYNCHRONIZED = Path.of("/run/systemd/timesync/synchronized");

    /** Prints what the kernel says of its clock: adjtimex(2), which Java does not have. */
    private static final String ASK_KERNEL =
            "import ctypes; b = ctypes.create_string_buffer(512);"
                    + " print(ctypes.CDLL(None).adjtimex(b))";

    private static final String UNSYNCHRONISED = "5";
    private static final String ADVICE =
            "Let NTP set it: timedatectl set-ntp true, or install chrony.";

    @Override
    public List<Finding> findings() {
        return List.of(finding(Instant.now()));
    }

    Finding finding(Instant now) {
        if (now.isBefore(EARLIEST)) {
            return Finding.missing(
                    SUBJECT,
                    now + " is before this program was written: certificates are not valid yet",
                    ADVICE);
        }
        try {
            Instant last = Files.getLastModifiedTime(runs).toInstant();
            if (last.isAfter(now.plus(TOLERANCE))) {
                return Finding.warning(
                        SUBJECT,
                        "it is %s, but the last run began at %s: it was set back"
                                .formatted(now, last),
                        ADVICE);
            }
        } catch (IOException e) {
            // no run yet
        }
        Optional<Boolean> synchronised = synchronised();
        if (synchronised.isEmpty()) {
            return Finding.warning(
                    SUBJECT,
                    "nobody here says whether NTP sets it (no timedatectl, chronyc or python3)",
                    "In a container, the machine below sets it. check compares it with each"
                            + " worker's.");
        }
        return synchronised.orElseThrow()
                ? Finding.ok(SUBJECT, "set by NTP")
                : Finding.warning(SUBJECT, "not set by NTP", ADVICE);
    }

    private Optional<Boolean> synchronised() {
        Optional<String> systemd =
                programs.ask("timedatectl", "show", "--property=NTPSynchronized", "--value");
        if (systemd.isPresent()) {
            return systemd.map("yes"::equals);
        }
        Optional<String> chrony = programs.ask("chronyc", "-n", "tracking");
        if (chrony.isPresent()) {
            return chrony.map(text -> !text.contains("Not synchronised"));
        }
        Optional<String> kernel = programs.ask("python3", "-c", ASK_KERNEL);
        if (kernel.isPresent() && kernel.orElseThrow().matches("\\d")) {
            return kernel.map(state -> !state.equals(UNSYNCHRONISED));
        }
        return Files.exists(SYNCHRONIZED) ? Optional.of(true) : Optional.empty();
    }
}
