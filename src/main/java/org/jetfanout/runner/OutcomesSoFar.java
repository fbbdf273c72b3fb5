package org.jetfanout.runner;

import java.util.Optional;

/**
 * The outcomes of the hosts of a batch, as far as its runner has told them: those that its counts
 * have. They are not final before the batch has ended. Immutable.
 *
 * @param letters one for each host, in the batch's order: {@code o}k, {@code c}hanged, {@code
 *     f}ailed, {@code u}nreachable, or a dot
 */
public record OutcomesSoFar(String letters) {
    private static final char NOT_TOLD = '.';

    /** The letter of an outcome; a dot where none was told. */
    public static char letter(Optional<Outcome> outcome) {
        return outcome.map(
                        it ->
                                switch (it) {
                                    case OK -> 'o';
                                    case CHANGED -> 'c';
                                    case FAILED -> 'f';
                                    case UNREACHABLE -> 'u';
                                    case UNFINISHED, NOT_STARTED -> NOT_TOLD;
                                })
                .orElse(NOT_TOLD);
    }

    /** How many hosts there are. */
    public int size() {
        return letters.length();
    }

    /** The outcome of the host at a place in the batch, from 0; empty where it was not told. */
    public Optional<Outcome> at(int place) {
        return switch (letters.charAt(place)) {
            case 'o' -> Optional.of(Outcome.OK);
            case 'c' -> Optional.of(Outcome.CHANGED);
            case 'f' -> Optional.of(Outcome.FAILED);
            case 'u' -> Optional.of(Outcome.UNREACHABLE);
            default -> Optional.empty();
        };
    }
}
