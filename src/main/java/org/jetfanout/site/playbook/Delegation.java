package org.jetfanout.site.playbook;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The hosts to which tasks are delegated.
 *
 * @param hosts names that are written out
 * @param templates names that only the runner can compute, such as {@code {{ db_host }}}
 */
public record Delegation(Set<String> hosts, Set<String> templates) {
    private static final Delegation NONE = new Delegation(Set.of(), Set.of());

    /** No delegation. */
    public static Delegation none() {
        return NONE;
    }

    /** The hosts of both. */
    public Delegation and(Delegation other) {
        Set<String> allHosts = new LinkedHashSet<>(hosts);
        allHosts.addAll(other.hosts);
        Set<String> allTemplates = new LinkedHashSet<>(templates);
        allTemplates.addAll(other.templates);
        return new Delegation(allHosts, allTemplates);
    }
}
