package org.jetfanout.hand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jetfanout.ssh.Deadlines;
import org.jetfanout.ssh.agent.GuardBudget;
import org.jetfanout.ssh.agent.GuardPolicy;
import org.jetfanout.ssh.agent.ShownKeys;
import org.jetfanout.ssh.config.Destination;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hand is told to do. */
class CallOrderTest {
    private static GuardPolicy policy(ShownKeys keys, GuardBudget budget) {
        return new GuardPolicy(
                "guid", "w1", keys, Set.of("admin"), budget, signature -> {}, trouble -> {});
    }

    private static CallOrder order(ShownKeys keys) {
        return new CallOrder(
                new CallSpec(
                        "guid",
                        "eu",
                        new Destination("w1", "10.0.0.1", 2222, "jet"),
                        "sh -c 'echo ä'",
                        new Deadlines(Duration.ofSeconds(3), Duration.ofSeconds(4))
                                .with(Duration.ofSeconds(7)),
                        Set.of("SHA256:x")),
                true,
                Optional.of(CallOrder.Guard.of(policy(keys, GuardBudget.of(2)))));
    }

    private static CallOrder read(CallOrder order, Consumer<ObjectNode> change) {
        ObjectNode head = SentMessages.head();
        order.addTo(head);
        change.accept(head);
        return CallOrder.read(new Fields(head));
    }

    @Test
    void arrivesAsItWasSent() {
        CallOrder order = order(ShownKeys.named(List.of("SHA256:y")));
        assertThat(read(order, head -> {})).isEqualTo(order);
    }

    @Test
    void allKeysButOneOfAnAgentAreTheKeysOfThatAgent() {
        ShownKeys all = new ShownKeys(ShownKeys.Kind.BUT_LOGIN, List.of("SHA256:y"));

        CallOrder.Guard read = read(order(all), head -> {}).guard().orElseThrow();

        assertThat(read.keys().has("SHA256:y", "")).isTrue();
        assertThat(read.keys().has("SHA256:of-the-hand", "")).isFalse();
    }

    @Test
    void nobodyIsShownAllKeysOfAHand() {
        CallOrder order = order(ShownKeys.named(List.of()));
        assertThatThrownBy(
                        () ->
                                read(
                                        order,
                                        head ->
                                                ((ObjectNode) head.get("guard"))
                                                        .put("kind", "BUT_LOGIN")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"port", "connectMillis", "command", "host", "forHosts", "guard"})
    void whatIsOutOfItsLimitsIsNoOrder(String field) {
        CallOrder order = order(ShownKeys.named(List.of()));
        assertThatThrownBy(() -> read(order, head -> head.put(field, "x".repeat(2_000_000))))
                .isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> read(order, head -> head.put(field, -1L)))
                .isInstanceOf(RuntimeException.class);
    }

    @Test
    void theBudgetOfAJobGoesOnWhereItWas() {
        GuardBudget budget = GuardBudget.of(2);
        budget.used(new GuardBudget.Usage(100, 10, 1));

        CallOrder.Guard words = CallOrder.Guard.of(policy(ShownKeys.named(List.of()), budget));
        GuardBudget onHand = GuardBudget.of(words.mostSignatures(), words.used());
        onHand.used(new GuardBudget.Usage(50, 12, 0));
        budget.used(onHand.usage());

        assertThat(budget.usage()).isEqualTo(new GuardBudget.Usage(100, 12, 1));
        assertThat(onHand.mostSignatures()).isEqualTo(budget.mostSignatures());
    }
}
