package org.jetfanout.runner.exec;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.runner.Payload;

/**
 * A task as the hosts get it.
 *
 * @param text a script of ours, which runs on the host
 * @param words its arguments
 * @param bare whether the words are the command line itself, as the user gave it, without any
 *     script of ours
 * @param script the file in the bundle that is sent to the stdin of each host; empty for none
 * @param files what travels to each worker, by path in the bundle
 * @param sources the user's own path of these files, by path in the bundle
 * @param payload the file for the hosts that travels beside the bundle, if there is one
 */
record TaskOnHost(
        String text,
        List<String> words,
        boolean bare,
        String script,
        Map<String, byte[]> files,
        Map<String, String> sources,
        Optional<Payload> payload) {
    /** Copies the collections. */
    TaskOnHost {
        words = List.copyOf(words);
        files = Map.copyOf(files);
        sources = Map.copyOf(sources);
    }
}
