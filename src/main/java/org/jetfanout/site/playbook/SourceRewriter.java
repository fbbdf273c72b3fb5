package org.jetfanout.site.playbook;

import java.util.Optional;

/** Decides which path replaces that of a local file that a task names. */
@FunctionalInterface
public interface SourceRewriter {
    /** What {@link #rewrite} gets where the path is that of a folder that is copied as a whole. */
    String WHOLE_FOLDER = ".";

    /**
     * The path to write instead; empty to keep it.
     *
     * @param folder where the runner looks for a relative path: {@code files}, {@code templates} or
     *     {@link #WHOLE_FOLDER}, which is the playbook's or role's own
     * @param path as written, without templates
     * @param line of the path in its file, from 1
     */
    Optional<String> rewrite(String folder, String path, int line);
}
