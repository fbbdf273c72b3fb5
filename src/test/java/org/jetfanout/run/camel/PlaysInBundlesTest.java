package org.jetfanout.run.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jetfanout.pack.BatchMessage;
import org.jetfanout.pack.Bundles;
import org.jetfanout.pack.PackSteps;
import org.jetfanout.plan.BatchPlay;
import org.jetfanout.plan.Plan;
import org.jetfanout.run.CheckedRequest;
import org.jetfanout.run.RunRequest;
import org.jetfanout.runner.jetp.Jetp;
import org.jetfanout.runner.jetp.PlaybookRequest;
import org.jetfanout.site.workers.PlayOrder;
import org.jetfanout.ssh.SshSettings;
import org.jetfanout.testkit.PreparedSite;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is stored of each batch where workers wait for each other between plays. */
class PlaysInBundlesTest {
    private static final String GUID = "11111111-2222-3333-4444-555555555555";

    @TempDir private Path folder;

    private Bundles packed(PlayOrder order) throws Exception {
        PreparedSite.write(folder, "/usr/bin/jetp");
        Files.writeString(folder.resolve("inv/groups/db"), "hosts: [ h1 ]\n");
        Path playbook =
                Files.writeString(
                        folder.resolve("two.yml"),
                        "- name: db\n  groups: [ db ]\n\n- name: web\n  groups: [ web ]\n");
        CheckedRequest prepared =
                CheckedRequest.read(
                        RunRequest.of(
                                        PlaybookRequest.of(playbook, folder.resolve("inv")),
                                        folder.resolve("workers.yml"))
                                .with(order),
                        warning -> {});
        Bundles bundles = new Bundles(folder.resolve("bundles"));
        PackSteps packing =
                prepared.packSteps(GUID, bundles, SshSettings.ofUser(), doing -> {}, warning -> {});
        Map<String, Object> beans = new HashMap<>(prepared.planBeans(GUID));
        beans.putAll(packing.beans());
        try (RouteBed routes = new RouteBed(beans, Map.of(), List.of("plan", "pack"))) {
            routes.start();
            Plan plan =
                    routes.send("direct:plan", prepared.hosts()).getMessage().getBody(Plan.class);
            packing.packShared(plan.batches().size(), prepared.plays(plan));
            routes.send("direct:pack", plan);
        }
        return bundles;
    }

    @Test
    void theMessageHasThePlaysOfTheBatch() throws Exception {
        Bundles bundles = packed(PlayOrder.PLAYS);
        BatchMessage first = bundles.message("0001");
        assertThat(first.plays())
                .containsExactly(new BatchPlay(1, "db", "0"), new BatchPlay(2, "web", "0-1"));
        assertThat(first.barriers()).containsExactly(2);
        BatchMessage second = bundles.message("0002");
        assertThat(second.plays()).containsExactly(new BatchPlay(2, "web", "0-1"));
        assertThat(second.to(second.batch().worker(), 1, 2).plays()).isEqualTo(second.plays());
    }

    @Test
    void theFilesOfASecondStartComeFromWhatIsStored() throws Exception {
        Bundles bundles = packed(PlayOrder.PLAYS);
        Files.delete(folder.resolve("two.yml"));
        BitSet lost = new BitSet();
        lost.set(0);
        assertThat(bundles.secondStart(new Jetp(), "0001", 2, lost)).isPresent();
        lost.set(1);
        assertThat(bundles.secondStart(new Jetp(), "0001", 2, lost)).isEmpty();
    }

    @Test
    void withoutOrderNobodyWaits() throws Exception {
        BatchMessage message = packed(PlayOrder.NONE).message("0001");
        assertThat(message.plays()).isEmpty();
        assertThat(message.barriers()).isEmpty();
    }
}
