package org.jetfanout.site.workers;

import java.util.regex.Pattern;

/**
 * The rules for names of login accounts. These names become part of command lines on other
 * machines.
 */
final class LoginName {
    static final String RULE =
            "must be an account name (letters, digits, . _ @ + -, not starting with -)";

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._@+][A-Za-z0-9._@+-]{0,254}");

    private LoginName() {}

    static boolean isValid(String name) {
        return FORM.matcher(name).matches();
    }

    /**
     * Whether the name is root's. Whoever is root on a worker can use the keys that pass through
     * it.
     */
    static boolean isRoot(String name) {
        return name.equals("root");
    }
}
