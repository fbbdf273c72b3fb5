package org.jetfanout.service.runs;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One start that somebody asks for. Immutable.
 *
 * @param words the command line of a run, without the name of the program
 * @param environment variables that replace those of the service: SSH_AUTH_SOCK
 * @param who asks
 * @param template of which the words come; empty where who asks has written them: then all files
 *     that they name must lie below the roots
 * @param concurrency what happens where a run of the template waits or goes on
 * @param key the same key means the same start, for a day; empty for none
 */
public record StartRequest(
        List<String> words,
        Map<String, String> environment,
        String who,
        Optional<String> template,
        Concurrency concurrency,
        Optional<String> key) {
    /** Copies the collections. */
    public StartRequest {
        words = List.copyOf(words);
        environment = Map.copyOf(environment);
    }

    /** A start by a command line of somebody. */
    public static StartRequest of(List<String> words, String who, Optional<String> key) {
        return new StartRequest(words, Map.of(), who, Optional.empty(), Concurrency.FREE, key);
    }

    /** Words are not shown: they may hold secrets. */
    @Override
    public String toString() {
        return "start by " + who + template.map(name -> " of " + name).orElse("");
    }
}
