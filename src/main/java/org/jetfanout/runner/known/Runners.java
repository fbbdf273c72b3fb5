package org.jetfanout.runner.known;

import org.jetfanout.runner.Runner;
import org.jetfanout.runner.jetp.Jetp;

/** All runners, and the choice of a run's runner. Nothing else chooses one. */
public final class Runners {
    private static final Runner JETP = new Jetp();

    private Runners() {}

    /** The runner of every run. */
    public static Runner chosen() {
        return JETP;
    }
}
