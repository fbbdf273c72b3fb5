package org.jetfanout.doctor;

import java.util.List;
import org.jetfanout.machine.ProcessLimits;

/** Examines this machine. Immutable. */
public final class Doctor {
    private final List<Examination> examinations;

    /** All examinations of this machine. */
    public Doctor(ControlMachine machine) {
        LocalPrograms programs = new LocalPrograms(machine.environment());
        Mounts mounts = Mounts.ofThisProcess();
        this.examinations =
                List.of(
                        new AgentExamination(machine.ssh()),
                        new SshFilesExamination(machine.ssh(), machine.environment(), programs),
                        new LimitsExamination(new ProcessLimits(), machine.threads()),
                        new LocaleExamination(programs, System.getProperty("sun.jnu.encoding", "")),
                        new RecordsExamination(machine.runs(), mounts, programs),
                        new TemporaryExamination(machine.temporary(), mounts, programs),
                        new ClockExamination(programs, machine.runs()),
                        new JavaExamination(machine.environment(), JavaFacts.ofThisProcess()),
                        new StartExamination(machine.cache(), StartFacts.ofThisProcess()),
                        new ProgramsExamination(programs, machine.runner(), machine.local()));
    }

    /** What was found, in a fixed order. */
    public DoctorReport examine() {
        return new DoctorReport(
                examinations.stream().flatMap(each -> each.findings().stream()).toList());
    }
}
