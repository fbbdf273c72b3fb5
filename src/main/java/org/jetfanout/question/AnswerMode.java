package org.jetfanout.question;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;

/**
 * How a process prints that carries out a command for somebody at another instance. It is told by a
 * variable of its environment. Immutable.
 *
 * @param colour whether colours of the output reach a terminal that shows them
 * @param framed whether {@link #FRAME} follows each status of {@code --watch} but the last, because
 *     it is drawn over
 * @param following whether the answer may go on at the next owner of the run: each group of lines
 *     is followed by a line that begins with {@link #MARK}, and {@link #LEFT} is the exit code
 *     where the run has not ended
 * @param continuing whether the first line of standard input says which lines were printed before
 * @param only the only run that {@code runs} lists; empty for all
 */
public record AnswerMode(
        boolean colour,
        boolean framed,
        boolean following,
        boolean continuing,
        Optional<String> only) {
    /** The line after each status that the next one is drawn over. */
    public static final String FRAME = "\f";

    /** Begins a line that says which lines were printed so far: see {@code ShownLines}. */
    public static final String MARK = "\u0001";

    /** The exit code of an answer that follows a run which nobody works on any more here. */
    public static final int LEFT = 251;

    /** More is not said about the lines of a run. */
    static final int LONGEST_MARK = 16 << 20;

    /** Where a question says which lines were printed before. */
    static final String BEFORE = "before";

    private static final String VARIABLE = "JET_FANOUT_ANSWERS";
    private static final String ZONE = "[A-Za-z][A-Za-z0-9_+:/-]{0,63}";

    /** The mode of this process; empty where it works for its own user. */
    public static Optional<AnswerMode> ofThisProcess() {
        return Optional.ofNullable(System.getenv(VARIABLE)).map(AnswerMode::parse);
    }

    private static AnswerMode parse(String text) {
        boolean colour = false;
        boolean framed = false;
        boolean following = false;
        boolean continuing = false;
        Optional<String> only = Optional.empty();
        for (String word : text.split(",", -1)) {
            colour |= word.equals("colour");
            framed |= word.equals("framed");
            following |= word.equals("following");
            continuing |= word.equals("continuing");
            if (word.startsWith("only=")) {
                only = Optional.of(word.substring("only=".length()));
            }
        }
        return new AnswerMode(colour, framed, following, continuing, only);
    }

    /** Reads which lines were printed before. Once, before anything else reads standard input. */
    public JsonNode before() throws IOException {
        if (!continuing) {
            return JsonNodeFactory.instance.objectNode();
        }
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        InputStream in = System.in;
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.write(next);
            if (line.size() > LONGEST_MARK) {
                throw new IOException("too much was printed before");
            }
        }
        return new ObjectMapper().readTree(line.toByteArray());
    }

    private String text() {
        return "yes"
                + (colour ? ",colour" : "")
                + (framed ? ",framed" : "")
                + (following ? ",following" : "")
                + (continuing ? ",continuing" : "")
                + only.map(",only="::concat).orElse("");
    }

    /** Asks for it. */
    static void ask(
            ObjectNode question,
            boolean colour,
            boolean framed,
            boolean following,
            String timeZone) {
        question.put("colour", colour).put("framed", framed).put("following", following);
        question.put("timeZone", timeZone);
    }

    /** Sets it for a process that answers this question. */
    static void set(Map<String, String> environment, JsonNode question, Optional<String> only) {
        boolean colour = question.path("colour").asBoolean();
        AnswerMode mode =
                new AnswerMode(
                        colour,
                        question.path("framed").asBoolean(),
                        question.path("following").asBoolean(),
                        question.path(BEFORE).isObject(),
                        only);
        environment.put(VARIABLE, mode.text());
        String zone = question.path("timeZone").asText();
        if (zone.matches(ZONE)) {
            environment.put("TZ", zone);
        }
    }

    /** Removes it: for a process that works on for itself. */
    public static void unset(Map<String, String> environment) {
        environment.remove(VARIABLE);
    }
}
