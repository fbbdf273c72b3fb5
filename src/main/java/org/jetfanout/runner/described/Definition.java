package org.jetfanout.runner.described;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A runner as a file {@code runner.yml} describes it. Immutable.
 *
 * @param name of the runner: the name of its folder
 * @param file the description, as the user named it
 * @param text the whole description. It is kept with each run, so that nothing that is done with
 *     the run later depends on the file
 * @param command its words on a worker; the first is the program, unless workers.yml names another
 * @param version words that print the program's version; may be empty
 * @param needs programs that a worker must have, besides the first word of the command
 * @param env variables of the runner's environment
 * @param files what of its folder travels, as paths in it; empty for all
 * @param sendsFiles whether words {@code @PATH} of the user's command line name files that travel
 * @param hosts the file of a batch's hosts
 * @param exits what its exit codes mean
 * @param output how results are found in its output
 */
record Definition(
        String name,
        Path file,
        String text,
        List<Template> command,
        List<Template> version,
        List<String> needs,
        Map<String, Template> env,
        List<String> files,
        boolean sendsFiles,
        HostsFile hosts,
        ExitMeanings exits,
        Output output) {
    /** Copies the collections. */
    Definition {
        command = List.copyOf(command);
        version = List.copyOf(version);
        needs = List.copyOf(needs);
        env = new LinkedHashMap<>(env);
        files = List.copyOf(files);
    }
}
