package org.jetfanout.site.playbook;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** How jetp reads a YAML scalar whose type matters. Pure functions. */
final class JetpScalar {
    private static final Set<String> NULL = Set.of("null", "Null", "NULL", "~", "");
    private static final Set<String> BOOLEAN =
            Set.of("true", "True", "TRUE", "false", "False", "FALSE");
    private static final Pattern INTEGER =
            Pattern.compile("([+-]?)(?:0x([0-9a-fA-F]+)|0o([0-7]+)|0b([01]+)|(0|[1-9][0-9]*))");
    private static final Pattern FLOAT =
            Pattern.compile(
                    "[+-]?(\\.inf|\\.Inf|\\.INF|([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?)"
                            + "|\\.nan|\\.NaN|\\.NAN");
    private static final Pattern ZEROS = Pattern.compile("[+-]?0[0-9]+");

    private static final BigInteger LEAST = BigInteger.ONE.shiftLeft(63).negate();
    private static final BigInteger MOST = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
    private static final BigInteger LEAST_128 = BigInteger.ONE.shiftLeft(127).negate();
    private static final BigInteger MOST_128 =
            BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE);

    private JetpScalar() {}

    /** Whether the scalar is empty or YAML's null. */
    static boolean isNull(ScalarNode scalar) {
        return scalar.getScalarStyle() == ScalarStyle.PLAIN && NULL.contains(scalar.getValue());
    }

    static boolean isBoolean(ScalarNode scalar) {
        return scalar.getScalarStyle() == ScalarStyle.PLAIN && BOOLEAN.contains(scalar.getValue());
    }

    /** The whole number; empty where the scalar is none. */
    static Optional<BigInteger> integer(ScalarNode scalar) {
        Matcher matcher = INTEGER.matcher(scalar.getValue());
        if (scalar.getScalarStyle() != ScalarStyle.PLAIN || !matcher.matches()) {
            return Optional.empty();
        }
        boolean decimal = matcher.group(5) != null;
        if (decimal && scalar.getTag().equals(Tag.STR) && !matcher.group(1).equals("+")) {
            return Optional.empty(); // !!str
        }
        BigInteger number =
                decimal
                        ? new BigInteger(matcher.group(5))
                        : matcher.group(2) != null
                                ? new BigInteger(matcher.group(2), 16)
                                : matcher.group(3) != null
                                        ? new BigInteger(matcher.group(3), 8)
                                        : new BigInteger(matcher.group(4), 2);
        return Optional.of(matcher.group(1).equals("-") ? number.negate() : number);
    }

    /**
     * Whether it is a whole number that jetp refuses as a variable: longer than 64 bits, but not so
     * long that jetp reads it as a floating-point number.
     */
    static boolean isTooLarge(ScalarNode scalar) {
        return integer(scalar)
                .filter(number -> number.compareTo(LEAST) < 0 || number.compareTo(MOST) > 0)
                .filter(
                        number ->
                                number.compareTo(LEAST_128) >= 0 && number.compareTo(MOST_128) <= 0)
                .isPresent();
    }

    /** Whether it is a text: not a number, boolean or null, and without a tag of its own. */
    static boolean isText(ScalarNode scalar) {
        String tag = scalar.getTag().getValue();
        if (tag.startsWith("!")) {
            return false;
        }
        if (scalar.getScalarStyle() != ScalarStyle.PLAIN) {
            return true;
        }
        String text = scalar.getValue();
        if (scalar.getTag().equals(Tag.STR) && text.matches("[+-]?[0-9]+")) {
            return true; // !!str, or zeros in front
        }
        return !isNull(scalar) && !isBoolean(scalar) && integer(scalar).isEmpty() && !isFloat(text);
    }

    private static boolean isFloat(String text) {
        if (ZEROS.matcher(text).matches() || !FLOAT.matcher(text).matches()) {
            return false;
        }
        boolean word = text.toLowerCase(Locale.ROOT).matches("[+-]?\\.(inf|nan)");
        return word || Double.isFinite(Double.parseDouble(text));
    }
}
