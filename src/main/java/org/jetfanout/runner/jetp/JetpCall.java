package org.jetfanout.runner.jetp;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jetfanout.runner.jetp.bundle.BundlePaths;

/**
 * What jetp's command line on a worker is made of. The user's command line overrides workers.yml.
 * Immutable.
 *
 * @param program how the worker calls the runner: program, prefix, arguments
 * @param threads {@code threads} of workers.yml: how many hosts at once
 * @param batchSize {@code batch_size} of workers.yml
 * @param sudo {@code sudo_user} of workers.yml
 * @param login login on the hosts, see {@link JetpOptions#login}
 * @param options the options of the user's command line
 * @param paths where the files are in the bundle
 */
record JetpCall(
        List<String> program,
        int threads,
        OptionalInt batchSize,
        Optional<String> sudo,
        String login,
        JetpOptions options,
        BundlePaths paths) {
    /** Copies the list. */
    JetpCall {
        program = List.copyOf(program);
    }
}
