package org.jetfanout.site.playbook;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The programs that understand jet's playbooks, each with words of its own. */
public enum Dialect {
    /** The program of Jetporch. */
    JETP("jetp"),
    /** Its fork. */
    JETPACK("Jetpack");

    private final String title;

    Dialect(String title) {
        this.title = title;
    }

    /** The dialect of the runner of this name; empty for any other runner. */
    public static Optional<Dialect> of(String runner) {
        return Stream.of(values()).filter(dialect -> dialect.runner().equals(runner)).findFirst();
    }

    /** The name for people. */
    public String title() {
        return title;
    }

    /** The name of its runner. */
    public String runner() {
        return name().toLowerCase(Locale.ROOT);
    }
}
