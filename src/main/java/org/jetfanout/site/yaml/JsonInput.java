package org.jetfanout.site.yaml;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.util.regex.Pattern;
import org.jetfanout.text.Quoted;

/**
 * Reads JSON that a user, or a user's program, wrote. It has limits of its own, and its errors fit
 * on one line.
 */
public final class JsonInput {
    /** The longest text, in bytes. */
    private static final int LONGEST_TEXT = SourceText.LARGEST_BYTES;

    private static final int LONGEST_NAME = 50_000;
    private static final int MOST_DIGITS = 1000;

    /** The factory for all JSON that others wrote. */
    public static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(YamlLimits.DEEPEST)
                                    .maxStringLength(LONGEST_TEXT)
                                    .maxNameLength(LONGEST_NAME)
                                    .maxNumberLength(MOST_DIGITS)
                                    .build())
                    .build();

    /** The part of the library's message that says where an object or list began. */
    private static final Pattern BEGUN =
            Pattern.compile("start marker at \\[Source: .*?; line: (\\d+), column: (\\d+)]");

    private static final Pattern SOURCE = Pattern.compile("\\s*\\[Source: [^]]*]");

    private JsonInput() {}

    /** What is wrong, without the place. */
    public static String problem(JacksonException e) {
        String message = String.valueOf(e.getOriginalMessage());
        if (e instanceof StreamConstraintsException) {
            return limit(message);
        }
        String text = BEGUN.matcher(message).replaceAll("begun at line $1, column $2");
        return Quoted.visible(SOURCE.matcher(text).replaceAll("").lines().findFirst().orElse(""));
    }

    /** The line of the text at which it is wrong, from 1. */
    public static int line(JacksonException e) {
        JsonLocation location = e.getLocation();
        return location == null ? 1 : Math.max(1, location.getLineNr());
    }

    private static String limit(String message) {
        if (message.contains("nesting depth")) {
            return "values are nested more than "
                    + YamlLimits.DEEPEST
                    + " deep: neither jetp nor jet-fanout reads deeper";
        }
        if (message.contains("Number")) {
            return "a number has more than " + MOST_DIGITS + " digits";
        }
        return message.contains("Name")
                ? "a name is longer than " + LONGEST_NAME + " characters"
                : "a text is longer than " + LONGEST_TEXT + " characters";
    }
}
