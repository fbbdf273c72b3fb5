package org.jetfanout.text;

/** A number with its noun. */
public final class Counted {
    private Counted() {}

    /** {@code 1 host}, {@code 2 hosts}; for nouns whose plural takes an s. */
    public static String text(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
