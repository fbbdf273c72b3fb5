package org.jetfanout.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jetfanout.ConfigurationException;
import org.jetfanout.run.RunRequest;
import org.jetfanout.runner.ansible.AnsibleRequest;
import org.jetfanout.runner.ansible.PasswordFiles;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line of ansible-playbook, with ansible's own flags, and what jet-fanout adds. */
final class AnsibleOptions {
    private static final String FILE = "@";

    @Mixin private FanOutOptions fanOut;

    @Parameters(
            arity = "0..*",
            paramLabel = "PLAYBOOK",
            description = "Playbooks, in order: files, or names in collections.")
    private List<String> playbooks = new ArrayList<>();

    @Option(
            names = {"-i", "--inventory", "--inventory-file"},
            paramLabel = "PATH|HOSTS",
            description =
                    "Inventory of ansible: file, folder, program, or a list of hosts that ends with"
                            + " a comma. May be repeated.")
    private List<String> inventories = new ArrayList<>();

    @Option(
            names = {"-l", "--limit"},
            paramLabel = "PATTERN",
            description = "Limit the hosts by a pattern of ansible.")
    private List<String> limits = new ArrayList<>();

    @Option(
            names = {"-e", "--extra-vars"},
            paramLabel = "VARS",
            description = "Variables: key=value, YAML, JSON, or @FILE. May be repeated.")
    private List<String> extraVars = new ArrayList<>();

    @Option(
            names = {"-t", "--tags"},
            paramLabel = "TAGS",
            description = "Only plays and tasks with one of these tags.")
    private List<String> tags = new ArrayList<>();

    @Option(
            names = "--skip-tags",
            paramLabel = "TAGS",
            description = "Not the plays and tasks with one of these tags.")
    private List<String> skipTags = new ArrayList<>();

    @Option(
            names = {"-C", "--check"},
            description = "Change nothing; say what would change.")
    private boolean[] check = {};

    @Option(
            names = {"-D", "--diff"},
            description = "Show the differences of files and templates.")
    private boolean[] diff = {};

    @Option(
            names = {"-f", "--forks"},
            paramLabel = "N",
            description =
                    "Hosts that each worker configures at once. Overrides 'threads' of workers.yml.")
    private List<Integer> forks = new ArrayList<>();

    @Option(
            names = {"-u", "--user"},
            paramLabel = "NAME",
            description = "Login name on the hosts (default: ansible.cfg, else yours here).")
    private List<String> users = new ArrayList<>();

    @Option(
            names = {"--private-key", "--key-file"},
            paramLabel = "FILE",
            description = "Stays here: workers use the keys of your ssh-agent.")
    private List<String> privateKeys = new ArrayList<>();

    @Option(
            names = {"-b", "--become"},
            description = "Run operations with become.")
    private boolean[] become = {};

    @Option(
            names = "--become-method",
            paramLabel = "NAME",
            description = "Privilege escalation method.")
    private List<String> becomeMethods = new ArrayList<>();

    @Option(
            names = "--become-user",
            paramLabel = "NAME",
            description = "Account that runs the tasks. Overrides 'sudo_user' of workers.yml.")
    private List<String> becomeUsers = new ArrayList<>();

    @Option(
            names = {"--become-password-file", "--become-pass-file"},
            paramLabel = "FILE",
            description = "File with the become password, or a program that prints it here.")
    private List<String> becomePasswordFiles = new ArrayList<>();

    @Option(
            names = {"--connection-password-file", "--conn-pass-file"},
            paramLabel = "FILE",
            description = "Likewise the password of the hosts' logins. Workers need sshpass.")
    private List<String> connectionPasswordFiles = new ArrayList<>();

    @Option(
            names = "--vault-id",
            paramLabel = "LABEL@FILE",
            description = "Vault identity with its password file or program. May be repeated.")
    private List<String> vaultIds = new ArrayList<>();

    @Option(
            names = {"--vault-password-file", "--vault-pass-file"},
            paramLabel = "FILE",
            description = "Vault password file, or a program that prints it here. May be repeated.")
    private List<String> vaultPasswordFiles = new ArrayList<>();

    @Option(
            names = {"-c", "--connection"},
            paramLabel = "TYPE",
            description = "Connection type.")
    private List<String> connections = new ArrayList<>();

    @Option(
            names = {"-T", "--timeout"},
            paramLabel = "SECONDS",
            description = "Timeout of connections to the hosts.")
    private List<Integer> timeouts = new ArrayList<>();

    @Option(
            names = "--ssh-common-args",
            paramLabel = "ARGS",
            description = "Arguments for sftp, scp and ssh.")
    private List<String> sshCommonArgs = new ArrayList<>();

    @Option(names = "--ssh-extra-args", paramLabel = "ARGS", description = "Arguments for ssh.")
    private List<String> sshExtraArgs = new ArrayList<>();

    @Option(names = "--scp-extra-args", paramLabel = "ARGS", description = "Arguments for scp.")
    private List<String> scpExtraArgs = new ArrayList<>();

    @Option(names = "--sftp-extra-args", paramLabel = "ARGS", description = "Arguments for sftp.")
    private List<String> sftpExtraArgs = new ArrayList<>();

    @Option(
            names = {"-M", "--module-path"},
            paramLabel = "DIR[:DIR]",
            description = "Folders with modules. They travel.")
    private List<String> modulePaths = new ArrayList<>();

    @Option(names = "--force-handlers", description = "Run handlers even if a task fails.")
    private boolean[] forceHandlers = {};

    @Option(names = "--flush-cache", description = "Clear the cache of facts.")
    private boolean[] flushCache = {};

    @Option(
            names = "--start-at-task",
            paramLabel = "NAME",
            description = "Start at the task of this name, on each worker.")
    private List<String> startAtTask = new ArrayList<>();

    @Option(
            names = {"-v", "--verbose"},
            description = "Show more output of ansible. -vv also shows stack traces of errors.")
    private boolean[] verbosity = {};

    @Option(
            names = {"-k", "--ask-pass"},
            hidden = true)
    private boolean askPass;

    @Option(
            names = {"-K", "--ask-become-pass"},
            hidden = true)
    private boolean askBecomePass;

    @Option(
            names = {"-J", "--ask-vault-pass", "--ask-vault-password"},
            hidden = true)
    private boolean askVaultPass;

    @Option(names = "--step", hidden = true)
    private boolean step;

    @Option(names = "--list-hosts", hidden = true)
    private boolean listHosts;

    @Option(
            names = {"--list-tasks", "--list-tags", "--syntax-check"},
            hidden = true)
    private boolean lists;

    @Option(
            names = "--ansible",
            paramLabel = "FILE",
            description =
                    "The ansible-playbook of this machine, which says what the plays address"
                            + " (default: the one on the path).")
    private Path program;

    @Option(
            names = "--slice-anyway",
            description =
                    "With 'inventory: slice': run although the playbooks read variables or facts of"
                            + " other hosts.")
    private boolean sliceAnyway;

    /** The request. It is checked as far as the command line alone allows. */
    RunRequest request() {
        refuse(askPass, "--ask-pass: a job cannot ask: use --connection-password-file FILE");
        refuse(
                askBecomePass,
                "--ask-become-pass: a job cannot ask: use --become-password-file FILE");
        refuse(askVaultPass, "--ask-vault-pass: a job cannot ask: use --vault-password-file FILE");
        refuse(step, "--step: a job cannot ask before each task: use ansible-playbook itself");
        refuse(listHosts, "--list-hosts: use 'jet-fanout plan ansible-playbook …'");
        refuse(
                lists,
                "--list-tasks, --list-tags, --syntax-check: nothing would be sent: use"
                        + " ansible-playbook itself");
        if (playbooks.isEmpty()) {
            throw new UsageException("give the playbook to run: jet-fanout ansible-playbook FILE…");
        }
        return fanOut.request(
                new AnsibleRequest(
                        Path.of("").toAbsolutePath(),
                        playbooks.stream().map(this::file).toList(),
                        inventories,
                        Optional.ofNullable(SiteOptions.last(limits)),
                        extraVars.stream().map(this::extraVars).toList(),
                        flags(),
                        modulePaths,
                        Optional.ofNullable(SiteOptions.last(privateKeys)),
                        forks(),
                        new PasswordFiles(
                                vaultIds.stream().map(this::vaultId).toList(),
                                vaultPasswordFiles.stream().map(this::file).toList(),
                                Optional.ofNullable(SiteOptions.last(connectionPasswordFiles))
                                        .map(this::file),
                                Optional.ofNullable(SiteOptions.last(becomePasswordFiles))
                                        .map(this::file)),
                        sliceAnyway,
                        Optional.ofNullable(program)));
    }

    private static void refuse(boolean given, String why) {
        if (given) {
            throw new UsageException(why);
        }
    }

    /** The flags that mean the same on a worker. */
    private List<String> flags() {
        List<String> flags = new ArrayList<>();
        each(flags, "--tags", tags);
        each(flags, "--skip-tags", skipTags);
        set(flags, "--check", check);
        set(flags, "--diff", diff);
        last(flags, "--user", users);
        set(flags, "--become", become);
        last(flags, "--become-method", becomeMethods);
        last(flags, "--become-user", becomeUsers);
        last(flags, "--connection", connections);
        last(flags, "--timeout", timeouts);
        last(flags, "--ssh-common-args", sshCommonArgs);
        last(flags, "--ssh-extra-args", sshExtraArgs);
        last(flags, "--scp-extra-args", scpExtraArgs);
        last(flags, "--sftp-extra-args", sftpExtraArgs);
        set(flags, "--force-handlers", forceHandlers);
        set(flags, "--flush-cache", flushCache);
        last(flags, "--start-at-task", startAtTask);
        if (verbosity.length > 0) {
            flags.add("-" + "v".repeat(verbosity.length));
        }
        return flags;
    }

    private OptionalInt forks() {
        Integer last = SiteOptions.last(forks);
        if (last != null && last < 1) {
            throw new UsageException("--forks must be at least 1");
        }
        return last == null ? OptionalInt.empty() : OptionalInt.of(last);
    }

    private String extraVars(String text) {
        if (!text.startsWith(FILE)) {
            return text;
        }
        String name = file(text.substring(1));
        if (!Files.isRegularFile(Path.of(name))) {
            throw ConfigurationException.at(Path.of(name), "no such file (--extra-vars)");
        }
        return FILE + name;
    }

    private String vaultId(String text) {
        int at = text.indexOf('@') + 1;
        return text.substring(0, at) + file(text.substring(at));
    }

    /** The file, or a copy of what came out of a pipe. */
    private String file(String name) {
        return fanOut.pipes().file(Path.of(name)).toString();
    }

    // a value may begin with a dash, so it stays in one word with its flag

    private static void each(List<String> flags, String flag, List<?> values) {
        values.forEach(value -> flags.add(flag + "=" + value));
    }

    private static void last(List<String> flags, String flag, List<?> values) {
        if (!values.isEmpty()) {
            flags.add(flag + "=" + SiteOptions.last(values));
        }
    }

    private static void set(List<String> flags, String flag, boolean[] given) {
        if (given.length > 0) {
            flags.add(flag);
        }
    }
}
