package org.jetfanout.site.inventory;

/** What the variables of a later path of an inventory do to those of an earlier path. */
public enum Overlay {
    /**
     * jetp: a file of variables replaces the earlier file of the same group or host. Every path has
     * groups.
     */
    REPLACE,
    /**
     * Jetpack: only the variables of the same names are replaced. A path may have variables alone.
     */
    MERGE
}
