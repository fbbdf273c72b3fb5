package org.jetfanout.job;

import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Marks the words of our script on one connection, so that other output is not mistaken for them.
 * The command carries a random text and two numbers; the script prints the text and the sum of the
 * numbers. The sum is not in the command, so a login that only echoes its input, or reads it as
 * other commands, cannot print it. Immutable.
 *
 * @param text hexadecimal digits
 * @param x a number of at most 30 bits: the sum is one that every shell can make
 * @param y a second number of at most 30 bits
 */
public record Nonce(String text, int x, int y) {
    private static final int BYTES = 16;
    private static final int BITS = 30;

    /** A new nonce. */
    public static Nonce random(RandomGenerator random) {
        byte[] some = new byte[BYTES];
        random.nextBytes(some);
        return new Nonce(
                HexFormat.of().formatHex(some),
                random.nextInt(1 << BITS),
                random.nextInt(1 << BITS));
    }

    /** The words of the command. */
    public List<String> words() {
        return List.of(text, Integer.toString(x), Integer.toString(y));
    }

    /** The beginning of every line of the script. */
    String mark() {
        return "jet-fanout " + text + " " + (x + y) + " ";
    }
}
