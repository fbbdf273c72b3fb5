package org.jetfanout.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The versions in pom.xml, with which tests compare other files. */
public final class Pom {
    private static final Path FILE = Path.of("pom.xml");

    private Pom() {}

    /** The version of jet-fanout. */
    public static String version() throws IOException {
        return first("<artifactId>jet-fanout</artifactId>\\s*<version>([^<]+)</version>");
    }

    /** A property, such as camel.version. */
    public static String property(String name) throws IOException {
        return first("<" + Pattern.quote(name) + ">([^<]+)</");
    }

    /** The version of a plugin or dependency that pom.xml gives directly. */
    public static String versionOf(String artifact) throws IOException {
        return first("<artifactId>" + artifact + "</artifactId>\\s*<version>([^<]+)</version>");
    }

    private static String first(String pattern) throws IOException {
        Matcher found = Pattern.compile(pattern).matcher(Files.readString(FILE));
        assertThat(found.find()).as(pattern).isTrue();
        return found.group(1);
    }
}
