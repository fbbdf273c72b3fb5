package org.jetfanout.runner.described;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jetfanout.bundle.Bundle;
import org.jetfanout.bundle.CommonPart;
import org.jetfanout.bundle.FolderPacker;
import org.jetfanout.plan.Batch;
import org.jetfanout.runner.KnownHostsFile;
import org.jetfanout.runner.RunnerFiles;
import org.jetfanout.runner.exec.KnownHostsOfBatch;
import org.jetfanout.runner.exec.SshTargets;
import org.jetfanout.site.workers.WorkerSettings;

/**
 * What travels for a described runner: the script that starts it, its files, those that the user's
 * words name, and for each batch its hosts with their keys. Thread-safe.
 */
final class DescribedFiles implements RunnerFiles {
    private final DescribedWork work;
    private final WorkerCommand command;
    private final SshTargets targets;
    private final HostFacts facts;
    private final KnownHostsOfBatch knownHosts = new KnownHostsOfBatch(KnownHostsFile.ofUser());
    private final CommonPart common;

    private DescribedFiles(DescribedWork work, CommonPart common) {
        DescribedRequest request = work.request();
        this.work = work;
        this.command =
                new WorkerCommand(
                        request.definition(),
                        work.arguments().words(),
                        request.logins().user(),
                        work.port());
        this.targets = work.targets();
        this.facts = work.facts();
        this.common = common;
    }

    static DescribedFiles pack(DescribedWork work, Path folder, Consumer<String> warnings) {
        return new DescribedFiles(
                work,
                CommonPart.pack(
                        folder,
                        archive -> {
                            archive.file(WorkerCommand.SCRIPT, script());
                            archive.folder(WorkerCommand.FOLDER);
                            Path source = work.request().folder();
                            FolderPacker packer = new FolderPacker(archive, Map.of(), warnings);
                            for (String path :
                                    FilesOfRunner.paths(work.request().definition(), source)) {
                                add(
                                        packer,
                                        source.resolve(path),
                                        WorkerCommand.FOLDER + "/" + path);
                            }
                            for (Map.Entry<String, Path> file :
                                    new TreeMap<>(work.arguments().files()).entrySet()) {
                                add(packer, file.getValue(), file.getKey());
                            }
                        }));
    }

    private static void add(FolderPacker packer, Path file, String path) throws IOException {
        if (Files.isDirectory(file)) {
            packer.folder(file, path);
        } else {
            packer.file(file, path);
        }
    }

    private static byte[] script() {
        try (InputStream script = DescribedFiles.class.getResourceAsStream(WorkerCommand.SCRIPT)) {
            return script.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<String> command(Batch batch, WorkerSettings settings) {
        return command.words(settings);
    }

    @Override
    public Map<String, String> environment(Batch batch, WorkerSettings settings) {
        return command.environment(settings);
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
        Map<String, String> sources = new TreeMap<>();
        sources.put(
                WorkerCommand.FOLDER,
                String.valueOf(work.request().definition().file().getParent()));
        work.arguments().files().forEach((path, file) -> sources.put(path, file.toString()));
        return sources;
    }

    @Override
    public Bundle slice(Batch batch, Set<Integer> barriers, Map<String, byte[]> extraFiles) {
        HostsFile hosts = work.request().definition().hosts();
        Map<String, byte[]> files = new TreeMap<>(extraFiles);
        files.put(WorkerCommand.HOSTS + "/" + hosts.name(), hosts.content(batch.hosts(), facts));
        Set<String> names = new HashSet<>();
        batch.hosts().forEach(host -> names.add(targets.of(host).knownAs()));
        files.put(WorkerCommand.KNOWN_HOSTS, knownHosts.of(names));
        return common.with(files);
    }
}
