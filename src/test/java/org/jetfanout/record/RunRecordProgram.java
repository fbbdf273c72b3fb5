package org.jetfanout.record;

import java.nio.file.Path;
import org.jetfanout.runner.Stream;
import org.jetfanout.testkit.Fixture;

/** Owns a run and writes to it until it is killed, for {@link RunRecordIT}. */
final class RunRecordProgram {
    private RunRecordProgram() {}

    public static void main(String[] arguments) {
        RunRecord record = RunRecord.create(Path.of(arguments[0]), Fixture.GUID);
        record.storePlan(Fixture.plan(2, 2));
        record.storeResult(Fixture.allOk(1, 2));
        System.out.println("owned");
        while (true) {
            long at = record.storedBytes("0002", Stream.OUTPUT);
            record.append(Fixture.frame(2, at, "line at %012d\n".formatted(at)));
            record.storeState("0002", "w2", BatchState.RUNNING, "at " + at);
        }
    }
}
