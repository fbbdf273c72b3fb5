package org.jetfanout.service.views;

/** There is no run with this GUID, or no such part of it. */
public final class NoSuchRun extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What there is not, in one line. */
    public NoSuchRun(String message) {
        super(message);
    }
}
