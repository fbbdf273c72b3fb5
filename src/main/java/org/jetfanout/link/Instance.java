package org.jetfanout.link;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * An instance as it describes itself, once a second.
 *
 * @param address where messages reach it
 * @param id who it is
 * @param version of the protocol that it speaks: see {@link Link#VERSION}
 * @param facts what it says about itself, such as {@code roles}, {@code zones}, {@code program},
 *     {@code calls}. Any of it may be missing
 */
public record Instance(String address, InstanceId id, int version, JsonNode facts) {
    /** Whether this program understands its messages. */
    public boolean understands() {
        return version == Link.VERSION;
    }

    /** The zones that it serves. */
    public Set<String> zones() {
        return texts("zones");
    }

    /** What it does, such as {@code owner} or {@code hand}. */
    public Set<String> roles() {
        return texts("roles");
    }

    private Set<String> texts(String key) {
        Set<String> texts = new LinkedHashSet<>();
        facts.path(key).forEach(one -> texts.add(one.asText()));
        return texts;
    }
}
