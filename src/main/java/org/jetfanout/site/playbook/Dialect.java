package org.jetfanout.site.playbook;

import java.util.Locale;

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

    /** The name for people. */
    public String title() {
        return title;
    }

    /** The name of its runner. */
    public String runner() {
        return name().toLowerCase(Locale.ROOT);
    }
}
