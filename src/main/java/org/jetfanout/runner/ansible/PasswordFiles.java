package org.jetfanout.runner.ansible;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jetfanout.machine.PipedFiles;

/**
 * Where a command line says that passwords are: in files, or printed by programs. The passwords
 * themselves are never here.
 *
 * @param vaultIds texts of {@code --vault-id}: {@code LABEL@FILE}
 * @param vaultFiles of {@code --vault-password-file}
 * @param connection of {@code --connection-password-file}
 * @param become of {@code --become-password-file}
 */
public record PasswordFiles(
        List<String> vaultIds,
        List<String> vaultFiles,
        Optional<String> connection,
        Optional<String> become) {
    /** Copies the lists. */
    public PasswordFiles {
        vaultIds = List.copyOf(vaultIds);
        vaultFiles = List.copyOf(vaultFiles);
    }

    /** The same, with what came out of pipes in files of a folder. */
    PasswordFiles keptIn(Path folder) throws IOException {
        List<String> ids = new ArrayList<>();
        for (String id : vaultIds) {
            int at = id.indexOf('@') + 1;
            ids.add(id.substring(0, at) + kept(id.substring(at), folder, "vault-id-" + ids.size()));
        }
        List<String> files = new ArrayList<>();
        for (String file : vaultFiles) {
            files.add(kept(file, folder, "vault-" + files.size()));
        }
        return new PasswordFiles(
                ids,
                files,
                kept(connection, folder, "connection-password"),
                kept(become, folder, "become-password"));
    }

    /** The files, as the user named them. */
    List<String> files() {
        List<String> files = new ArrayList<>(vaultFiles);
        vaultIds.forEach(id -> files.add(id.substring(id.indexOf('@') + 1)));
        connection.ifPresent(files::add);
        become.ifPresent(files::add);
        return files;
    }

    /** The arguments of ansible-playbook. */
    List<String> arguments() {
        List<String> words = new ArrayList<>();
        vaultIds.forEach(text -> words.addAll(List.of("--vault-id", text)));
        vaultFiles.forEach(text -> words.addAll(List.of("--vault-password-file", text)));
        connection.ifPresent(text -> words.addAll(List.of("--connection-password-file", text)));
        become.ifPresent(text -> words.addAll(List.of("--become-password-file", text)));
        return words;
    }

    private static Optional<String> kept(Optional<String> file, Path folder, String name)
            throws IOException {
        return file.isEmpty() ? file : Optional.of(kept(file.get(), folder, name));
    }

    private static String kept(String file, Path folder, String name) throws IOException {
        return PipedFiles.kept(Path.of(file), folder, name).toString();
    }
}
