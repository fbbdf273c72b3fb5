package org.jetfanout.hand;

/** Follows a call that waits for a hand. */
public interface CallWait {
    /**
     * What the call waits for, in words that follow "the batch": it is told again and again.
     *
     * @param what such as {@code waits for a free hand of zone eu}
     */
    void on(String what);

    /** The call waits for nothing any more: a hand carries it out. */
    void ended();

    /** Whether nobody wants the call any more. */
    boolean isOver();
}
