package org.jetfanout.runner;

import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Replaces the paths of a bundle in a runner's text by the user's own paths. A runner names files
 * in the job's folder on the worker. That folder is different for each job, and it is gone by the
 * time somebody reads the text. Immutable.
 *
 * @param folder the end of the job's folder, the same on every worker, with a slash before and
 *     after
 * @param sources the user's own path of a file or folder, by its path in the bundle
 */
public record BundleNames(String folder, Map<String, String> sources)
        implements UnaryOperator<String> {
    private static final String UPLOAD = "bundle.";

    /** The characters that may come before a path in a sentence. */
    private static final String BEFORE = " \t\n\"'`(=,:<";

    /** Copies the map. */
    public BundleNames {
        sources = Map.copyOf(sources);
    }

    /** For the text of a runner that has no bundle. */
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

    /**
     * The index behind the folder of an upload: each upload has a folder of its own in the job's
     * folder.
     */
    private static int inside(String text, int at) {
        int slash = text.startsWith(UPLOAD, at) ? text.indexOf('/', at) : -1;
        return slash < 0 ? at : slash + 1;
    }

    /**
     * The longest path of the bundle at this index. It may be a whole path or one of its folders.
     */
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
