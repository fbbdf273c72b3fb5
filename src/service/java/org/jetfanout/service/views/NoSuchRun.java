package org.jetfanout.service.views;

import org.jetfanout.service.http.RefusedException;

/** There is no run with this GUID, or no such part of it: 404. */
public final class NoSuchRun extends RefusedException {
    private static final long serialVersionUID = 1L;

    /** What there is not, in one line. */
    public NoSuchRun(String message) {
        super(404, message);
    }
}
