package org.jetfanout.record;

import java.nio.file.Path;
import org.jetfanout.status.Runs;

/** Looks again and again whether a run has an owner, for {@link OwnerIT}; says each change. */
final class OwnerLooks {
    private OwnerLooks() {}

    public static void main(String[] arguments) {
        try (RunRecord record = new Runs(Path.of(arguments[0])).open("last")) {
            System.out.println("looking");
            boolean before = false;
            while (true) {
                boolean owned = record.isOwned();
                if (owned != before) {
                    System.out.println(owned ? "owned" : "free");
                    before = owned;
                }
            }
        }
    }
}
