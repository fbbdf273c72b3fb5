package org.jetfanout.service.access;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Who asks. Immutable.
 *
 * @param name of the token, or the user that the proxy names
 * @param scopes what the caller may do
 * @param templates the templates that the caller may use; empty for all, and for command lines
 */
public record Caller(String name, Set<Scope> scopes, Optional<Set<String>> templates) {
    /** Copies the sets. */
    public Caller {
        scopes = Set.copyOf(scopes);
        templates = templates.map(Set::copyOf);
    }

    /** Refuses where the caller may not do this. */
    public void require(Scope scope) {
        if (!scopes.contains(scope)) {
            throw new AccessDenied("this takes the scope " + scope.name().toLowerCase(Locale.ROOT));
        }
    }

    /** Refuses where the caller may not use this template. */
    public void requireTemplate(String template) {
        if (templates.isPresent() && !templates.get().contains(template)) {
            throw new AccessDenied("not allowed to use this template");
        }
    }
}
