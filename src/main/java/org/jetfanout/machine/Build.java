package org.jetfanout.machine;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/**
 * What the build has written of itself. Each is empty where the program was not built by Maven.
 *
 * @param version of jet-fanout
 * @param commit that it was built from
 * @param camel the version of Camel that it was built with
 */
public record Build(String version, String commit, String camel) {
    private static final Build THIS = read();

    /** The build of this program. */
    public static Build ofThis() {
        return THIS;
    }

    private static Build read() {
        Properties build = new Properties();
        try (InputStream in = Build.class.getResourceAsStream("build.properties")) {
            if (in != null) {
                build.load(in);
            }
        } catch (IOException e) {
            // all stays empty
        }
        return new Build(
                build.getProperty("version", ""),
                build.getProperty("commit", ""),
                build.getProperty("camel", ""));
    }
}
