package org.jetfanout.pipeline;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jetfanout.playbook.Limits;
import org.jetfanout.runner.RunnerOptions;

/**
 * What the user asks for: a command line, checked but not yet carried out.
 *
 * @param playbooks files, in order
 * @param inventories directories and executables, in order
 * @param roles directories, in order
 * @param modules directories, in order
 * @param workerConfig workers.yml
 * @param limits which of the addressed hosts
 * @param extraVars texts of {@code --extra-vars}: {@code @file} or JSON; may hold secrets
 * @param runner what the runner on the workers is told
 * @param threads how many workers are worked on at once
 * @param routes the user's own routes
 * @param broker URL of an external broker
 */
public record RunRequest(
        List<Path> playbooks,
        List<Path> inventories,
        List<Path> roles,
        List<Path> modules,
        Path workerConfig,
        Limits limits,
        List<String> extraVars,
        RunnerOptions runner,
        int threads,
        Optional<Path> routes,
        Optional<String> broker) {}
