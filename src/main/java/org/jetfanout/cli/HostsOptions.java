package org.jetfanout.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jetfanout.runner.exec.ChosenHosts;
import org.jetfanout.site.inventory.HostListFile;
import org.jetfanout.site.inventory.HostRangesParser;
import org.jetfanout.site.playbook.HostLimits;
import picocli.CommandLine.Option;

/** The options that name hosts, for commands that need no playbook. */
final class HostsOptions {
    @Option(
            names = {"-i", "--inventory"},
            paramLabel = "PATH[:PATH]",
            description =
                    "Inventories of jetp or of ansible. May be repeated. Not needed with -w or"
                            + " --hosts-file: then all hosts are in the group 'all'.")
    private List<String> inventories = new ArrayList<>();

    @Option(
            names = {"-w", "--hosts"},
            paramLabel = "HOSTS",
            description =
                    "Hosts by name, in the form that jet-fanout prints: node[001-400],db1. May be"
                            + " repeated.")
    private List<String> ranges = new ArrayList<>();

    @Option(
            names = "--hosts-file",
            paramLabel = "FILE",
            description =
                    "A file with a host a line, or with names as for -w. '#' begins a comment."
                            + " May be repeated.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--limit-hosts",
            paramLabel = "HOST[:HOST]",
            description = "Only these hosts of the inventory.")
    private List<String> limitHosts = new ArrayList<>();

    @Option(
            names = "--limit-groups",
            paramLabel = "GROUP[:GROUP]",
            description = "Only hosts of these groups.")
    private List<String> limitGroups = new ArrayList<>();

    /** The hosts that they choose. Files are read; the inventory is not. */
    ChosenHosts chosen(Pipes pipes) {
        Set<String> named = new LinkedHashSet<>();
        ranges.forEach(text -> named.addAll(HostRangesParser.names(text, "--hosts")));
        files.forEach(file -> named.addAll(HostListFile.names(pipes.file(file))));
        List<Path> paths = SiteOptions.paths(inventories, "--inventory");
        if (paths.isEmpty() && named.isEmpty()) {
            throw new UsageException("no hosts: give --inventory, --hosts or --hosts-file");
        }
        return new ChosenHosts(
                paths,
                List.copyOf(named),
                new HostLimits(
                        SiteOptions.names("--limit-hosts", SiteOptions.last(limitHosts)),
                        SiteOptions.names("--limit-groups", SiteOptions.last(limitGroups))));
    }
}
