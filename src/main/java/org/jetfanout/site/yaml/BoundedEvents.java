package org.jetfanout.site.yaml;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.parser.Parser;

/**
 * Passes on the events of a document as long as they stay within two limits: how deep values are
 * nested, and how much text the aliases bring in. So a composer needs no more stack and memory than
 * these limits allow, whatever the document says. For one document and one thread.
 */
final class BoundedEvents implements Parser {
    /** Makes an error at a line. Lines count from 1. */
    @FunctionalInterface
    interface ErrorAt {
        ConfigurationException of(int line, String message);
    }

    /** A value whose size and depth are measured, while it is read and afterwards. */
    private static final class Extent {
        final Optional<Anchor> anchor;

        // Mutable state
        /**
         * Characters of its texts, plus one for each value in it; aliases count as what they stand
         * for.
         */
        long size = 1;

        /** How many levels of values are below it. */
        int height;

        boolean ended;

        Extent(Optional<Anchor> anchor) {
            this.anchor = anchor;
        }
    }

    private final Parser parser;
    private final ErrorAt errors;

    // Mutable state
    private final Deque<Extent> open = new ArrayDeque<>();
    private final Map<Anchor, Extent> anchors = new HashMap<>();
    private long aliased;

    BoundedEvents(Parser parser, ErrorAt errors) {
        this.parser = parser;
        this.errors = errors;
    }

    @Override
    public boolean checkEvent(Event.ID id) {
        return parser.checkEvent(id);
    }

    @Override
    public Event peekEvent() {
        return parser.peekEvent();
    }

    @Override
    public boolean hasNext() {
        return parser.hasNext();
    }

    @Override
    public Event next() {
        Event event = parser.next();
        switch (event.getEventId()) {
            case SequenceStart, MappingStart -> begin((NodeEvent) event);
            case SequenceEnd, MappingEnd -> end(open.pop());
            case Scalar -> {
                Extent scalar = new Extent(((ScalarEvent) event).getAnchor());
                scalar.size += ((ScalarEvent) event).getValue().length();
                end(scalar);
            }
            case Alias -> alias((AliasEvent) event);
            default -> {
                // this event concerns the stream, not a value
            }
        }
        return event;
    }

    private void begin(NodeEvent event) {
        Extent begun = new Extent(event.getAnchor());
        begun.anchor.ifPresent(anchor -> anchors.put(anchor, begun));
        open.push(begun);
        checkDepth(event, 0);
    }

    private void end(Extent value) {
        value.ended = true;
        value.anchor.ifPresent(anchor -> anchors.put(anchor, value));
        addToParent(value);
    }

    private void addToParent(Extent value) {
        Extent parent = open.peek();
        if (parent != null) {
            parent.size = saturated(parent.size, value.size);
            parent.height = Math.max(parent.height, value.height + 1);
        }
    }

    /** Adds what the alias stands for. The composer reports an alias without an anchor. */
    private void alias(AliasEvent event) {
        Extent named = anchors.get(event.getAlias());
        if (named == null) {
            return;
        }
        if (!named.ended) {
            throw error(
                    event,
                    "the alias *"
                            + event.getAlias()
                            + " is inside the value that it refers to (endless loop)");
        }
        checkDepth(event, named.height);
        aliased = saturated(aliased, named.size);
        if (aliased > YamlLimits.ALIASED) {
            throw error(
                    event,
                    String.format(
                            Locale.ROOT,
                            "with *%s the aliases expand to more than %,d characters: use fewer"
                                    + " aliases",
                            event.getAlias(),
                            YamlLimits.ALIASED));
        }
        addToParent(named);
    }

    private void checkDepth(Event event, int below) {
        if (open.size() + below > YamlLimits.DEEPEST) {
            throw error(
                    event,
                    "values are nested more than "
                            + YamlLimits.DEEPEST
                            + " deep: neither jetp nor jet-fanout reads deeper");
        }
    }

    private ConfigurationException error(Event event, String message) {
        return errors.of(event.getStartMark().map(Mark::getLine).orElse(0) + 1, message);
    }

    private static long saturated(long a, long b) {
        return Math.min(a + b, Long.MAX_VALUE / 4);
    }
}
