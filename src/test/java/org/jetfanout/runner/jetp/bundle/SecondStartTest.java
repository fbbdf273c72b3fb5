package org.jetfanout.runner.jetp.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jetfanout.bundle.Bundle;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.BatchPlay;
import org.jetfanout.runner.PlaysLeft;
import org.jetfanout.site.inventory.Inventory;
import org.jetfanout.site.playbook.HostLimits;
import org.jetfanout.site.playbook.Play;
import org.jetfanout.site.playbook.Playbook;
import org.jetfanout.site.playbook.PlaybookCheck;
import org.jetfanout.site.playbook.Vocabulary;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.testkit.InventoryFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files for another start are unpacked over the first ones, and read as jetp would. */
class SecondStartTest {
    @TempDir Path temp;

    private InventoryFolder folder;
    private Path root;
    private BundleFiles files;

    @BeforeEach
    void site() {
        folder = new InventoryFolder(temp);
        folder.group("db", "d1", "d2").group("app", "a1", "a2", "a3").group("web", "d2", "a1");
        folder.file("group_vars/app", "jet_ssh_port: 2222\n");
    }

    private static Batch batch(String... hosts) {
        return new Batch("0001", new Worker("w", "workers", "w", 0, ""), List.of(hosts));
    }

    private static BitSet places(int... numbers) {
        BitSet places = new BitSet();
        Arrays.stream(numbers).forEach(places::set);
        return places;
    }

    private byte[] pack(Batch batch, Set<Integer> barriers, String... playbooks)
            throws IOException {
        List<Playbook> read =
                Arrays.stream(playbooks)
                        .map(text -> Playbook.read(write("pb" + text.hashCode() + ".yml", text)))
                        .toList();
        files =
                BundleFiles.pack(
                        new BundleSource(
                                folder.load(),
                                read,
                                List.of(),
                                List.of(),
                                List.of(),
                                HostLimits.none(),
                                new PlaybookCheck(Vocabulary.known(), warning -> {}),
                                Map.of(),
                                warning -> {}),
                        temp.resolve("work"));
        Bundle bundle = files.slice(batch, new TreeSet<>(barriers), Map.of());
        root = Files.createTempDirectory(temp, "unpacked");
        unpack(bundle.open().readAllBytes());
        return bundle.slice();
    }

    private Path write(String name, String text) {
        folder.file(name, text);
        return temp.resolve(name);
    }

    private void unpack(byte[] bytes) throws IOException {
        Process tar =
                new ProcessBuilder("tar", "xzf", "-", "-C", root.toString())
                        .redirectErrorStream(true)
                        .start();
        tar.getOutputStream().write(bytes);
        tar.getOutputStream().close();
        assertThat(new String(tar.getInputStream().readAllBytes(), UTF_8)).isEmpty();
    }

    private List<String> command() {
        return List.of("jetp", "ssh", "--playbook", String.join(":", files.paths().playbooks()));
    }

    private Optional<byte[]> again(
            byte[] slice, Batch batch, List<BatchPlay> plays, int first, BitSet lost)
            throws IOException {
        return SecondStart.files(
                new ByteArrayInputStream(slice),
                new PlaysLeft(command(), batch, plays, first, lost));
    }

    private Inventory inventory() {
        return Inventory.load(
                List.of(root.resolve("inventory")), InventoryFolder.LIMIT, warning -> {});
    }

    private List<Play> plays(int playbook) {
        return Playbook.read(root.resolve(files.paths().playbooks().get(playbook))).plays();
    }

    private static final String ONE =
            """
            - name: db
              groups: [ db ]
              ssh_user: admin
              tasks:
                - !shell { cmd: migrate }
                - !shell { cmd: check }
            - name: app
              groups: [ app ]
              tasks:
                - !shell { cmd: restart, with: { delegate_to: a2 } }

            - name: last
              groups: [ db, web ]

            """;
    private static final String TWO =
            """
            - name: all
              groups: [ all ]
              ssh_user: other

            - name: db again
              groups: [ db ]

            """;
    private static final List<BatchPlay> PLAYS =
            List.of(
                    new BatchPlay(1, "db", "0-1"),
                    new BatchPlay(2, "app", "2-4"),
                    new BatchPlay(3, "last", "0-2"),
                    new BatchPlay(4, "all", "0-4"),
                    new BatchPlay(5, "db again", "0-1"));

    @Test
    void playsThatAreLeftRunOnHostsThatAreLeft() throws Exception {
        Batch batch = batch("d1", "d2", "a1", "a2", "a3");
        byte[] slice = pack(batch, Set.of(2, 3, 4, 5), ONE, TWO);
        List<Integer> lines = plays(0).stream().map(Play::line).toList();
        unpack(again(slice, batch, PLAYS, 2, places(0, 1, 3)).orElseThrow());
        assertThat(plays(0)).extracting(Play::name).containsExactly("app", "last");
        assertThat(plays(1)).extracting(Play::name).containsExactly("all");
        assertThat(plays(0))
                .extracting(Play::sshUser)
                .containsExactly(Optional.of("admin"), NOBODY);
        assertThat(plays(0).get(1).line()).isEqualTo(lines.get(2));
        Inventory inventory = inventory();
        assertThat(inventory.hostsOf(plays(0).get(0).groups())).containsExactly("a1", "a3");
        assertThat(inventory.hostsOf(plays(0).get(1).groups())).containsExactly("a1");
        assertThat(inventory.hostsOf(plays(1).get(0).groups()))
                .containsExactlyInAnyOrder("a1", "a3");
        // tasks may be delegated to a host that is lost
        assertThat(inventory.variable("a2", "jet_ssh_port")).contains(2222);
        assertThat(inventory.variable("a1", "jet_ssh_port")).contains(2222);
    }

    private static final Optional<String> NOBODY = Optional.empty();

    @Test
    void thePipesOfTheRestAreThere() throws Exception {
        Batch batch = batch("d1", "d2", "a1", "a2", "a3");
        byte[] slice = pack(batch, Set.of(2, 3, 4, 5), ONE, TWO);
        unpack(again(slice, batch, PLAYS, 3, places(2)).orElseThrow());
        String one = Files.readString(root.resolve(files.paths().playbooks().get(0)));
        String two = Files.readString(root.resolve(files.paths().playbooks().get(1)));
        assertThat(one).contains("barriers/3").doesNotContain("barriers/2", "migrate");
        assertThat(two).contains("barriers/4", "barriers/5");
    }

    @Test
    void aPlaybookWithoutPlaysIsEmpty() throws Exception {
        Batch batch = batch("d1", "d2");
        byte[] slice = pack(batch, Set.of(2, 3), "- name: app\n  groups: [ app ]\n", TWO);
        List<BatchPlay> plays = List.of(new BatchPlay(2, "all", "0-1"), new BatchPlay(3, "", "0"));
        unpack(again(slice, batch, plays, 3, places(1)).orElseThrow());
        assertThat(root.resolve(files.paths().playbooks().get(0))).hasContent("[]");
        assertThat(plays(1)).extracting(Play::name).containsExactly("db again");
    }

    @Test
    void groupsOfTheUserStay() throws Exception {
        folder.group("jet_fanout_play_2", "a1");
        Batch batch = batch("d1", "a1", "a2");
        byte[] slice =
                pack(
                        batch,
                        Set.of(2),
                        "- name: db\n  groups: [ db ]\n- name: app\n  groups: [ jet_fanout_play_2 ]\n");
        List<BatchPlay> plays = List.of(new BatchPlay(1, "db", "0"), new BatchPlay(2, "app", "1"));
        unpack(again(slice, batch, plays, 2, places(0)).orElseThrow());
        assertThat(plays(0).get(0).groups()).containsExactly("jet_fanout_play__2");
        assertThat(inventory().hostsOf("jet_fanout_play__2")).containsExactly("a1");
        assertThat(inventory().hostsOf("jet_fanout_play_2")).containsExactly("a1");
    }

    @Test
    void nothingIsLeftWhereAllHostsAreLost() throws Exception {
        Batch batch = batch("d1", "d2", "a1", "a2", "a3");
        byte[] slice = pack(batch, Set.of(2, 3, 4, 5), ONE, TWO);
        assertThat(again(slice, batch, PLAYS, 2, places(0, 1, 2, 3, 4))).isEmpty();
        assertThat(again(slice, batch, PLAYS, 6, places())).isEmpty();
        assertThat(again(slice, batch, PLAYS, 5, places(0, 1))).isEmpty();
    }

    @Test
    void aSliceOfOtherPlaysIsRefused() throws Exception {
        Batch batch = batch("d1", "d2", "a1", "a2", "a3");
        byte[] slice = pack(batch, Set.of(), ONE);
        assertThatThrownBy(() -> again(slice, batch, PLAYS, 2, places()))
                .isInstanceOf(IOException.class)
                .hasMessage("the bundle has 3 plays, not 5");
    }
}
