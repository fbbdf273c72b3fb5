package org.jetfanout.dispatch;

/**
 * Thrown where another owner has taken the run over, so that this process must not go on with it.
 */
public final class TakenOverException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param term of the other owner
     */
    public TakenOverException(String guid, long term) {
        super(
                "run %s was taken over by another instance (term %d); follow it there with: jet-fanout status %s"
                        .formatted(guid, term, guid));
    }
}
