package org.jetfanout.it.ansible;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jetfanout.testkit.AnsibleSite;
import org.jetfanout.testkit.Ansibles;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.TestUser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each playbook in {@code src/test/resources/flat-ansible} does the same over workers as {@code
 * ansible-playbook} does on one machine: the outcome of each host, the exit code, the tasks of each
 * host with what they say, the files that hosts wrote; and no host begins a play before all have
 * ended the plays before it. Ansible is the real one, and hosts are real SSH servers. {@code
 * $JET_TEST_PLAYBOOKS} names those to run, separated by commas; without it, all run.
 */
@Order(1) // takes long: begins first
class SameAsAnsibleIT {
    private static final String CHOSEN = System.getenv().getOrDefault("JET_TEST_PLAYBOOKS", "");

    /** Nobody listens there. */
    private static final int CLOSED = 1;

    @RegisterExtension static final Fleet fleet = Fleet.start(222, 8);

    /** A text to encrypt: as a file, or as a value. */
    private static final Pattern SECRET = Pattern.compile("VAULT(?:\\{(.*)}|\\[(.*)])");

    private AnsibleSite site;

    private static Stream<Arguments> playbooks() {
        return AnsibleCase.all().stream()
                .filter(
                        playbook ->
                                CHOSEN.isEmpty()
                                        || List.of(CHOSEN.split(",", -1)).contains(playbook.name()))
                .flatMap(
                        playbook ->
                                (playbook.allVersions()
                                                ? Ansibles.all()
                                                : List.of(Ansibles.ofMachine()))
                                        .stream().map(ansible -> Arguments.of(playbook, ansible)));
    }

    @AfterEach
    void remove() {
        site.remove();
    }

    @ParameterizedTest(name = "{0} with {1}")
    @MethodSource("playbooks")
    void isTheSame(AnsibleCase playbook, Ansibles.Ansible ansible) throws Exception {
        prepare(playbook, ansible);

        stampsInto("stamps-flat");
        AnsibleSite.Flat flat =
                site.flat(Map.of("TOLD", site.file("told-flat").toString()), words(playbook));
        assertThat(flat.exit()).as("on one machine: %s", flat.output()).isEqualTo(playbook.code());
        Told toldFlat = new Told(site.file("told-flat"));
        assertThat(toldFlat.outcomes(playbook.flat()))
                .as("outcomes on one machine: %s", flat.output())
                .isEqualTo(playbook.flat());
        toldFlat.playsAreInOrder(toldFlat.plays());

        stampsInto("stamps-fanned");
        Files.createFile(site.file("told-fanned"));
        Files.setPosixFilePermissions(
                site.file("told-fanned"), PosixFilePermissions.fromString("rw-rw-rw-"));
        site.setting("env", "{ TOLD: '" + site.file("told-fanned") + "' }");
        playbook.settings().forEach(site::setting);
        Program.Ended run = site.run(words(playbook));
        Map<String, String> outcomes = new TreeMap<>(run.outcomes());
        // on one machine nobody says of a host that it was not begun
        outcomes.replaceAll(
                (host, outcome) -> outcome.equals("not_started") ? "unfinished" : outcome);
        assertThat(outcomes).as("outcomes: %s", run).isEqualTo(playbook.overWorkers());
        Told told = new Told(site.file("told-fanned"));
        assertThat(told.tasks(playbook.compared()))
                .as("tasks: %s", run)
                .isEqualTo(toldFlat.tasks(playbook.compared()));
        assertThat(new AnsibleEventFiles(run).tasks(playbook.flat().keySet()))
                .as("events of the run: %s", run)
                .isEqualTo(told.statuses(playbook.flat().keySet()));
        if (!playbook.settings().containsKey("order")) {
            told.playsAreInOrder(toldFlat.plays());
        }
        if (!playbook.differs()) {
            assertThat(stamps("stamps-fanned"))
                    .as("what hosts wrote: %s", run)
                    .isEqualTo(stamps("stamps-flat"));
            assertThat(codeOfAnsible(run.exit())).as("exit code: %s", run).isEqualTo(flat.exit());
        }
    }

    /** With ansible's codes, unreachable hosts hide those that failed. */
    private static int codeOfAnsible(int code) {
        return code == 6 ? 4 : code;
    }

    private void prepare(AnsibleCase playbook, Ansibles.Ansible ansible) throws IOException {
        site = new AnsibleSite(fleet, ansible, AnsibleSite.folder(), playbook.workers());
        for (Map.Entry<String, String> file : playbook.inventory().entrySet()) {
            site.write("inv/" + file.getKey(), filled(file.getValue()));
        }
        site.write("sudo", AnsibleSite.SUDO);
        String login = login();
        site.write("inv/group_vars/all/bed.yml", login);
        for (Map.Entry<String, String> file : playbook.files().entrySet()) {
            site.write("pb/" + file.getKey(), filled(file.getValue()));
        }
        for (String host : playbook.dead()) {
            site.write("inv/host_vars/" + host + "/bed.yml", "ansible_port: " + CLOSED + "\n");
        }
        Path beside = Path.of("pb", playbook.playbooks().get(0)).getParent();
        site.write(
                beside + "/callback_plugins/told.py",
                new String(
                        Fleet.resource("/org/jetfanout/it/ansible/told.py"),
                        java.nio.charset.StandardCharsets.UTF_8));
    }

    /** How to log in to hosts, and where their tasks write. */
    private String login() {
        return site.hostVars()
                + "stamps: "
                + site.file("stamps")
                + "\nmark: '{{ stamps }}/{{ inventory_hostname }}'\n";
    }

    private String filled(String text) {
        Matcher secret = SECRET.matcher(text);
        String open =
                secret.replaceAll(
                        found ->
                                Matcher.quoteReplacement(
                                        found.group(1) != null
                                                ? site.encrypted(found.group(1) + "\n")
                                                : "!vault |\n"
                                                        + site.encrypted(found.group(2))
                                                                .indent(4)
                                                                .stripTrailing()));
        return open.replace("FOLDER", site.file("").toString())
                .replace("@BED@", login())
                .replace("@LOGIN@", TestUser.name());
    }

    private List<String> words(AnsibleCase playbook) {
        List<String> words = new ArrayList<>();
        for (String source : playbook.sources()) {
            words.addAll(List.of("-i", source.contains(",") ? source : "../" + source));
        }
        if (!words.isEmpty()) {
            words.addAll(List.of("-i", "../workers.ini"));
        }
        playbook.flags().forEach(flag -> words.add(filled(flag)));
        words.addAll(playbook.playbooks());
        return words;
    }

    /** From now on tasks write there. */
    private void stampsInto(String name) throws IOException {
        Path folder = Files.createDirectory(site.file(name));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.deleteIfExists(site.file("stamps"));
        Files.createSymbolicLink(site.file("stamps"), folder);
    }

    private Map<String, List<String>> stamps(String name) throws IOException {
        Map<String, List<String>> stamps = new TreeMap<>();
        try (Stream<Path> files = Files.list(site.file(name))) {
            for (Path file : files.toList()) {
                stamps.put(file.getFileName().toString(), Files.readAllLines(file));
            }
        }
        return stamps;
    }
}
