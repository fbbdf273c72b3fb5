package org.jetfanout.service.templates;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What values a variable takes. */
public enum VariableType {
    /** A text of harmless characters, or one that a pattern allows. */
    TEXT,

    /** A decimal number. */
    NUMBER,

    /** {@code true} or {@code false}. */
    BOOL,

    /** One of a few texts. */
    CHOICE;

    /** As files write it: {@code text}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static List<String> words() {
        return Arrays.stream(values()).map(VariableType::word).toList();
    }

    static Optional<VariableType> of(String word) {
        return Arrays.stream(values()).filter(type -> type.word().equals(word)).findFirst();
    }
}
