package org.jetfanout.machine;

import java.nio.file.Path;
import java.util.Map;
import org.jetfanout.ConfigurationException;

/**
 * The user's home folder: {@code $HOME}, else the entry in passwd. Everything that needs it uses
 * this class. A uid in a container may have neither. Then the error says so in one line, and the
 * current folder is never used instead. Immutable.
 */
public final class Home {
    private static final String NONE =
            "no home folder: HOME is not set, and this user has no entry in passwd. Set HOME";

    private final String path;

    private Home(String path) {
        this.path = path;
    }

    /** The home of the user of this process. */
    public static Home ofUser() {
        return of(System.getenv());
    }

    /** The home of the user of this process, with this environment. */
    public static Home of(Map<String, String> environment) {
        return of(environment, System.getProperty("user.home", ""));
    }

    /**
     * @param entry the entry in passwd as Java gives it: {@code ?} where there is none
     */
    static Home of(Map<String, String> environment, String entry) {
        String home = environment.getOrDefault("HOME", "");
        if (home.startsWith("/")) {
            return new Home(home);
        }
        return new Home(entry.startsWith("/") ? entry : "");
    }

    /**
     * The path of the home folder.
     *
     * @throws ConfigurationException where the user has none
     */
    public Path path() {
        if (path.isEmpty()) {
            throw new ConfigurationException(NONE);
        }
        return Path.of(path);
    }

    /**
     * A folder for files of one kind of all programs of the user, by the XDG base directory
     * specification, which says to ignore a relative path.
     *
     * @param variable such as {@code XDG_STATE_HOME}
     * @param usual below the home folder, where the variable is not set
     * @throws ConfigurationException where a home folder is needed and the user has none
     */
    public static Path folder(Map<String, String> environment, String variable, String usual) {
        String set = environment.getOrDefault(variable, "");
        return set.startsWith("/") ? Path.of(set) : of(environment).path().resolve(usual);
    }

    /**
     * Expands {@code ~} or {@code ~/} at the beginning of a path, as a shell does. Other paths stay
     * as they are.
     *
     * @throws ConfigurationException where the path needs a home folder and the user has none
     */
    public String expand(String text) {
        boolean ours = text.equals("~") || text.startsWith("~/");
        return ours ? path() + text.substring(1) : text;
    }
}
