package org.jetfanout.site.playbook;

import java.util.Optional;

/** Says what becomes of the local files that tasks name. */
@FunctionalInterface
public interface SourceRewriter {
    /**
     * The path to write instead; empty to leave it.
     *
     * @param folder where the runner looks for a relative one: {@code files} or {@code templates}
     * @param path as written, without templates
     * @param line where it stands in its file, from 1
     */
    Optional<String> rewrite(String folder, String path, int line);
}
