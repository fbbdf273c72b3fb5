package org.jetfanout.site.playbook;

import java.util.Optional;

/** Decides which path replaces that of a local file that a task names. */
@FunctionalInterface
public interface SourceRewriter {
    /**
     * The path to write instead; empty to keep it.
     *
     * @param folder where the runner looks for a relative path: {@code files} or {@code templates}
     * @param path as written, without templates
     * @param line of the path in its file, from 1
     */
    Optional<String> rewrite(String folder, String path, int line);
}
