package org.jetfanout.plan;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jetfanout.site.inventory.GroupsInMemory;

/**
 * Prints how fast hosts go past the worker map and the deal into batches, and out as JSON. By hand:
 * {@code java -Xmx1g … PlanSpeed [hosts]}. Three rounds, the first warms up.
 */
final class PlanSpeed {
    private static final int GROUPS = 300;
    private static final int ENTRIES = 48;

    private PlanSpeed() {}

    public static void main(String[] arguments) throws IOException {
        int hosts = arguments.length == 0 ? 1_000_000 : Integer.parseInt(arguments[0]);
        GroupsInMemory inventory = new GroupsInMemory();
        StringBuilder text = new StringBuilder("workers:\n  map:\n");
        for (int group = 0; group < GROUPS; group++) {
            inventory.group(
                    "g" + group, GroupsInMemory.names("host-" + group + "-", hosts / GROUPS));
        }
        for (int entry = 0; entry < ENTRIES; entry++) {
            for (int group = entry; group < GROUPS; group += ENTRIES) {
                inventory.subgroups("region" + entry, "g" + group);
            }
            inventory.group("workers" + entry, GroupsInMemory.names("w" + entry + "-", 20));
            text.append("    - { from: region%d, to: workers%d }\n".formatted(entry, entry));
        }
        Path folder = Files.createTempDirectory("plan-speed");
        PlanFixture fixture =
                PlanFixture.of(folder, inventory, text.append("  unmatched: skip\n").toString());
        List<String> all = inventory.hosts();
        for (int round = 1; round <= 3; round++) {
            long start = System.nanoTime();
            Plan plan = fixture.plan(all);
            long planned = System.nanoTime();
            new PlanReport(
                            plan,
                            fixture.groups(),
                            fixture.config(),
                            batch -> List.of("jetp", "ssh"),
                            BatchPlays.none())
                    .json(OutputStream.nullOutputStream());
            long written = System.nanoTime();
            System.out.printf(
                    Locale.ROOT,
                    "round %d: %d hosts in %d batches: plan %d ms (%.1f M hosts/s), json %d ms%n",
                    round,
                    plan.hosts(),
                    plan.batches().size(),
                    (planned - start) / 1_000_000,
                    plan.hosts() * 1e3 / (planned - start),
                    (written - planned) / 1_000_000);
        }
        Files.delete(folder.resolve("workers.yml"));
        Files.delete(folder);
    }
}
