package org.jetfanout.plan;

/** A number with its noun. */
final class Counted {
    private Counted() {}

    /** {@code 1 host}, {@code 2 hosts}; for nouns whose plural takes an s. */
    static String text(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
