package org.jetfanout.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jetfanout.sink.splunk.HecEvents;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** Splunk's dashboard: no Splunk can be had, but its searches can name only what the sink sends. */
final class SplunkDashboardTest {
    private static final Path FILE = Path.of("dashboards/splunk/jetfanout.xml");

    /** What Splunk gives to each event. */
    private static final Set<String> OF_SPLUNK =
            Set.of("_time", "_raw", "host", "source", "sourcetype", "index", "count");

    private static final Pattern WORD = Pattern.compile("\"[^\"]*\"|[A-Za-z_][A-Za-z_.]*");
    private static final Set<String> GRAMMAR =
            Set.of(
                    "as",
                    "by",
                    "where",
                    "sum",
                    "min",
                    "max",
                    "dc",
                    "values",
                    "isnotnull",
                    "output",
                    "path");

    static List<String> searches() throws Exception {
        NodeList queries = dashboard().getElementsByTagName("query");
        List<String> searches = new ArrayList<>();
        for (int i = 0; i < queries.getLength(); i++) {
            searches.add(queries.item(i).getTextContent());
        }
        return searches;
    }

    private static Document dashboard() throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(FILE.toFile());
    }

    @Test
    void isADashboardOfTheRunsFailuresAndLines() throws Exception {
        assertThat(dashboard().getDocumentElement().getTagName()).isEqualTo("form");
        NodeList panels = dashboard().getElementsByTagName("panel");
        List<String> titles = new ArrayList<>();
        for (int i = 0; i < panels.getLength(); i++) {
            titles.add(
                    ((org.w3c.dom.Element) panels.item(i))
                            .getElementsByTagName("title")
                            .item(0)
                            .getTextContent());
        }
        assertThat(titles)
                .containsExactly(
                        "Runs",
                        "Hosts by outcome over time",
                        "Slowest hosts",
                        "Failures by task and worker",
                        "Lines of the run");
    }

    @Test
    void eachTokenIsSetByAnInput() throws Exception {
        NodeList inputs = dashboard().getElementsByTagName("input");
        Set<String> tokens = new HashSet<>(Set.of("row"));
        for (int i = 0; i < inputs.getLength(); i++) {
            tokens.add(((org.w3c.dom.Element) inputs.item(i)).getAttribute("token"));
        }
        assertThat(matches("\\$([a-z]+)[.|a-z]*\\$", Files.readString(FILE))).isSubsetOf(tokens);
    }

    @ParameterizedTest
    @MethodSource("searches")
    void namesOnlyFieldsThatAreSent(String search) throws IOException {
        assertThat(matches("(\\w+)::", search)).isSubsetOf(HecEvents.FIELDS);
        assertThat(matches("path=\"([^\"]+)\"", search)).isSubsetOf(fieldsOfRecords());
        assertThat(matches("sourcetype=\"([^\"]+)\"", search))
                .isSubsetOf(HecEvents.LINE, HecEvents.EVENT)
                .hasSize(1);
        assertThat(matches("stream::(\\w+)", search)).isSubsetOf(streams());
        Set<String> known = new HashSet<>(OF_SPLUNK);
        known.addAll(HecEvents.FIELDS);
        String[] commands = search.split("\\|(?!s\\$)");
        for (String command : List.of(commands).subList(1, commands.length)) {
            known.addAll(matches("(?:as|output=) ?(\\w+)", command));
            known.addAll(matches("eval (\\w+)=", command));
            List<String> words =
                    WORD.matcher(command.replaceAll("\\$[^$]+\\$", ""))
                            .results()
                            .map(MatchResult::group)
                            .filter(word -> !word.startsWith("\"") && !GRAMMAR.contains(word))
                            .skip(1)
                            .toList();
            assertThat(known).as(command).containsAll(words);
        }
        if (commands[0].isBlank()) {
            return; // counts runs, not events
        }
        assertThat(commands[1].strip()).isEqualTo("dedup id");
    }

    private static Set<String> fieldsOfRecords() throws IOException {
        return matches(
                "(?m)^\\| ([a-z@][\\w.@]+) \\| ", Files.readString(Path.of("docs/records.md")));
    }

    private static Set<String> streams() throws IOException {
        return matches(
                "(?m)^\\| jetfanout\\.(\\w+) \\| ", Files.readString(Path.of("docs/records.md")));
    }

    private static Set<String> matches(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toSet());
    }
}
