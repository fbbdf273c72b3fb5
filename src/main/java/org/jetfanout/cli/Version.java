package org.jetfanout.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/**
 * The version of this program, and what it runs on. Version and commit stand in no source; the
 * build writes them into the jar.
 */
final class Version implements IVersionProvider {
    private static final String BUILD = "/org/jetfanout/cli/build.properties";

    @Override
    public String[] getVersion() {
        Properties build = new Properties();
        try (InputStream in = Version.class.getResourceAsStream(BUILD)) {
            if (in != null) {
                build.load(in);
            }
        } catch (IOException e) {
            // the version stays unknown
        }
        return new String[] {
            "jet-fanout %s (commit %s)"
                    .formatted(
                            build.getProperty("version", "unknown"),
                            build.getProperty("commit", "unknown")),
            "Java %s (%s), Camel %s"
                    .formatted(
                            Runtime.version(),
                            System.getProperty("java.vendor"),
                            build.getProperty("camel", "unknown"))
        };
    }
}
