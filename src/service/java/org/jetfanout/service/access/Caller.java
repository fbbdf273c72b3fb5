package org.jetfanout.service.access;

import java.util.Optional;
import java.util.Set;
import org.jetfanout.text.Quoted;
import org.jetfanout.token.Scope;

/**
 * Who asks. Immutable.
 *
 * @param name of the token, or the user that the proxy names. It is one line without control
 *     characters, but otherwise data: whoever shows it escapes it
 * @param scopes what the caller may do
 * @param templates the templates that the caller may use, and whose runs it may see; empty for all,
 *     for command lines, and for runs that no template began
 */
public record Caller(String name, Set<Scope> scopes, Optional<Set<String>> templates) {
    private static final String SCHEDULE = "schedule:";
    private static final String WEBHOOK = "webhook:";

    /** Copies the sets. */
    public Caller {
        scopes = Set.copyOf(scopes);
        templates = templates.map(Set::copyOf);
    }

    /** The name of who starts the runs of a template's schedule. */
    public static String schedule(String template) {
        return SCHEDULE + template;
    }

    /** The name of who starts the runs of a template's webhook. */
    public static String webhook(String template) {
        return WEBHOOK + template;
    }

    /** Whether a name is one that only the service itself has. */
    static boolean isOwn(String name) {
        return name.startsWith(SCHEDULE) || name.startsWith(WEBHOOK);
    }

    /** Whether the caller has this scope. */
    public boolean may(Scope scope) {
        return scopes.contains(scope);
    }

    /** Whether the caller may use this template. */
    public boolean mayUse(String template) {
        return templates.isEmpty() || templates.get().contains(template);
    }

    /**
     * Whether the caller may see a run and, with the scopes for it, act on it.
     *
     * @param template that began the run; empty for a command line
     */
    public boolean maySee(Optional<String> template) {
        return templates.isEmpty() || (template.isPresent() && mayUse(template.get()));
    }

    /**
     * Refuses where the caller does not have this scope.
     *
     * @throws AccessDenied 403
     */
    public void require(Scope scope) {
        if (!may(scope)) {
            throw new AccessDenied(
                    "%s lacks the scope %s".formatted(Quoted.of(name), scope.word()));
        }
    }

    /**
     * Refuses where the caller may not use this template.
     *
     * @throws AccessDenied 403
     */
    public void requireTemplate(String template) {
        if (!mayUse(template)) {
            throw new AccessDenied(
                    "%s may not use the template %s"
                            .formatted(Quoted.of(name), Quoted.of(template)));
        }
    }

    /**
     * Refuses where the caller may only use templates: a command line can be anything.
     *
     * @throws AccessDenied 403
     */
    public void requireCommandLines() {
        if (templates.isPresent()) {
            throw new AccessDenied(
                    "%s may use templates only, no command lines".formatted(Quoted.of(name)));
        }
    }
}
