package org.jetfanout.site.playbook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.inventory.Inventory;
import org.jetfanout.testkit.InventoryFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AddressedHostsTest {
    @TempDir Path temp;
    private InventoryFolder folder;

    @BeforeEach
    void inventory() {
        folder = new InventoryFolder(temp.resolve("inv"));
        folder.group("web", "w1", "w2").group("db", "d1", "w2").group("other", "o1");
        folder.parent("site", "web", "db").parent("hollow", "nothing");
    }

    @Test
    void unitesThePlaysGroupsInInventoryOrder() throws Exception {
        assertThat(hosts(HostLimits.none(), "web", "db")).containsExactly("d1", "w2", "w1");
        assertThat(hosts(HostLimits.none(), "site")).containsExactly("d1", "w2", "w1");
        assertThat(hosts(HostLimits.none(), "all")).containsExactly("d1", "w2", "o1", "w1");
    }

    @Test
    void limitsLeaveHostsOut() throws Exception {
        assertThat(hosts(new HostLimits(List.of("w1", "o1"), List.of()), "site"))
                .containsExactly("w1");
        assertThat(hosts(new HostLimits(List.of(), List.of("db", "other")), "site"))
                .containsExactly("d1", "w2");
        assertThat(hosts(new HostLimits(List.of(), List.of("site")), "all"))
                .containsExactly("d1", "w2", "w1");
        assertThat(hosts(new HostLimits(List.of(), List.of("all")), "web"))
                .containsExactly("w2", "w1");
        assertThat(hosts(new HostLimits(List.of("w2", "w1"), List.of("db")), "site"))
                .containsExactly("w2");
    }

    @Test
    void unknownNamesAreErrors() {
        assertThatThrownBy(() -> hosts(HostLimits.none(), "web", "wbe"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("pb.yml:3: play 'p1': the inventory has no group 'wbe'")
                .hasMessageContaining("(nearest: 'web')");
        assertThatThrownBy(() -> hosts(new HostLimits(List.of("w9"), List.of()), "web"))
                .hasMessageContaining("--limit-hosts: the inventory has no host 'w9'");
        assertThatThrownBy(() -> hosts(new HostLimits(List.of(), List.of("sit")), "web"))
                .hasMessageContaining("--limit-groups: the inventory has no group 'sit'")
                .hasMessageContaining("'site'");
    }

    @Test
    void anEmptyGroupIsSaidToBeEmptyAndNoOtherIsNamed() throws Exception {
        for (String text : List.of("hosts: []\n", "hosts:\n", "", "{}\n", "subgroups: []\n")) {
            folder.file("groups/weba", text);
            assertThatThrownBy(() -> hosts(HostLimits.none(), "weba"))
                    .hasMessageContaining("group 'weba' is empty")
                    .hasMessageContaining("groups/weba lists neither hosts nor subgroups")
                    .message()
                    .doesNotContain("nearest");
            assertThatThrownBy(() -> hosts(new HostLimits(List.of(), List.of("weba")), "web"))
                    .hasMessageContaining("--limit-groups: group 'weba' is empty");
        }
    }

    @Test
    void namesAreShownInQuotes() {
        assertThatThrownBy(
                        () ->
                                hosts(
                                        new HostLimits(List.of(" ", "w1", "x\u00a0"), List.of()),
                                        "web"))
                .hasMessage("--limit-hosts: the inventory has no host ' ', 'x\\u00a0'");
        assertThatThrownBy(() -> hosts(new HostLimits(List.of(), List.of("we b\t")), "web"))
                .hasMessage(
                        "--limit-groups: the inventory has no group 'we b\\t' (nearest: 'web')");
        assertThatThrownBy(() -> HostLimits.names("w1:"))
                .hasMessage("'w1:' contains an empty name: separate names with single colons");
        assertThat(HostLimits.names("w1:w2")).containsExactly("w1", "w2");
    }

    @Test
    void aPlayWithoutHostsIsAnErrorButForLimits() throws Exception {
        assertThatThrownBy(() -> hosts(HostLimits.none(), "web", "hollow"))
                .hasMessageContaining("pb.yml:3: play 'p1' has no host");
        assertThat(hosts(new HostLimits(List.of("w1"), List.of()), "web", "hollow", "db"))
                .containsExactly("w1");
        assertThatThrownBy(() -> hosts(new HostLimits(List.of("o1"), List.of()), "web"))
                .hasMessageContaining("no hosts remain");
    }

    @Test
    void localhostIsRefusedUnlessMeant() throws Exception {
        folder.file("host_vars/d1", "jet_ssh_hostname: localhost\n");
        assertThatThrownBy(() -> hosts(HostLimits.none(), "site"))
                .hasMessageContaining("d1: tasks for localhost")
                .hasMessageContaining("worker");
        assertThat(hosts(HostLimits.none(), "web")).hasSize(2);
        assertThat(
                        AddressedHosts.hosts(
                                folder.load(), List.of(playbook("db")), HostLimits.none(), true))
                .containsExactly("d1", "w2");
        folder.group("web", "localhost");
        assertThatThrownBy(() -> hosts(HostLimits.none(), "web")).hasMessageContaining("localhost");
    }

    private List<String> hosts(HostLimits limits, String... groups) throws Exception {
        Inventory inventory = folder.load();
        return AddressedHosts.hosts(inventory, List.of(playbook(groups)), limits);
    }

    private Playbook playbook(String... groups) throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < groups.length; i++) {
            text.append("- name: p").append(i).append("\n  groups: [").append(groups[i]);
            text.append("]\n");
        }
        Path file = temp.resolve("pb.yml");
        Files.writeString(file, text);
        return Playbook.read(file);
    }
}
