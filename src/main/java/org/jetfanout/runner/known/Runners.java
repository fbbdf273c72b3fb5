package org.jetfanout.runner.known;

import org.jetfanout.runner.Runner;
import org.jetfanout.runner.jetp.Jetp;

/** The runners that there are, and which one a run has: the one place that chooses. */
public final class Runners {
    private static final Runner JETP = new Jetp();

    private Runners() {}

    /** The runner of every run. */
    public static Runner chosen() {
        return JETP;
    }
}
