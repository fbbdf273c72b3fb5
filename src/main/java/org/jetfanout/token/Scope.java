package org.jetfanout.token;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What a caller of the service may do. None of them includes another. */
public enum Scope {
    /** See runs, their lines and hosts, and templates. */
    READ,

    /** Start, resume and rerun runs. */
    RUN,

    /** Cancel runs. */
    CANCEL,

    /** Approve waves, pause runs, and let them go on. */
    APPROVE;

    /** As people and files write it: {@code read}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All words, in their order. */
    public static List<String> words() {
        return Arrays.stream(values()).map(Scope::word).toList();
    }

    /** The scope with this word. */
    public static Optional<Scope> of(String word) {
        return Arrays.stream(values()).filter(scope -> scope.word().equals(word)).findFirst();
    }

    /** All scopes. */
    public static Set<Scope> all() {
        return EnumSet.allOf(Scope.class);
    }

    /** Scopes for people: {@code read, run}. */
    public static String text(Set<Scope> scopes) {
        return scopes.stream().sorted().map(Scope::word).collect(Collectors.joining(", "));
    }
}
