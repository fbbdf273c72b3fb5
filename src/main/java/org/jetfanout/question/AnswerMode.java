package org.jetfanout.question;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How a process prints that carries out a command for somebody at another instance. It is told by a
 * variable of its environment. Immutable.
 *
 * @param colour whether colours of the output reach a terminal that shows them
 * @param framed whether {@link #FRAME} follows each status of {@code --watch} but the last, because
 *     it is drawn over
 * @param only the only run that {@code runs} lists; empty for all
 */
public record AnswerMode(boolean colour, boolean framed, Optional<String> only) {
    /** The line after each status that the next one is drawn over. */
    public static final String FRAME = "\f";

    private static final String VARIABLE = "JET_FANOUT_ANSWERS";
    private static final Pattern ZONE = Pattern.compile("[A-Za-z][A-Za-z0-9_+:/-]{0,63}");

    /** The mode of this process; empty where it works for its own user. */
    public static Optional<AnswerMode> ofThisProcess() {
        return Optional.ofNullable(System.getenv(VARIABLE)).map(AnswerMode::parse);
    }

    private static AnswerMode parse(String text) {
        boolean colour = false;
        boolean framed = false;
        Optional<String> only = Optional.empty();
        for (String word : text.split(",", -1)) {
            colour |= word.equals("colour");
            framed |= word.equals("framed");
            if (word.startsWith("only=")) {
                only = Optional.of(word.substring("only=".length()));
            }
        }
        return new AnswerMode(colour, framed, only);
    }

    private String text() {
        return "yes"
                + (colour ? ",colour" : "")
                + (framed ? ",framed" : "")
                + only.map(",only="::concat).orElse("");
    }

    /** Asks for it. */
    static void ask(ObjectNode question, boolean colour, boolean framed, String timeZone) {
        question.put("colour", colour).put("framed", framed).put("timeZone", timeZone);
    }

    /** Sets it for a process that answers this question. */
    static void set(Map<String, String> environment, JsonNode question, Optional<String> only) {
        boolean colour = question.path("colour").asBoolean();
        AnswerMode mode = new AnswerMode(colour, question.path("framed").asBoolean(), only);
        environment.put(VARIABLE, mode.text());
        String zone = question.path("timeZone").asText();
        if (ZONE.matcher(zone).matches()) {
            environment.put("TZ", zone);
        }
    }

    /** Removes it: for a process that works on for itself. */
    public static void unset(Map<String, String> environment) {
        environment.remove(VARIABLE);
    }
}
