package org.jetfanout.site.yaml;

/** How far a file may go; docs/commands.md has them. */
public final class YamlLimits {
    /** Levels of lists and mappings inside each other; also of JSON. It is jetp's own limit. */
    public static final int DEEPEST = 128;

    /** Characters that all aliases of a document bring in, one at least for each value. */
    static final int ALIASED = 10_000_000;

    private YamlLimits() {}
}
