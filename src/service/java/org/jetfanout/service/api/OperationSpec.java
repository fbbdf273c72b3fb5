package org.jetfanout.service.api;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.ValueDefinition;
import org.apache.camel.model.rest.ParamDefinition;
import org.apache.camel.model.rest.RestDefinition;
import org.apache.camel.model.rest.RestParamType;
import org.apache.camel.model.rest.VerbDefinition;
import org.jetfanout.service.http.RefusedException;
import org.jetfanout.text.NearestName;
import org.jetfanout.text.Quoted;

/**
 * What the REST definitions of the routes say about one operation: the only description of its
 * parameters, by which requests are read and the OpenAPI document is made. Immutable.
 */
final class OperationSpec {
    /** The longest value of a text. */
    static final int LONGEST_TEXT = 1_000;

    private final String id;
    private final String path;
    private final VerbDefinition verb;
    private final Map<String, ParamDefinition> parameters = new LinkedHashMap<>();

    private OperationSpec(String path, VerbDefinition verb) {
        this.id = verb.getId();
        this.path = path;
        this.verb = verb;
        for (ParamDefinition parameter : verb.getParams()) {
            // Camel adds one for the body, which is no parameter in OpenAPI 3
            if (parameter.getType() != RestParamType.body) {
                parameters.put(parameter.getName(), parameter);
            }
        }
    }

    /** All operations below a path, in the order of their file. */
    static List<OperationSpec> all(CamelContext camel, String below) {
        List<OperationSpec> all = new ArrayList<>();
        Model model = camel.getCamelContextExtension().getContextPlugin(Model.class);
        for (RestDefinition rest : model.getRestDefinitions()) {
            String base = rest.getPath() == null ? "" : rest.getPath();
            if (base.startsWith(below)) {
                for (VerbDefinition verb : rest.getVerbs()) {
                    String own = verb.getPath() == null ? "" : verb.getPath();
                    all.add(new OperationSpec(base + own, verb));
                }
            }
        }
        return all;
    }

    /** The operation with this id. */
    static OperationSpec of(CamelContext camel, String below, String id) {
        return all(camel, below).stream()
                .filter(spec -> id.equals(spec.id))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalStateException(
                                        "routes/service/api.camel.yaml has no operation " + id));
    }

    String id() {
        return id;
    }

    String path() {
        return path;
    }

    VerbDefinition verb() {
        return verb;
    }

    List<ParamDefinition> parameters() {
        return List.copyOf(parameters.values());
    }

    /** The names of the values that a parameter takes; empty for any. */
    static List<String> choices(ParamDefinition parameter) {
        return parameter.getAllowableValues() == null
                ? List.of()
                : parameter.getAllowableValues().stream().map(ValueDefinition::getValue).toList();
    }

    /** Whether a path is one of this operation. */
    boolean isFor(String asked) {
        String[] names = path.split("/", -1);
        String[] parts = asked.split("/", -1);
        boolean same = names.length == parts.length;
        for (int i = 0; same && i < names.length; i++) {
            same = names[i].startsWith("{") ? !parts[i].isEmpty() : names[i].equals(parts[i]);
        }
        return same;
    }

    /**
     * The values in the path.
     *
     * @param asked the path of the request, encoded as it was sent
     */
    Map<String, String> pathValues(String asked) {
        String[] names = path.split("/", -1);
        String[] parts = asked.split("/", -1);
        Map<String, String> values = new LinkedHashMap<>();
        for (int back = 1; back <= names.length && back <= parts.length; back++) {
            String name = names[names.length - back];
            if (name.startsWith("{")) {
                values.put(
                        name.substring(1, name.length() - 1), decoded(parts[parts.length - back]));
            }
        }
        return values;
    }

    /**
     * The values of the query, checked.
     *
     * @throws RefusedException where one is unknown, or not of its type
     */
    Map<String, List<String>> queryValues(String query) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        if (query.isEmpty()) {
            return values;
        }
        for (String pair : query.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
            ParamDefinition parameter = parameters.get(name);
            if (parameter == null || parameter.getType() != RestParamType.query) {
                throw unknown(name);
            }
            boolean many = "array".equals(parameter.getDataType());
            List<String> known = values.computeIfAbsent(name, of -> new ArrayList<>());
            if (!many && !known.isEmpty()) {
                throw new RefusedException(400, name + " is given twice");
            }
            for (String one : many ? List.of(value.split(",", -1)) : List.of(value)) {
                check(parameter, one);
                known.add(one);
            }
        }
        return values;
    }

    private RefusedException unknown(String name) {
        Set<String> known =
                parameters.values().stream()
                        .filter(parameter -> parameter.getType() == RestParamType.query)
                        .map(ParamDefinition::getName)
                        .collect(Collectors.toCollection(TreeSet::new));
        return new RefusedException(
                400,
                "unknown parameter %s%s%s"
                        .formatted(
                                Quoted.of(name),
                                NearestName.hint(name, known),
                                known.isEmpty()
                                        ? ": this takes none"
                                        : ". Known: " + String.join(", ", known)));
    }

    private void check(ParamDefinition parameter, String value) {
        String name = parameter.getName();
        List<String> choices = choices(parameter);
        if (!choices.isEmpty() && !choices.contains(value)) {
            throw new RefusedException(
                    400,
                    "%s must be one of %s, not %s"
                            .formatted(name, String.join(", ", choices), Quoted.of(value)));
        }
        if (value.length() > LONGEST_TEXT) {
            throw new RefusedException(
                    400, name + " must not be longer than " + LONGEST_TEXT + " characters");
        }
        if (value.indexOf('\0') >= 0) {
            throw new RefusedException(400, name + " must not have a null character");
        }
        if ("integer".equals(parameter.getDataType())) {
            checkNumber(name, value);
        }
        if ("date-time".equals(parameter.getDataFormat())) {
            if (Rfc3339.moment(value).isEmpty()) {
                throw new RefusedException(
                        400,
                        "%s must be a moment such as 2026-01-02T03:04:05Z, not %s"
                                .formatted(name, Quoted.of(value)));
            }
        }
    }

    private void checkNumber(String name, String value) {
        ParameterRange range = ParameterRange.of(id, name);
        try {
            long number = Long.parseLong(value);
            if (number >= range.least() && number <= range.most() && !value.startsWith("+")) {
                return;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new RefusedException(
                400,
                "%s must be a number from %d to %d, not %s"
                        .formatted(name, range.least(), range.most(), Quoted.of(value)));
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(400, "the address has a % that begins no character");
        }
    }

    /** Checks a key of a start. */
    static Optional<String> key(Object header) {
        if (header == null) {
            return Optional.empty();
        }
        String key = String.valueOf(header);
        if (key.isEmpty()
                || key.length() > 200
                || key.chars().anyMatch(c -> c < 0x20 || c > 0x7e)) {
            throw new RefusedException(
                    400, "Idempotency-Key must have 1 to 200 printable ASCII characters");
        }
        return Optional.of(key);
    }
}
