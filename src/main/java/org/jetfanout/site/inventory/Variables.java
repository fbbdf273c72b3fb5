package org.jetfanout.site.inventory;

import java.util.List;
import java.util.Map;

/** The variables that one file or program sets for one group or host. Thread-safe. */
interface Variables {
    /** The file or program, for errors. */
    String source();

    /** The values by name. Callers must not change them. */
    Map<String, Object> values();

    /**
     * Fails where the values cannot be read. It does not read them where they are surely readable.
     */
    void check();

    /**
     * The variables as YAML, the bytes of the file where they came from one; several texts where
     * later ones replace variables of earlier ones.
     */
    List<byte[]> texts();

    /**
     * Whether the word may be one of the values. False only where it surely is not; cheaper than to
     * parse.
     */
    boolean mayMention(String word);
}
