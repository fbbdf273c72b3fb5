import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.run.CheckedRequest;
import org.jetfanout.run.RunRequest;
import org.jetfanout.runner.jetp.PlaybookRequest;
import org.junit.jupiter.api.Test;

/**
 * The edited route of this example, with the steps of a real run and nothing else: no worker is
 * asked. Copy it into src/test/java of jet-fanout, let SITE be the folder of your own files, and
 * run {@code ./mvnw test -Dtest=CustomPlanRouteTest}.
 */
class CustomPlanRouteTest extends CamelTestSupport {
    private static final Path SITE = Path.of("examples/custom-routes");

    private final CheckedRequest prepared =
            CheckedRequest.read(
                    RunRequest.of(
                            PlaybookRequest.of(
                                    SITE.resolve("playbook.yml"), SITE.resolve("inventory")),
                            SITE.resolve("workers.yml")),
                    System.err::println);

    @Override
    protected RoutesBuilder[] createRouteBuilders() throws Exception {
        var route =
                PluginHelper.getResourceLoader(context)
                        .resolveResource("file:" + SITE.resolve("routes/plan.camel.yaml"));
        return PluginHelper.getRoutesLoader(context)
                .findRoutesBuilders(route)
                .toArray(RoutesBuilder[]::new);
    }

    @Override
    protected void bindToRegistry(Registry registry) {
        prepared.planBeans("test").forEach(registry::bind);
    }

    private Plan plan(List<String> hosts) {
        return template.requestBody("direct:plan", hosts, Plan.class);
    }

    @Test
    void canariesGoToOneWorkerAndAFrozenHostIsLeftOut() {
        Plan plan = plan(prepared.hosts());
        for (Batch batch : plan.batches()) {
            if (!batch.worker().name().equals("worker3")) {
                assertThat(batch.hosts()).noneMatch(host -> host.startsWith("canary"));
            }
        }
        assertThat(plan.unmatched()).containsExactly("web4");
        assertThat(plan.batches().stream().mapToInt(batch -> batch.hosts().size()).sum())
                .isEqualTo(prepared.hosts().size() - 1);
    }

    /** A step is put in by the id of its route: here one that sees each host behind the others. */
    @Test
    void everyHostPassesTheLastStepButTheFrozenOne() throws Exception {
        AdviceWith.adviceWith(
                context,
                "plan",
                advice ->
                        advice.weaveByToString(".*ref:plan.deal.*")
                                .selectLast()
                                .after()
                                .to("mock:dealt"));
        MockEndpoint dealt = getMockEndpoint("mock:dealt");
        dealt.expectedMessageCount(prepared.hosts().size() - 1);
        plan(prepared.hosts());
        dealt.assertIsSatisfied();
    }
}
