package org.jetfanout.it.faults;

import java.io.IOException;
import java.nio.file.Path;
import org.jetfanout.testkit.Fleet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What tests of faults between instances begin with: instances with a key of their own at a broker,
 * and jobs that stop in their middle. They wait most of the time, so they do it side by side.
 */
@Execution(ExecutionMode.CONCURRENT)
abstract class InstanceFaults {
    static final int WORKERS = 3;

    @TempDir Path folder;

    // Mutable state
    BrokerProcess broker;
    Instances instances;

    /** Begins a test at a broker. */
    void begin(Fleet fleet, Counting counting, BrokerProcess at) throws IOException {
        broker = at;
        instances = new Instances(fleet, folder, counting);
    }

    @AfterEach
    void endInstances() throws IOException {
        if (instances != null) {
            instances.close();
        }
    }
}
