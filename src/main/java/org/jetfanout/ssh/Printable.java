package org.jetfanout.ssh;

/** Text that others wrote, fit for a message: one line, no escapes for a terminal. */
final class Printable {
    private static final int MAX = 300;

    private Printable() {}

    static String text(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints()
                .limit(MAX)
                .forEach(
                        c -> {
                            int kind = Character.getType(c);
                            boolean hidden =
                                    kind == Character.CONTROL
                                            || kind == Character.FORMAT // turns text around
                                            || kind == Character.LINE_SEPARATOR
                                            || kind == Character.PARAGRAPH_SEPARATOR
                                            || kind == Character.SURROGATE;
                            if (hidden) {
                                shown.append(String.format("\\x%02x", c));
                            } else {
                                shown.appendCodePoint(c);
                            }
                        });
        return shown.toString();
    }
}
