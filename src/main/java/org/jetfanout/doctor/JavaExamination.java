package org.jetfanout.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jetfanout.text.Sizes;

/** Java and its memory. */
record JavaExamination(Map<String, String> environment, JavaFacts facts) implements Examination {
    private static final String JAVA = "java";
    private static final String MEMORY = "memory";
    private static final long LEAST_HEAP = 64L << 20;
    private static final long SMALL_HEAP = 240L << 20;
    private static final long LEAST_AVAILABLE = 256L << 20;
    private static final List<String> MEDDLERS = List.of("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS");

    @Override
    public List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        String java = "%s (%s) in %s".formatted(facts.version(), facts.vendor(), facts.home());
        String set =
                String.join(
                        ", ",
                        MEDDLERS.stream()
                                .filter(name -> !environment.getOrDefault(name, "").isEmpty())
                                .toList());
        findings.add(
                set.isEmpty()
                        ? Finding.ok(JAVA, java)
                        : Finding.warning(
                                JAVA,
                                java
                                        + ": it takes options from "
                                        + set
                                        + ", and says so with each start",
                                "Give options for jet-fanout alone in JET_FANOUT_JAVA_OPTIONS."));
        findings.add(memory());
        return findings;
    }

    private Finding memory() {
        String heap = "up to " + Sizes.text(facts.heap()) + " for objects";
        if (facts.heap() < SMALL_HEAP) {
            String advice =
                    "Allow more: JET_FANOUT_JAVA_OPTIONS=-Xmx512m. Java takes a quarter of the"
                            + " machine's memory, or of the container's.";
            String detail = heap + ": too little for large inventories";
            return facts.heap() < LEAST_HEAP
                    ? Finding.missing(MEMORY, heap + ": too little for a run", advice)
                    : Finding.warning(MEMORY, detail, advice);
        }
        if (facts.available().isEmpty()) {
            return Finding.ok(MEMORY, heap);
        }
        String left = Sizes.text(facts.available().getAsLong()) + " of the machine's are available";
        return facts.available().getAsLong() < LEAST_AVAILABLE
                ? Finding.warning(
                        MEMORY,
                        heap + ", but only " + left,
                        "End other programs: if memory runs out, the kernel kills one.")
                : Finding.ok(MEMORY, heap + "; " + left);
    }
}
