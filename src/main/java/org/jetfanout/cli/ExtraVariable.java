package org.jetfanout.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A variable as Jetpack's command line may have it: {@code name=text}. Pure functions. */
final class ExtraVariable {
    /** JSON begins in another way. */
    private static final Pattern NAMED =
            Pattern.compile("\\s*([^\\s={}\\[\\]\"':@][^={}\"']*)=(.*)", Pattern.DOTALL);

    private ExtraVariable() {}

    /** The same variable as a JSON object; empty where the text has another form. */
    static Optional<String> asJson(String text) {
        Matcher matcher = NAMED.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        List<String> names = List.of(matcher.group(1).strip().split("\\.", -1));
        ObjectNode root = new ObjectMapper().createObjectNode();
        ObjectNode at = root;
        for (String name : names.subList(0, names.size() - 1)) {
            at = at.putObject(name);
        }
        at.put(names.get(names.size() - 1), matcher.group(2).strip());
        return Optional.of(root.toString());
    }
}
