package org.jetfanout.record;

/** Checks that a GUID or the name of a batch or sink is safe as a file name of the record. */
public final class FileNames {
    private FileNames() {}

    /** Whether a GUID or batch id can be used as a file name that stays in its folder. */
    public static boolean isSafe(String name) {
        if (name.isEmpty() || name.length() > 100 || name.charAt(0) == '.') {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean safe =
                    (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9')
                            || c == '-'
                            || c == '_'
                            || c == '.';
            if (!safe) {
                return false;
            }
        }
        return true;
    }

    static String checked(String name) {
        if (!isSafe(name)) {
            throw new IllegalArgumentException("not a safe name: " + name);
        }
        return name;
    }
}
