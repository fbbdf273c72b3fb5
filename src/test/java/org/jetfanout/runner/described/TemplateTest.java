package org.jetfanout.runner.described;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Texts with placeholders. */
class TemplateTest {
    private static final Map<String, String> VALUES =
            Map.of("name", "web1", "evil", "{name} {{name}} $(id) {evil}", "vars.a-b", "x");

    private static String filled(String text) {
        return Template.of(text).fill(name -> Optional.ofNullable(VALUES.get(name)));
    }

    @Test
    void placeholdersAreFilledOnceAndOtherBracesStay() {
        assertThat(filled("a {name}-{vars.a-b}.")).isEqualTo("a web1-x.");
        assertThat(filled("{evil}")).isEqualTo(VALUES.get("evil"));
        assertThat(filled("{{name}}")).isEqualTo("{name}");
        assertThat(filled("{\"a\":{\"b\":1}} {} { name } {{ name }}"))
                .isEqualTo("{\"a\":{\"b\":1}} {} { name } {{ name }}");
        assertThat(filled("")).isEmpty();
    }

    @Test
    void whatHasNoValueIsSaidElsewhereOrLeftOut() {
        assertThat(filled("{zone|none}{zone|}{zone?}{name|x}")).isEqualTo("noneweb1");
        assertThatThrownBy(() -> filled("{zone}"))
                .isInstanceOf(Template.MissingValueException.class);
        assertThat(Template.of("{zone?}").value(name -> Optional.empty())).isEmpty();
        assertThat(Template.of("{zone}").value(name -> Optional.of(22))).contains(22);
        assertThat(Template.of(":{zone}").value(name -> Optional.of(22))).contains(":22");
    }

    @Test
    void aLongTextTakesNoTime() {
        String braces = "{".repeat(100_000) + "a".repeat(100_000);
        assertThat(filled(braces)).isEqualTo(braces);
    }
}
