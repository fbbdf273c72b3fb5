package org.jetfanout.site.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jetfanout.ConfigurationException;
import org.junit.jupiter.api.Test;

/** An inventory of known names: their order, groups and variables. */
class InventoryMakerTest {
    @Test
    void hostsKeepTheirOrderAndGroupsTheirMembers() {
        Inventory inventory =
                new InventoryMaker()
                        .host("b", "test", Map.of("jet_ssh_port", "2222"))
                        .host("a", "test", Map.of())
                        .group("web", List.of(), List.of("a", "b"))
                        .group("prod", List.of("web"), List.of())
                        .inventory();
        assertEquals(List.of("b", "a"), inventory.hosts());
        assertEquals(List.of("b", "a"), inventory.hostsOf("prod"));
        assertEquals(List.of("web", "prod"), inventory.groupsOf("a"));
        assertEquals("2222", inventory.variables("b").get("jet_ssh_port"));
    }

    @Test
    void setsOfHostsLeaveOutStrangers() {
        Inventory inventory =
                new InventoryMaker().host("a", "x", Map.of()).host("b", "x", Map.of()).inventory();
        List<BitSet> among =
                inventory
                        .setsOf(List.of(List.of("b", "stranger"), List.of("a")))
                        .among(List.of("a", "b"));
        assertEquals("[{1}, {0}]", among.toString());
    }

    @Test
    void aNameThatIsNoHostNamesItsSource() {
        ConfigurationException e =
                assertThrows(
                        ConfigurationException.class,
                        () -> new InventoryMaker().host("-x", "hosts.txt", Map.of()));
        assertTrue(e.getMessage().startsWith("hosts.txt: "), e.getMessage());
    }
}
