package org.jetfanout.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The class-data archive of this process. Immutable.
 *
 * @param archive the file that the launcher has named; empty for none
 * @param used whether Java uses it
 */
record StartFacts(Optional<Path> archive, boolean used) {
    static StartFacts ofThisProcess() {
        String option = System.getProperty("jetfanout.archive", "");
        Optional<Path> archive =
                option.isEmpty()
                        ? Optional.empty()
                        : Optional.of(Path.of(option.substring(option.indexOf('=') + 1)));
        // Java says "sharing" where it uses an archive, and takes no other if one is named
        boolean sharing = System.getProperty("java.vm.info", "").contains("sharing");
        return new StartFacts(archive, sharing && archive.map(Files::isReadable).orElse(false));
    }
}
