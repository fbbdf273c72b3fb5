package org.jetfanout.service.templates;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jetfanout.service.http.RefusedException;

/** The values that a caller gave for a template cannot be used: 422. */
public final class InvalidValuesException extends RefusedException {
    private static final long serialVersionUID = 1L;

    private final Map<String, String> troubles;

    /**
     * @param troubles what is wrong, by the name of the variable
     */
    InvalidValuesException(Map<String, String> troubles) {
        super(
                422,
                troubles.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining("; ")));
        this.troubles = new LinkedHashMap<>(troubles);
    }

    /** What is wrong, by the name of the variable; {@code limit} for the limit of hosts. */
    public Map<String, String> troubles() {
        return Map.copyOf(troubles);
    }
}
