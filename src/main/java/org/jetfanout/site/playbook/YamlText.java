package org.jetfanout.site.playbook;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Present;
import org.snakeyaml.engine.v2.api.lowlevel.Serialize;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ImplicitTuple;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Writes a YAML node tree as text that gives the same data when it is read again. It corrects what
 * the library's emitter would change. Used once per document; not thread-safe.
 */
final class YamlText {
    private static final DumpSettings SETTINGS =
            DumpSettings.builder()
                    .setSplitLines(false)
                    .setUseUnicodeEncoding(true)
                    .setMaxSimpleKeyLength(1024)
                    .build();

    private static final String NULL = "tag:yaml.org,2002:null";

    // Mutable state
    /** Tagged texts without quotes. The emitter gets a numbered stand-in for each. */
    private final List<String> tagged = new ArrayList<>();

    private String standIn = "jetfanouttagged";

    private YamlText() {}

    static String write(Node root) {
        return new YamlText().text(root);
    }

    private String text(Node root) {
        List<Event> events = new ArrayList<>(new Serialize(SETTINGS).serializeOne(root));
        while (events.stream().anyMatch(this::mentionsStandIn)) {
            standIn += "x";
        }
        events.replaceAll(event -> event instanceof ScalarEvent scalar ? mended(scalar) : event);
        String text = new Present(SETTINGS).emitToString(events.iterator());
        return Pattern.compile(standIn + "([0-9]+)e")
                .matcher(text)
                .replaceAll(
                        match ->
                                Matcher.quoteReplacement(
                                        tagged.get(Integer.parseInt(match.group(1)))));
    }

    private ScalarEvent mended(ScalarEvent scalar) {
        String value = scalar.getValue();
        String tag = scalar.getTag().orElse("");
        if (value.chars().anyMatch(YamlText::isOdd)) {
            // without quotes, the emitter's output may be read differently
            return with(scalar, value, ScalarStyle.DOUBLE_QUOTED);
        }
        if (scalar.getScalarStyle() != ScalarStyle.PLAIN) {
            return scalar;
        }
        if (tag.equals(NULL) && value.isEmpty()) {
            // in a flow collection, the emitter would write a quoted text with a tag
            return with(scalar, "null", ScalarStyle.PLAIN);
        }
        if (tag.matches("![A-Za-z0-9_.-]*") && value.indexOf('\n') < 0) {
            // the emitter would add quotes, and they matter: !own 5 is a number, !own '5' is a
            // text, and !facts has no value
            tagged.add(tag + " " + value);
            return new ScalarEvent(
                    scalar.getAnchor(),
                    Optional.empty(),
                    new ImplicitTuple(true, true),
                    standIn + (tagged.size() - 1) + "e",
                    ScalarStyle.PLAIN);
        }
        return scalar;
    }

    private static ScalarEvent with(ScalarEvent scalar, String value, ScalarStyle style) {
        return new ScalarEvent(
                scalar.getAnchor(), scalar.getTag(), scalar.getImplicit(), value, style);
    }

    private boolean mentionsStandIn(Event event) {
        return event instanceof ScalarEvent scalar && scalar.getValue().contains(standIn);
    }

    private static boolean isOdd(int c) {
        return (c < ' ' && c != '\n')
                || (c >= 0x7f && c <= 0xa0)
                || c == 0x2028
                || c == 0x2029
                || c == 0xfeff;
    }
}
