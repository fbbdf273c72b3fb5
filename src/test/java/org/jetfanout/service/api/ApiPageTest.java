package org.jetfanout.service.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** docs/api.md names each operation of routes/service/api.camel.yaml, and no other. */
class ApiPageTest {
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `(GET|POST) (/[^`]*)` \\| (read|run|cancel|approve|any) \\|");

    @Test
    void namesEachOperation() throws IOException {
        Set<String> named = new TreeSet<>();
        Matcher rows = ROW.matcher(Files.readString(Path.of("docs/api.md")));
        while (rows.find()) {
            named.add(rows.group(1) + " " + rows.group(2));
        }
        Set<String> there = new TreeSet<>();
        String routes = Files.readString(Path.of("routes/service/api.camel.yaml"));
        List<?> documents =
                (List<?>) new Load(LoadSettings.builder().build()).loadFromString(routes);
        Map<?, ?> rest = (Map<?, ?>) ((Map<?, ?>) documents.get(0)).get("rest");
        for (String method : List.of("get", "post")) {
            for (Object verb : (List<?>) rest.get(method)) {
                there.add(method.toUpperCase(Locale.ROOT) + " " + ((Map<?, ?>) verb).get("path"));
            }
        }
        assertThat(named).isEqualTo(there).hasSizeGreaterThan(20);
    }
}
