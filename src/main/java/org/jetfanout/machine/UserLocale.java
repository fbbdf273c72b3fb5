package org.jetfanout.machine;

import java.util.Map;

/**
 * Restores the user's own locale. The launcher starts Java in a UTF-8 locale, so that names of
 * files and arguments arrive complete. Programs of the user get their own locale back.
 */
public final class UserLocale {
    /**
     * Holds the value that {@code LC_ALL} had before the launcher set it; empty where it was not
     * set.
     */
    private static final String BEFORE = "JET_FANOUT_LC_ALL";

    private UserLocale() {}

    /**
     * Puts the user's locale back into an environment. Without the launcher, the environment does
     * not change.
     *
     * @param environment of a program that is about to be started
     */
    public static void restore(Map<String, String> environment) {
        String before = environment.remove(BEFORE);
        if (before == null) {
            return;
        }
        if (before.isEmpty()) {
            environment.remove("LC_ALL");
        } else {
            environment.put("LC_ALL", before);
        }
    }
}
