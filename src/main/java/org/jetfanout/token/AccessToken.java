package org.jetfanout.token;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A token as it is kept: never its text. Immutable.
 *
 * @param name what records and lists call whoever uses it
 * @param hash SHA-256 of its text
 * @param scopes what it allows
 * @param templates the only templates that it may use; empty where it may use all
 * @param created when it was made
 * @param expires when it ends; empty where it does not
 * @param lastUse when it was last used, to the minute
 */
public record AccessToken(
        String name,
        String hash,
        Set<Scope> scopes,
        Optional<Set<String>> templates,
        Instant created,
        Optional<Instant> expires,
        Optional<Instant> lastUse) {
    /** The rule for names, to go on after the name of the value. */
    public static final String RULE =
            "must be a word of at most 64 letters, digits and . _ @ - that begins with a letter or"
                    + " digit";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");

    /** With copies of the sets, which nobody can change. */
    public AccessToken {
        scopes = Set.copyOf(scopes);
        templates = templates.map(Set::copyOf);
    }

    /** Whether a text can be the name of a token. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** Whether it has ended. */
    public boolean isExpired(Instant now) {
        return expires.isPresent() && !now.isBefore(expires.get());
    }

    AccessToken used(Instant now) {
        return new AccessToken(name, hash, scopes, templates, created, expires, Optional.of(now));
    }
}
