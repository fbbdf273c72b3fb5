package org.jetfanout.machine;

import java.util.Map;

/**
 * The user's own locale. The launcher starts Java in one whose text is UTF-8, so that names of
 * files and arguments come through whole; other programs of the user's get their own back.
 */
public final class UserLocale {
    /** What {@code LC_ALL} was before the launcher set it; empty where it was not set. */
    private static final String BEFORE = "JET_FANOUT_LC_ALL";

    private UserLocale() {}

    /**
     * Puts it back.
     *
     * @param environment of a program that is about to be started; without the launcher it stays as
     *     it is
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
