package org.jetfanout.service.page;

/** The query of a link: only values that are not empty. Not thread-safe. */
final class LinkQuery {
    // Mutable state
    private final StringBuilder text = new StringBuilder();

    LinkQuery with(String name, String value) {
        if (!value.isEmpty()) {
            text.append(text.isEmpty() ? "" : "&")
                    .append(PageRequest.encoded(name))
                    .append('=')
                    .append(PageRequest.encoded(value));
        }
        return this;
    }

    /** With its question mark; empty where it has no values. */
    String orNothing() {
        return text.isEmpty() ? "" : "?" + text;
    }

    /** Without a question mark. */
    @Override
    public String toString() {
        return text.toString();
    }
}
