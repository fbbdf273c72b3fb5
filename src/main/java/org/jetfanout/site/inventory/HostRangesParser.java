package org.jetfanout.site.inventory;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jetfanout.ConfigurationException;
import org.jetfanout.text.Quoted;

/**
 * Reads what {@link HostRanges} prints: names between commas, with ranges of numbers in brackets:
 * {@code web[001-400,7].example.com,db1}. A name may have several brackets. Pure functions.
 */
public final class HostRangesParser {
    /** More hosts than a run can have are a mistake in a number. */
    private static final int MOST = 1_000_000;

    private static final int MOST_DIGITS = 18;

    private final String what;
    private final Set<String> names = new LinkedHashSet<>();

    private HostRangesParser(String what) {
        this.what = what;
    }

    /**
     * The names, each once, in their order.
     *
     * @param what names the text in errors: the flag, or the file and the line
     * @throws ConfigurationException where the text is wrong
     */
    public static List<String> names(String text, String what) {
        HostRangesParser parser = new HostRangesParser(what);
        parser.parse(text);
        return List.copyOf(parser.names);
    }

    private void parse(String text) {
        int from = 0;
        boolean inside = false;
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : ',';
            if (i < text.length() && (c == '[' || c == ']')) {
                if (inside == (c == '[')) {
                    throw error(text, inside ? "a bracket within brackets" : "a ']' without '['");
                }
                inside = !inside;
            } else if (c == ',' && (!inside || i == text.length())) {
                if (inside) {
                    throw error(text, "the bracket is not closed");
                }
                part(text.substring(from, i).strip());
                from = i + 1;
            }
        }
    }

    /** One name, which may have brackets. */
    private void part(String part) {
        if (part.isEmpty()) {
            throw new ConfigurationException(
                    what + ": there is an empty name: separate names with single commas");
        }
        if (part.contains(" … and ")) {
            throw error(part, "this list was shortened where it was printed");
        }
        List<String> heads = List.of("");
        int at = 0;
        while (true) {
            int open = part.indexOf('[', at);
            String text = part.substring(at, open < 0 ? part.length() : open);
            heads = heads.stream().map(head -> head + text).toList();
            if (open < 0) {
                break;
            }
            int close = part.indexOf(']', open);
            heads = times(part, heads, numbers(part, part.substring(open + 1, close)));
            at = close + 1;
        }
        for (String name : heads) {
            InventoryNames.hostProblem(name)
                    .ifPresent(
                            problem -> {
                                throw new ConfigurationException(what + ": " + problem);
                            });
            names.add(name);
        }
        if (names.size() > MOST) {
            throw tooMany(part);
        }
    }

    private List<String> times(String part, List<String> heads, List<String> tails) {
        if ((long) heads.size() * tails.size() > MOST) {
            throw tooMany(part);
        }
        List<String> all = new ArrayList<>(heads.size() * tails.size());
        for (String head : heads) {
            tails.forEach(tail -> all.add(head + tail));
        }
        return all;
    }

    /** The numbers of one bracket, padded as they are written. */
    private List<String> numbers(String part, String ranges) {
        List<String> numbers = new ArrayList<>();
        for (String range : ranges.split(",", -1)) {
            int dash = range.indexOf('-');
            String first = (dash < 0 ? range : range.substring(0, dash)).strip();
            String last = dash < 0 ? first : range.substring(dash + 1).strip();
            long from = number(part, first);
            long to = number(part, last);
            if (to < from) {
                throw error(part, "the range " + Quoted.of(range) + " counts down");
            }
            if (to - from >= MOST - numbers.size()) {
                throw tooMany(part);
            }
            boolean padded = first.length() > 1 && first.charAt(0) == '0';
            if (last.length() > 1 && last.charAt(0) == '0' && last.length() != first.length()) {
                throw error(part, "the numbers of " + Quoted.of(range) + " differ in their zeros");
            }
            for (long n = from; n <= to; n++) {
                String digits = Long.toString(n);
                numbers.add(
                        padded
                                ? "0".repeat(Math.max(0, first.length() - digits.length())) + digits
                                : digits);
            }
        }
        return numbers;
    }

    private long number(String part, String digits) {
        if (digits.isEmpty()
                || digits.length() > MOST_DIGITS
                || digits.chars().anyMatch(c -> c < '0' || c > '9')) {
            throw error(part, Quoted.of(digits) + " in brackets is no number");
        }
        return Long.parseLong(digits);
    }

    private ConfigurationException tooMany(String part) {
        return error(part, "these are more than " + MOST + " hosts");
    }

    private ConfigurationException error(String part, String problem) {
        return new ConfigurationException(what + ": " + Quoted.of(part) + ": " + problem);
    }
}
