package org.jetfanout.sink;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jetfanout.machine.Home;
import org.jetfanout.text.Durations;
import org.jetfanout.text.NearestName;

/**
 * The type of a setting's value. Immutable.
 *
 * @param name for the docs
 * @param reading makes a value of a text; for an invalid text it throws an {@link
 *     IllegalArgumentException} that says what is expected, without the text
 */
public record SettingType<T>(String name, Function<String, T> reading) {
    private static final int MOST_NAMED = 5;
    private static final Pattern BYTES = Pattern.compile("(\\d{1,9})([kmgKMG]?)(?:i?B)?");

    /** Any text. */
    public static SettingType<String> text() {
        return new SettingType<>("text", text -> text);
    }

    /**
     * A text that matches a pattern.
     *
     * @param rule for errors: {@code must be one word}
     */
    public static SettingType<String> text(Pattern form, String rule) {
        return new SettingType<>("text", text -> require(form.matcher(text).matches(), text, rule));
    }

    /** {@code true} or {@code false}. */
    public static SettingType<Boolean> flag() {
        return new SettingType<>(
                "`true` or `false`",
                text ->
                        switch (text) {
                            case "true" -> true;
                            case "false" -> false;
                            default -> throw new IllegalArgumentException("must be true or false");
                        });
    }

    /** A whole number from least to most. */
    public static SettingType<Integer> number(int least, int most) {
        return new SettingType<>("number", text -> number(text, least, most));
    }

    private static int number(String text, int least, int most) {
        String rule = "must be a number from " + least + " to " + most;
        try {
            int number = Integer.parseInt(text);
            return require(number >= least && number <= most, number, rule);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(rule, e);
        }
    }

    /** A duration that is not zero, because 0 means "no limit" to a socket. */
    public static SettingType<Duration> timeout() {
        return new SettingType<>(
                "duration",
                text -> {
                    Duration timeout = Durations.parse(text);
                    return require(
                            !timeout.isZero(), timeout, "must be longer than 0s, such as 10s");
                });
    }

    /**
     * A number of bytes: {@code 4096}, {@code 64KiB}, {@code 16MiB}, {@code 1GiB}. {@code 5m} means
     * five minutes elsewhere, so this form is accepted but never written.
     */
    public static SettingType<Long> size(long least, long most) {
        return new SettingType<>("size", text -> size(text, least, most));
    }

    private static long size(String text, long least, long most) {
        String rule =
                "must be a size such as 64KiB, 16MiB or 1GiB, and at least " + least + " bytes";
        Matcher form = BYTES.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException(rule);
        }
        int unit =
                form.group(2).isEmpty()
                        ? 0
                        : "kmg".indexOf(form.group(2).toLowerCase(Locale.ROOT)) + 1;
        long bytes = Long.parseLong(form.group(1)) << (10 * unit);
        require(bytes >= least, bytes, rule);
        return require(bytes <= most, bytes, "must be at most " + (most >> 20) + "MiB");
    }

    /** A path. One that begins with {@code ~/} is below the user's home. */
    public static SettingType<Path> file() {
        return new SettingType<>("file", SettingType::path);
    }

    private static Path path(String text) {
        require(
                !text.startsWith("~") || text.equals("~") || text.startsWith("~/"),
                text,
                "only ~/ is supported, not the home folder of another user: write the full path");
        try {
            return Path.of(Home.ofUser().expand(text));
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("must be a path", e);
        }
    }

    /** A URL with scheme and host, without a slash at its end. */
    public static SettingType<String> url(Collection<String> schemes) {
        return new SettingType<>("URL", text -> url(text.replaceAll("/+$", ""), schemes));
    }

    private static String url(String text, Collection<String> schemes) {
        String rule =
                "must be an address such as "
                        + schemes.stream().sorted().findFirst().orElseThrow()
                        + "://name:port, without user or password in it";
        try {
            URI uri = new URI(text);
            return require(
                    uri.getScheme() != null
                            && schemes.contains(uri.getScheme())
                            && uri.getHost() != null
                            && uri.getUserInfo() == null,
                    text,
                    rule);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(rule, e);
        }
    }

    /**
     * One of some words.
     *
     * @param rule for errors, before the nearest word: {@code must be counted or lines}
     */
    public static SettingType<String> word(List<String> words, String rule) {
        String name =
                words.size() > MOST_NAMED
                        ? "`" + words.get(0) + "` to `" + words.get(words.size() - 1) + "`"
                        : words.stream()
                                .map(word -> "`" + word + "`")
                                .collect(Collectors.joining(", "));
        return new SettingType<>(
                name,
                text -> require(words.contains(text), text, rule + NearestName.hint(text, words)));
    }

    private static <V> V require(boolean holds, V value, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
        return value;
    }
}
