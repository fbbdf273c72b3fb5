package org.jetfanout.cli;

import org.jetfanout.machine.Build;
import picocli.CommandLine.IVersionProvider;

/** The version of this program, and what it runs on. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        Build build = Build.ofThis();
        return new String[] {
            "jet-fanout %s (commit %s)".formatted(known(build.version()), known(build.commit())),
            "Java %s (%s), Camel %s"
                    .formatted(
                            Runtime.version(),
                            System.getProperty("java.vendor"),
                            known(build.camel()))
        };
    }

    private static String known(String text) {
        return text.isEmpty() ? "unknown" : text;
    }
}
