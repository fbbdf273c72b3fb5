package org.jetfanout.lease;

/** Thrown where another instance has the run with a higher term. */
public final class HigherTermException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long term;

    HigherTermException(String guid, long term) {
        super("run %s has an owner with term %d".formatted(guid, term));
        this.term = term;
    }

    /** The term of that owner. */
    public long term() {
        return term;
    }
}
