package org.jetfanout.sink;

import java.util.Locale;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;

/**
 * No header of a message becomes one of the request; of the answer's headers some come back.
 * Immutable.
 *
 * @param names those that come back, in lower case
 */
public record AnswerHeaders(Set<String> names) implements HeaderFilterStrategy {
    @Override
    public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
        return true;
    }

    @Override
    public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
        return !names.contains(name.toLowerCase(Locale.ROOT));
    }
}
