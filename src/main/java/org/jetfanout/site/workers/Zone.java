package org.jetfanout.site.workers;

import java.util.regex.Pattern;

/** The names of zones: from where a worker can be reached. */
public final class Zone {
    /** The zone of a worker group that names none, and of a hand that names none. */
    public static final String DEFAULT = "default";

    /** What a name must be, as a text that continues after the name of the setting. */
    public static final String RULE =
            "must be a short word (letters, digits, - and _, at most 63, not starting with -)";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]{0,62}");

    private Zone() {}

    /** Whether a text can name a zone. */
    public static boolean isValid(String name) {
        return NAME.matcher(name).matches();
    }
}
