package org.jetfanout.machine;

import java.nio.file.Path;
import java.util.Map;
import org.jetfanout.ConfigurationException;

/**
 * The user's home folder, for everything that looks there: {@code $HOME}, else the entry in passwd.
 * A uid in a container may have neither; then nothing is looked for in the current folder, but said
 * in one line. Immutable.
 */
public final class Home {
    private static final String NONE =
            "no home folder: HOME is not set, and this user has no entry in passwd. Set HOME";

    private final String path;

    private Home(String path) {
        this.path = path;
    }

    /** The home of this process' user. */
    public static Home ofUser() {
        return of(System.getenv());
    }

    /** The home of this process' user, with this environment. */
    public static Home of(Map<String, String> environment) {
        return of(environment, System.getProperty("user.home", ""));
    }

    /**
     * @param entry what passwd says, as Java hands it on: {@code ?} where there is no entry
     */
    static Home of(Map<String, String> environment, String entry) {
        String home = environment.getOrDefault("HOME", "");
        if (home.startsWith("/")) {
            return new Home(home);
        }
        return new Home(entry.startsWith("/") ? entry : "");
    }

    /**
     * Where it is.
     *
     * @throws ConfigurationException where there is none
     */
    public Path path() {
        if (path.isEmpty()) {
            throw new ConfigurationException(NONE);
        }
        return Path.of(path);
    }

    /**
     * A path as a shell reads it, where it begins with {@code ~} or {@code ~/}; any other as it is.
     *
     * @throws ConfigurationException where it needs a home and there is none
     */
    public String expand(String text) {
        boolean ours = text.equals("~") || text.startsWith("~/");
        return ours ? path() + text.substring(1) : text;
    }
}
