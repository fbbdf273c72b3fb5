package org.jetfanout.plan;

import java.util.Map;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jetfanout.ConfigurationException;
import org.jetfanout.JetHeaders;
import org.jetfanout.site.workers.WorkerGroups;
import org.jetfanout.text.Quoted;

/**
 * The steps of the plan route. They pass values between message headers and the other classes of
 * this package, which compute. For one run and one thread.
 */
public final class PlanSteps {
    private final String guid;
    private final WorkerMap workerMap;
    private final RoundRobin deal;
    private final Batches batches;
    private final WorkerGroups groups;

    /** Steps for a run without any hosts yet. */
    public PlanSteps(String guid, WorkerMap workerMap, WorkerGroups groups, Batches batches) {
        this.guid = guid;
        this.workerMap = workerMap;
        this.deal = new RoundRobin(groups);
        this.batches = batches;
        this.groups = groups;
    }

    /** The beans for the names in the route. */
    /** The steps, by the names that the route calls them by. */
    public Map<String, Object> beans() {
        return Map.of(
                "plan.workerMap", (Processor) this::workerMap,
                "plan.deal", (Processor) this::deal,
                "plan.batches", (AggregationStrategy) this::batches,
                "plan.plan", (Processor) this::plan);
    }

    void workerMap(Exchange exchange) {
        Message message = exchange.getMessage();
        String host = message.getBody(String.class);
        message.setHeader(JetHeaders.HOST, host);
        String group = workerMap.match(host);
        if (group != null) {
            message.setHeader(JetHeaders.WORKER_GROUP, group);
        }
    }

    void deal(Exchange exchange) {
        Message message = exchange.getMessage();
        Object group = message.getHeader(JetHeaders.WORKER_GROUP);
        // a step of the user's own route may have chosen the worker
        if (group != null && message.getHeader(JetHeaders.WORKER) == null) {
            message.setHeader(JetHeaders.WORKER, deal.next((String) group).name());
        }
    }

    Exchange batches(Exchange collected, Exchange host) {
        if (host.getException() == null) {
            add(host);
        }
        return collected == null || host.getException() != null ? host : collected;
    }

    private void add(Exchange exchange) {
        Message message = exchange.getMessage();
        String host = message.getBody(String.class);
        String group = message.getHeader(JetHeaders.WORKER_GROUP, String.class);
        if (exchange.isRouteStop()) {
            exchange.setRouteStop(false); // it stops this host, not the plan
            batches.leaveOut(host);
        } else if (group == null) {
            batches.addUnmatched(host);
        } else {
            String worker = message.getHeader(JetHeaders.WORKER, String.class);
            if (worker == null) {
                throw new ConfigurationException(
                        ("route plan gave host %s no worker of group %s: the host must pass 'ref:"
                                        + " deal', or a step that sets %s")
                                .formatted(
                                        Quoted.of(String.valueOf(host)),
                                        Quoted.of(group),
                                        JetHeaders.WORKER));
            }
            batches.add(host, groups.worker(group, worker));
        }
    }

    void plan(Exchange exchange) {
        Message message = exchange.getMessage();
        message.removeHeaders("Jet*");
        message.setHeader(JetHeaders.GUID, guid);
        message.setBody(batches.plan(guid));
    }
}
