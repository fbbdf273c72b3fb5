package org.jetfanout.question;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** A command for another instance, with its options. Not thread-safe. */
public final class Question {
    private final AskedCommand command;
    private final boolean colour;
    private final boolean framed;
    private final String timeZone;

    // Mutable state
    private final Set<String> flags = new LinkedHashSet<>();
    private final Map<String, String> values = new LinkedHashMap<>();
    private boolean following;
    private ObjectNode before = JsonNodeFactory.instance.objectNode();

    /**
     * @param colour whether colours of the output may come
     * @param framed see {@link AnswerMode}
     * @param timeZone of the times
     */
    public Question(AskedCommand command, boolean colour, boolean framed, String timeZone) {
        this.command = command;
        this.colour = colour;
        this.framed = framed;
        this.timeZone = timeZone;
    }

    /** Adds a flag, if it is set. */
    public Question flag(String name, boolean set) {
        if (set) {
            flags.add(name);
        }
        return this;
    }

    /**
     * Adds an option.
     *
     * @param value null where it is not given
     */
    public Question value(String name, String value) {
        if (value != null) {
            values.put(name, value);
        }
        return this;
    }

    /**
     * Says that the answer follows the run: where its owner loses the run, the next one is asked to
     * go on.
     */
    public Question following(boolean set) {
        following = set;
        return this;
    }

    /** Whether the answer follows the run. */
    public boolean isFollowing() {
        return following;
    }

    /** Whether marks say which lines were printed: where it follows lines. */
    public boolean hasMarks() {
        return following && command == AskedCommand.LOGS;
    }

    /** Says which lines were printed already. */
    public Question before(ObjectNode shown) {
        before = shown;
        return this;
    }

    /** Which lines were printed already. */
    public ObjectNode before() {
        return before;
    }

    /** Whether each status is drawn over the one before. */
    public boolean isFramed() {
        return framed;
    }

    ObjectNode head(String id, String guid) {
        ObjectNode head = JsonNodeFactory.instance.objectNode();
        head.put("id", id).put("command", command.word());
        if (!guid.isEmpty()) {
            head.put("run", guid);
        }
        head.set("options", AskedCommand.options(flags, values));
        AnswerMode.ask(head, colour, framed, following, timeZone);
        if (!before.isEmpty()) {
            head.set(AnswerMode.BEFORE, before);
        }
        return head;
    }
}
