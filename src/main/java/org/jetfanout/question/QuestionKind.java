package org.jetfanout.question;

/**
 * The kinds of messages of this room. Their heads all have {@code id}: of the question, chosen by
 * who asks.
 */
final class QuestionKind {
    /** To all: who has this run? {@code run} as the user names it; empty to call the roll. */
    static final String WHO_HAS = "WHO_HAS";

    /**
     * To who asked: {@code runs}, each a {@link FoundRun}, and how many there are ({@code all}).
     */
    static final String HAS = "HAS";

    /**
     * To one instance: {@code command}, {@code run} (a GUID; missing for all runs), {@code
     * options}, and what {@link AnswerMode} says.
     */
    static final String ASK = "ASK";

    /**
     * To who asked: {@code n}, counted from 0, and a body that was printed on standard output, or
     * {@code said}, a line of standard error.
     */
    static final String ANSWER = "ANSWER";

    /** The last one: {@code n}, {@code code}: the exit code. */
    static final String ANSWERED = "ANSWERED";

    /** To who answers: {@code bytes} that may be sent from the beginning of the answer on. */
    static final String CREDIT = "ANSWER_CREDIT";

    /** To who answers: no more is wanted. */
    static final String ENOUGH = "ANSWER_ENOUGH";

    private QuestionKind() {}
}
