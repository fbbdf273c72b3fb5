package org.jetfanout.hand;

import java.util.Optional;

/** The kinds of messages about calls. The package's page says what they mean. */
enum CallWord {
    CALL,
    TAKEN,
    GO,
    NO,
    OPENED,
    FAILED,
    DATA,
    CREDIT,
    STDIN,
    STDIN_CREDIT,
    SIGNED,
    SIGNED_OK,
    TROUBLE,
    END,
    CLOSE,
    OWNER_ROLL,
    HAND_ROLL;

    /** Whether hands say it, and owners hear it. */
    boolean isOfHand() {
        return switch (this) {
            case TAKEN, OPENED, FAILED, DATA, STDIN_CREDIT, SIGNED, TROUBLE, END, HAND_ROLL -> true;
            case CALL, GO, NO, CREDIT, STDIN, SIGNED_OK, CLOSE, OWNER_ROLL -> false;
        };
    }

    /** The kind of a message; empty where it is about something else. */
    static Optional<CallWord> of(String kind) {
        for (CallWord word : values()) {
            if (word.name().equals(kind)) {
                return Optional.of(word);
            }
        }
        return Optional.empty();
    }
}
