package org.jetfanout.question;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jetfanout.record.FileNames;
import org.jetfanout.status.Runs;

/**
 * The records about which an instance may be asked. Immutable.
 *
 * @param folder of the records
 * @param only the only run; empty for all of the folder
 */
record RunFolders(Path folder, Optional<String> only) {
    /** The GUIDs that a name may mean: see {@link Runs#matching}. */
    List<String> matching(String name) {
        if (only.isPresent()) {
            boolean meant = !name.isEmpty() && (name.equals("last") || only.get().startsWith(name));
            return meant ? List.of(only.get()) : List.of();
        }
        return name.isEmpty() ? List.of() : new Runs(folder).matching(name);
    }

    Optional<FoundRun> find(String guid) {
        boolean may = FileNames.isSafe(guid) && only.map(guid::equals).orElse(true);
        return may ? FoundRun.in(folder.resolve(guid)) : Optional.empty();
    }
}
