package org.jetfanout.site.inventory;

import java.util.Map;

/** The variables that one place of the inventory sets for one group or host. Thread-safe. */
interface Variables {
    /** The place, for errors. */
    String source();

    /** The values by name; nobody may change them. */
    Map<String, Object> values();

    /** Fails where the values cannot be read; cheaper than to read them where they surely can. */
    void check();

    /** The same as YAML: the file's own bytes where they came from one. */
    byte[] text();

    /** False only where the word is surely no value in here: cheaper than to parse. */
    boolean mayMention(String word);
}
