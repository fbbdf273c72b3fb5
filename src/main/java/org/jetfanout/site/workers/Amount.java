package org.jetfanout.site.workers;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of hosts, or a percentage of some hosts.
 *
 * @param number of hosts, or of hundredths
 * @param percent whether it is a percentage
 */
public record Amount(int number, boolean percent) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,7})(%?)");
    private static final int ALL = 100;

    /**
     * Reads {@code 10} or {@code 10%}.
     *
     * @throws IllegalArgumentException where it is neither; the message says what it must be
     */
    public static Amount parse(String text) {
        Matcher match = FORM.matcher(text.strip());
        if (match.matches()) {
            Amount amount = new Amount(Integer.parseInt(match.group(1)), !match.group(2).isEmpty());
            if (!amount.percent || amount.number <= ALL) {
                return amount;
            }
        }
        throw new IllegalArgumentException(
                "must be a number of hosts such as 10, or a percentage such as 10%");
    }

    /**
     * Reads the sizes of waves, with commas between them. Each must be larger than the one before,
     * as far as that can be known.
     *
     * @throws IllegalArgumentException where they are none; the message says what they must be
     */
    public static List<Amount> waves(List<String> texts) {
        List<Amount> sizes = new ArrayList<>();
        for (String text : texts) {
            Amount size = parse(text);
            if (size.number == 0) {
                throw new IllegalArgumentException("must not be 0: a wave has hosts");
            }
            for (Amount before : sizes) {
                if (before.percent == size.percent && before.number >= size.number) {
                    throw new IllegalArgumentException(
                            ("counts all hosts up to the end of a wave: %s after %s is no"
                                            + " further wave")
                                    .formatted(size.text(), before.text()));
                }
            }
            sizes.add(size);
        }
        return sizes;
    }

    /** How many of these hosts it is; a percentage is rounded up. */
    public int of(int hosts) {
        return percent ? (int) ((hosts * (long) number + ALL - 1) / ALL) : number;
    }

    /** Whether so many of these hosts are more than it. */
    public boolean isLessThan(int some, int hosts) {
        return percent ? some * (long) ALL > hosts * (long) number : some > number;
    }

    /** As users write it. */
    public String text() {
        return number + (percent ? "%" : "");
    }
}
