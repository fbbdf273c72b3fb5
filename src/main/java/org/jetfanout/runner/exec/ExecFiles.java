package org.jetfanout.runner.exec;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jetfanout.bundle.Bundle;
import org.jetfanout.bundle.CommonPart;
import org.jetfanout.plan.Batch;
import org.jetfanout.runner.KnownHostsFile;
import org.jetfanout.runner.Payload;
import org.jetfanout.runner.RunnerFiles;
import org.jetfanout.runner.ShellWords;
import org.jetfanout.site.workers.WorkerSettings;

/**
 * What travels for a task: our script, the user's script, and for each batch its hosts with their
 * keys. Thread-safe.
 */
final class ExecFiles implements RunnerFiles {
    private static final String RUNNER = "exec.sh";
    private static final String HOW = "how.sh";
    private static final String HOSTS = "hosts";

    private final ExecWork work;
    private final SshTargets targets;
    private final KnownHostsOfBatch knownHosts = new KnownHostsOfBatch(KnownHostsFile.ofUser());
    private final CommonPart common;

    private ExecFiles(ExecWork work, CommonPart common) {
        this.work = work;
        this.targets = new SshTargets(work.inventory(), work.request().options());
        this.common = common;
    }

    static ExecFiles pack(ExecWork work, Path folder) {
        CommonPart common =
                CommonPart.pack(
                        folder,
                        archive -> {
                            archive.file(RUNNER, HostScripts.RUNNER);
                            archive.file(HOW, how(work).getBytes(StandardCharsets.UTF_8));
                            for (Map.Entry<String, byte[]> file :
                                    new TreeMap<>(work.task().files()).entrySet()) {
                                archive.file(file.getKey(), file.getValue());
                            }
                        });
        return new ExecFiles(work, common);
    }

    /** The settings that the script on the worker reads. */
    private static String how(ExecWork work) {
        ExecOptions options = work.request().options();
        TaskOnHost task = work.task();
        Map<String, String> settings = new TreeMap<>();
        settings.put(
                "limit",
                options.timeout().map(Duration::toSeconds).map(String::valueOf).orElse(""));
        settings.put("remote", HostScripts.remote(task, options.sudo()));
        settings.put("script", task.script());
        settings.put("held", task.bare() ? "" : "1");
        return settings.entrySet().stream()
                .map(
                        setting ->
                                setting.getKey()
                                        + "="
                                        + ShellWords.quote(setting.getValue())
                                        + "\n")
                .collect(Collectors.joining());
    }

    @Override
    public List<String> command(Batch batch, WorkerSettings settings) {
        List<String> words = new ArrayList<>(List.of("sh", RUNNER));
        words.add(String.valueOf(settings.threads()));
        words.add(String.valueOf(Math.max(1, settings.connectTimeout().toSeconds())));
        words.add(settings.hostKeys().name().toLowerCase(Locale.ROOT));
        words.addAll(ShellWords.split(settings.program(ExecRunner.NAME)));
        return words;
    }

    @Override
    public Map<String, String> environment(Batch batch, WorkerSettings settings) {
        return Map.of();
    }

    @Override
    public Collection<String> logins(Batch batch, WorkerSettings settings) {
        return targets.logins(batch, settings);
    }

    @Override
    public boolean tagged() {
        return false;
    }

    @Override
    public Map<String, String> sources() {
        return work.task().sources();
    }

    @Override
    public Optional<Payload> payload() {
        return work.task().payload();
    }

    @Override
    public Bundle slice(Batch batch, Set<Integer> barriers, Map<String, byte[]> extraFiles) {
        Map<String, byte[]> files = new TreeMap<>(extraFiles);
        List<SshTargets.Target> all = batch.hosts().stream().map(targets::of).toList();
        String lines =
                all.stream().map(target -> target.line() + "\n").collect(Collectors.joining());
        files.put(HOSTS, lines.getBytes(StandardCharsets.UTF_8));
        Set<String> names = new HashSet<>();
        all.forEach(target -> names.add(target.knownAs()));
        files.put(KnownHostsFile.NAME, knownHosts.of(names));
        return common.with(files);
    }
}
