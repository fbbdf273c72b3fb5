package org.jetfanout.service.views;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jetfanout.site.inventory.HostRanges;
import org.jetfanout.text.Redaction;
import org.jetfanout.text.Text;

/** Text of others as the service shows it: without escape codes, without secrets, not too long. */
final class Shown {
    private static final int LONGEST_REASON = 600;
    private static final int LONGEST_RANGES = 4_000;
    private static final String MORE = "…";

    /** The order in which neighbours fold into ranges. */
    private static final Comparator<String> FOLDING =
            Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());

    private Shown() {}

    /** Names of hosts, folded; cut where they are too long. */
    record Ranges(String text, boolean cut) {}

    /** A text in one line. */
    static String text(String text) {
        return Redaction.defaults().apply(Text.plain(text));
    }

    /** A reason in one line, of bounded length. */
    static String reason(String reason) {
        String clean = text(reason);
        if (clean.length() <= LONGEST_REASON) {
            return clean;
        }
        int end = LONGEST_REASON;
        if (Character.isHighSurrogate(clean.charAt(end - 1))) {
            end--;
        }
        return clean.substring(0, end) + MORE;
    }

    /** Folds the names of hosts, in whatever order they come. */
    static Ranges ranges(Collection<String> hosts) {
        List<String> sorted = new ArrayList<>(hosts);
        sorted.sort(FOLDING);
        String all = Text.plain(HostRanges.fold(sorted));
        if (all.length() <= LONGEST_RANGES) {
            return new Ranges(all, false);
        }
        int comma = all.lastIndexOf(',', LONGEST_RANGES);
        return new Ranges(all.substring(0, comma > 0 ? comma + 1 : LONGEST_RANGES) + MORE, true);
    }

    /** What is in the map or list that a request holds, without what was not given. */
    static Object given(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> some = new LinkedHashMap<>();
            map.forEach(
                    (key, of) -> {
                        Object inner = given(of);
                        if (!isNothing(inner)) {
                            some.put(String.valueOf(key), inner);
                        }
                    });
            return some;
        }
        if (value instanceof List<?> list) {
            return list.stream().map(Shown::given).toList();
        }
        return value instanceof String text
                ? Redaction.defaults().apply(Text.plainLines(text))
                : value;
    }

    private static boolean isNothing(Object value) {
        return value == null
                || value.equals("")
                || value.equals(false)
                || (value instanceof Number number && number.longValue() <= 0)
                || (value instanceof List<?> list && list.isEmpty())
                || (value instanceof Map<?, ?> map && map.isEmpty());
    }
}
