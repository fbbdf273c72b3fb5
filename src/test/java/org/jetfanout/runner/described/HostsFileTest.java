package org.jetfanout.runner.described;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.testkit.Programs;
import org.junit.jupiter.api.Test;

/** The hosts of a batch, as each format writes them. */
class HostsFileTest {
    private static final List<String> HOSTS = List.of("web1", "::1");

    /** What can go wrong in one file or another. */
    private static final String EVIL =
            "a \"b' $(id) `id` {{ 1 + 1 }} {% x %} {# x #} {name} #;%\\ \u2028\u0085\ufeff\ud83d\ude00é";

    private final Map<String, Object> values = new LinkedHashMap<>();

    private static HostsFile file(String hosts) {
        return DefinitionReaderTest.definition(
                        "command: [x]\noutput: plain_events\nhosts:\n" + hosts.indent(2))
                .hosts();
    }

    private String content(String hosts) {
        return new String(
                file(hosts)
                        .content(
                                HOSTS,
                                (host, name) ->
                                        Optional.ofNullable(
                                                name.equals("name") ? host : values.get(name))),
                UTF_8);
    }

    @Test
    void namesStandOneALine() {
        assertThat(content("format: names")).isEqualTo("web1\n::1\n");
        assertThat(content("{ format: names, header: \"[all]\" }")).isEqualTo("[all]\nweb1\n::1\n");
    }

    @Test
    void wordsAndTabsRefuseWhatTheyCannotSay() {
        values.put("address", "10.0.0.1");
        values.put("vars.zone", "a b");
        assertThat(content("{ format: words, line: [\"{name}\", \"host={address}\"] }"))
                .isEqualTo("web1 host=10.0.0.1\n::1 host=10.0.0.1\n");
        assertThat(content("{ format: tabs, line: [\"{name}\", \"{vars.zone}\", \"{port?}\"] }"))
                .isEqualTo("web1\ta b\t\n::1\ta b\t\n");
        assertThatThrownBy(() -> content("{ format: words, line: [\"{vars.zone}\"] }"))
                .hasMessage(
                        "runners/loop/runner.yml:4: hosts: the value of '{vars.zone}' for host"
                                + " 'web1' has a blank in it, which 'format: words' cannot write:"
                                + " use tabs or shell");
        assertThatThrownBy(() -> content("{ format: words, line: [\"{port?}\"] }"))
                .hasMessageContaining("is empty, which 'format: words' cannot write");
        for (String format : List.of("words", "tabs", "shell")) {
            for (String control : List.of("\n", "\t", "\r", "\0", "\u0085")) {
                values.put("vars.zone", "a" + control + "web2");
                assertThatThrownBy(
                                () ->
                                        content(
                                                "{ format: "
                                                        + format
                                                        + ", line: [\"{vars.zone}\"] }"))
                        .hasMessageContaining("has a control character in it");
            }
        }
        assertThatThrownBy(() -> content("{ format: words, line: [\"{vars.none}\"] }"))
                .hasMessage(
                        "runners/loop/runner.yml:4: hosts: host 'web1' has no value for"
                                + " {vars.none}: set the variable, or write {vars.none?} or"
                                + " {vars.none|text}");
    }

    @Test
    void aShellReadsTheSameValuesBack() {
        String evil = EVIL.replace("\u0085", "");
        values.put("vars.evil", evil);
        String lines =
                content("{ format: shell, line: [\"{name}\", \"{vars.evil}\", \"{port?}\"] }");
        String read =
                Programs.run(
                                Map.of("LINE", lines.lines().findFirst().orElseThrow()),
                                "sh",
                                "-c",
                                "eval \"set -- $LINE\"; printf '%s|%s|%s|%s' \"$1\" \"$2\" \"$3\""
                                        + " $#")
                        .toString();
        assertThat(read).contains("web1|" + evil + "||3");
    }

    @Test
    void iniHasASectionForEachHost() {
        values.put("address", "10.0.0.1");
        assertThat(
                        content(
                                """
                                format: ini
                                header: "[DEFAULT]"
                                entry: { ip: "{address}", port: "{port?}", login: "x-{name}" }
                                """))
                .isEqualTo(
                        """
                        [DEFAULT]
                        [web1]
                        ip = 10.0.0.1
                        login = x-web1
                        [::1]
                        ip = 10.0.0.1
                        login = x-::1
                        """);
        for (String wrong : List.of(" x", "a#b", "a;b", "%(x)s", "\"", "a\\", "x\n[y]")) {
            values.put("address", wrong);
            assertThatThrownBy(() -> content("{ format: ini, entry: { ip: \"{address}\" } }"))
                    .hasMessageContaining("the value of 'ip' for host 'web1'")
                    .hasMessageNotContaining("[y]");
        }
    }

    @Test
    void jsonKeepsTypesAndIsYamlWithoutAnythingForJinja() throws Exception {
        values.put("port", 2222);
        values.put("vars.list", List.of(1, "x", true));
        values.put("vars.evil", EVIL);
        values.put("vars.map", Map.of(EVIL, EVIL));
        String text =
                content(
                        """
                        format: json
                        entry:
                          host: "{address|none}"
                          port: "{port}"
                          url: "ssh://{port}"
                          left: "{vars.no?}"
                          list: "{vars.list}"
                          evil: "{vars.evil}"
                          map: "{vars.map}"
                          fixed: [1, true, "{{name}}", { deep: "{name}" }]
                        """);
        JsonNode json = new ObjectMapper().readTree(text);
        assertThat(json.size()).isEqualTo(2);
        JsonNode web1 = json.get("web1");
        assertThat(web1.get("host").asText()).isEqualTo("none");
        assertThat(web1.get("port").isInt()).isTrue();
        assertThat(web1.get("url").asText()).isEqualTo("ssh://2222");
        assertThat(web1.has("left")).isFalse();
        assertThat(web1.get("list")).hasToString("[1,\"x\",true]");
        assertThat(web1.get("evil").asText()).isEqualTo(EVIL);
        assertThat(web1.get("map").get(EVIL).asText()).isEqualTo(EVIL);
        assertThat(web1.get("fixed")).hasToString("[1,true,\"{name}\",{\"deep\":\"web1\"}]");
        assertThat(text).doesNotContain("{{", "{%", "{#");
        Object yaml = YamlValue.parse(Path.of("hosts"), text).orElseThrow().plain();
        assertThat(new ObjectMapper().valueToTree(yaml).toString()).isEqualTo(json.toString());
    }
}
