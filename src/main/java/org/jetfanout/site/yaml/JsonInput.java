package org.jetfanout.site.yaml;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.util.regex.Pattern;
import org.jetfanout.text.Quoted;

/** JSON that a user or a program of theirs wrote: limits of our own, and errors in one line. */
public final class JsonInput {
    /** Longest text in bytes. */
    private static final int LONGEST_TEXT = SourceText.LARGEST_BYTES;

    private static final int LONGEST_NAME = 50_000;
    private static final int MOST_DIGITS = 1000;

    /** Whoever reads JSON of others uses it. */
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

    /** Where the library says that an object or list began. */
    private static final Pattern BEGUN =
            Pattern.compile("start marker at \\[Source: .*?; line: (\\d+), column: (\\d+)]");

    private static final Pattern SOURCE = Pattern.compile("\\s*\\[Source: [^]]*]");

    private JsonInput() {}

    /** What is wrong, without where. */
    public static String problem(JacksonException e) {
        String message = String.valueOf(e.getOriginalMessage());
        if (e instanceof StreamConstraintsException) {
            return limit(message);
        }
        String text = BEGUN.matcher(message).replaceAll("begun at line $1, column $2");
        return Quoted.visible(SOURCE.matcher(text).replaceAll("").lines().findFirst().orElse(""));
    }

    /** The line in what was read, from 1. */
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
