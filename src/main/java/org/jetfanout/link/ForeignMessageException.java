package org.jetfanout.link;

/** Bytes that nobody sealed with this key for this place, or that were changed since. */
public final class ForeignMessageException extends Exception {
    private static final long serialVersionUID = 1L;

    ForeignMessageException(String message) {
        super(message);
    }
}
