package org.jetfanout.ssh.config;

import java.util.List;

/**
 * OpenSSH's list of patterns with wildcards (ssh_config(5), PATTERNS), as ssh_config and
 * known_hosts have it. Immutable.
 *
 * @param patterns each may begin with {@code !}: a negated match overrides all others
 */
public record PatternList(List<String> patterns) {
    /** Copies the list. */
    public PatternList {
        patterns = List.copyOf(patterns);
    }

    /** Whether a name matches a pattern, and no negated one. */
    public boolean matches(String name) {
        boolean hit = false;
        for (String pattern : patterns) {
            if (pattern.startsWith("!")) {
                if (glob(pattern.substring(1), name)) {
                    return false;
                }
            } else {
                hit |= glob(pattern, name);
            }
        }
        return hit;
    }

    /**
     * Matches a pattern: {@code *} stands for any characters, {@code ?} for one. It takes linear
     * time, because it goes back only to the last star.
     */
    public static boolean glob(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int retry = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                retry = t;
            } else if (p < pattern.length()
                    && (pattern.charAt(p) == '?' || pattern.charAt(p) == text.charAt(t))) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++retry;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
