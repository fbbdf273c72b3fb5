package org.jetfanout.doctor;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What makes a start fast: the class-data archive, and the cache where it is made. */
record StartExamination(Path cache, StartFacts facts) implements Examination {
    private static final String SUBJECT = "start";

    @Override
    public List<Finding> findings() {
        Optional<String> refusal = new FolderProbe(cache).refusal();
        if (facts.used()) {
            String archive = "with the class-data archive " + facts.archive().orElseThrow();
            return List.of(
                    refusal.isEmpty()
                            ? Finding.ok(SUBJECT, archive)
                            : Finding.warning(
                                    SUBJECT,
                                    "%s, but none can be made for another Java: %s: %s"
                                            .formatted(archive, cache, refusal.orElseThrow()),
                                    "Set XDG_CACHE_HOME to a folder of yours."));
        }
        String slow = "without a class-data archive: each start takes a second longer";
        return List.of(
                refusal.isPresent()
                        ? Finding.warning(
                                SUBJECT,
                                "%s. %s: %s".formatted(slow, cache, refusal.orElseThrow()),
                                "Set XDG_CACHE_HOME to a folder of yours.")
                        : Finding.warning(
                                SUBJECT,
                                facts.archive()
                                        .map(file -> slow + ". Java does not take " + file)
                                        .orElse(slow),
                                "Remove %s: the next start by the launcher makes it anew."
                                        .formatted(cache)));
    }
}
