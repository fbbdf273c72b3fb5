package org.jetfanout.runner;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a runner's command line on a worker is made of. What the user's command line says wins over
 * workers.yml. Immutable.
 *
 * @param program how the worker calls the runner: program, prefix, arguments
 * @param threads hosts worked on at once, from workers.yml
 * @param batchSize {@code batch_size} of workers.yml
 * @param sudo {@code sudo_user} of workers.yml
 * @param login login on the hosts, see {@link RunnerOptions#login}
 * @param options what the user's command line says
 * @param paths what is where in the bundle
 */
public record RunnerCall(
        List<String> program,
        int threads,
        OptionalInt batchSize,
        Optional<String> sudo,
        String login,
        RunnerOptions options,
        BundlePaths paths) {
    public RunnerCall {
        program = List.copyOf(program);
    }
}
