package org.jetfanout.site.yaml;

/** The limits for files of the user. docs/commands.md lists them. */
public final class YamlLimits {
    /** How deep lists and mappings may be nested, in YAML and in JSON. It is jetp's own limit. */
    public static final int DEEPEST = 128;

    /**
     * How many characters all aliases of a document may bring in. Each value counts as at least
     * one.
     */
    static final int ALIASED = 10_000_000;

    private YamlLimits() {}
}
