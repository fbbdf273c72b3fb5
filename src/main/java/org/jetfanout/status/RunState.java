package org.jetfanout.status;

import java.util.Locale;

/** Where a run stands. */
public enum RunState {
    /** Someone works on it; there is no plan yet. */
    PLANNING,
    /** Someone works on its batches. */
    RUNNING,
    /** Nobody works on it, and it has not come to its end: it can be resumed. */
    INTERRUPTED,
    /** Every batch has its result; the exit code says how it went. */
    ENDED;

    /** Its name in files and on screens. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
