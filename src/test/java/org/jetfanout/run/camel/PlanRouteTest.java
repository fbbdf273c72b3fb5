package org.jetfanout.run.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.BindToRegistry;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.test.main.junit5.CamelMainTest;
import org.jetfanout.ConfigurationException;
import org.jetfanout.plan.Plan;
import org.jetfanout.run.CheckedRequest;
import org.jetfanout.run.RunRequest;
import org.jetfanout.runner.jetp.PlaybookRequest;
import org.junit.jupiter.api.Test;

/** The packaged plan route, started by Camel as in a run. */
@CamelMainTest(
        properties = "camel.main.routesIncludePattern=classpath:routes/plan.camel.yaml",
        shutdownTimeout = 10)
class PlanRouteTest {
    @org.apache.camel.EndpointInject("direct:plan")
    private ProducerTemplate hosts;

    private final Map<String, Object> beans = beans();

    @BindToRegistry("plan.workerMap")
    Processor workerMap() {
        return (Processor) beans.get("plan.workerMap");
    }

    @BindToRegistry("plan.deal")
    Processor deal() {
        return (Processor) beans.get("plan.deal");
    }

    @BindToRegistry("plan.batches")
    AggregationStrategy batches() {
        return (AggregationStrategy) beans.get("plan.batches");
    }

    @BindToRegistry("plan.plan")
    Processor plan() {
        return (Processor) beans.get("plan.plan");
    }

    @Test
    void twoThousandHostsAndFiveWorkersGiveFourHundredEach() {
        Plan plan = hosts.requestBody((Object) names("h", 2000), Plan.class);
        assertThat(plan.guid()).isEqualTo("the-guid");
        assertThat(plan.batches())
                .hasSize(5)
                .allSatisfy(batch -> assertThat(batch.hosts()).hasSize(400));
        assertThat(plan.batches().stream().flatMap(batch -> batch.hosts().stream()))
                .hasSize(2000)
                .doesNotHaveDuplicates();
        assertThat(plan.unmatched()).isEmpty();
    }

    @Test
    void aHostWithoutAWorkerIsNamed() {
        Throwable error = catchThrowable(() -> hosts.requestBody(List.of("h1", "db1", "db2")));
        assertThat(error).hasRootCauseInstanceOf(ConfigurationException.class);
        assertThat(error).rootCause().hasMessageContaining("db[1-2]");
    }

    private static Map<String, Object> beans() {
        try {
            Path folder = Files.createTempDirectory("jetplan");
            Path groups = Files.createDirectories(folder.resolve("inv/groups"));
            Files.writeString(groups.resolve("us_west_1"), yaml(names("h", 2000)));
            Files.writeString(groups.resolve("db"), yaml(names("db", 2)));
            Files.writeString(groups.resolve("wk"), yaml(names("w", 5)));
            Path playbook =
                    Files.writeString(
                            folder.resolve("pb.yml"),
                            "- name: p\n  groups: [ us_west_1 ]\n  tasks: []\n");
            Path workers =
                    Files.writeString(
                            folder.resolve("workers.yml"),
                            "workers:\n  user: ops\n  map: [ { from: us_west_1, to: wk } ]\n");
            RunRequest request =
                    RunRequest.of(PlaybookRequest.of(playbook, folder.resolve("inv")), workers);
            return CheckedRequest.read(request, warning -> {}).planBeans("the-guid");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static List<String> names(String prefix, int count) {
        return IntStream.rangeClosed(1, count).mapToObj(n -> prefix + n).toList();
    }

    private static String yaml(List<String> hosts) {
        return hosts.stream().collect(Collectors.joining(", ", "hosts: [ ", " ]\n"));
    }
}
