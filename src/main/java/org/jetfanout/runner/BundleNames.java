package org.jetfanout.runner;

import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Gives files their names of the control machine back: what a runner says of a file in its bundle
 * names a folder of its worker, which differs from job to job and is gone when somebody reads of
 * it. Immutable.
 *
 * @param folder how the job's folder ends on every worker, with a slash before and behind
 * @param sources the user's own path for a file or folder, by its path in the bundle
 */
public record BundleNames(String folder, Map<String, String> sources)
        implements UnaryOperator<String> {
    private static final String UPLOAD = "bundle.";

    /** What stands before a path in a sentence. */
    private static final String BEFORE = " \t\n\"'`(=,:<";

    public BundleNames {
        sources = Map.copyOf(sources);
    }

    /** For text of a runner that has no bundle. */
    public static BundleNames none() {
        return new BundleNames("", Map.of());
    }

    /** The text with the paths of the bundle replaced. */
    @Override
    public String apply(String text) {
        if (folder.isEmpty()) {
            return text;
        }
        StringBuilder shown = new StringBuilder();
        int from = 0;
        int at = text.indexOf(folder);
        while (at >= 0) {
            int start = at;
            while (start > from && BEFORE.indexOf(text.charAt(start - 1)) < 0) {
                start--;
            }
            shown.append(text, from, start);
            from = inside(text, at + folder.length());
            Optional<String> known = longest(text, from);
            if (known.isPresent()) {
                shown.append(sources.get(known.get()));
                from += known.get().length();
            }
            at = text.indexOf(folder, from);
        }
        return shown.append(text, from, text.length()).toString();
    }

    /** Each upload has a folder of its own in the job's. */
    private static int inside(String text, int at) {
        int slash = text.startsWith(UPLOAD, at) ? text.indexOf('/', at) : -1;
        return slash < 0 ? at : slash + 1;
    }

    /** The longest path of the bundle that stands there, as a whole or as a folder. */
    private Optional<String> longest(String text, int from) {
        return sources.keySet().stream()
                .filter(path -> text.startsWith(path, from))
                .filter(path -> isEnd(text, from + path.length()))
                .max((a, b) -> Integer.compare(a.length(), b.length()));
    }

    private static boolean isEnd(String text, int at) {
        return at == text.length()
                || text.charAt(at) == '/'
                || (text.charAt(at) == '.' && at + 1 == text.length())
                || (!Character.isLetterOrDigit(text.charAt(at))
                        && ".-_".indexOf(text.charAt(at)) < 0);
    }
}
