package org.jetfanout.check;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jetfanout.pack.AgentAccess;
import org.jetfanout.run.CheckedRequest;
import org.jetfanout.run.camel.Pipeline;
import org.jetfanout.run.camel.Routes;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.site.workers.WorkerGroups;
import org.jetfanout.ssh.FanOutSshComponent;
import org.jetfanout.ssh.SshSettings;

/** Asks all workers of the worker map whether they are ready. It changes nothing on them. */
public final class Check {
    private final CheckedRequest prepared;
    private final SshSettings ssh;
    private final AgentAccess access;

    /**
     * @param access which keys of the agent the workers may see
     */
    public Check(CheckedRequest prepared, SshSettings ssh, AgentAccess access) {
        this.prepared = prepared;
        this.access = access;
        this.ssh = ssh;
    }

    /**
     * Asks the workers, as many at once as the request says. Returns when each has answered or
     * failed.
     */
    public CheckReport run() {
        WorkerGroups groups = prepared.workerGroups();
        List<Worker> workers =
                groups.names().stream().flatMap(group -> groups.workers(group).stream()).toList();
        int threads = Math.min(prepared.request().threads(), workers.size());
        try (CheckSteps steps =
                        new CheckSteps(
                                prepared.request().work().runner(),
                                prepared.workers(),
                                access,
                                threads);
                Pipeline pipeline =
                        new Pipeline(
                                Routes.CHECK,
                                prepared.request().routes(),
                                beans(steps),
                                Map.of())) {
            List<?> checks = pipeline.request("direct:check", workers, List.class);
            return new CheckReport(
                    checks.stream().map(WorkerCheck.class::cast).toList(), prepared.warnings());
        }
    }

    private Map<String, Object> beans(CheckSteps steps) {
        Map<String, Object> beans = new HashMap<>(steps.beans());
        beans.put("ssh", new FanOutSshComponent(ssh));
        return beans;
    }
}
