package org.jetfanout.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of this program. It stands in pom.xml alone; the build writes it into the jar. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {"jet-fanout " + (version == null ? "(not from its jar)" : version)};
    }
}
