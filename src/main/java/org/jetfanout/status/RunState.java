package org.jetfanout.status;

import java.util.Locale;

/** The state of a run. */
public enum RunState {
    /** A process works on it, and there is no plan yet. */
    PLANNING,
    /** A process works on its batches. */
    RUNNING,
    /** No process works on it, and it has not ended: it can be resumed. */
    INTERRUPTED,
    /** Every batch has its result. The exit code says whether all is well. */
    ENDED;

    /** The name of the state in files and on screens. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
