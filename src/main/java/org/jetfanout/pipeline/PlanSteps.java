package org.jetfanout.pipeline;

import java.util.Map;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jetfanout.plan.Batches;
import org.jetfanout.plan.Deal;
import org.jetfanout.plan.WorkerMap;

/** The beans of the plan route: they move what the plan package computes between headers. Used by one thread. */
final class PlanSteps {
    private final String guid;
    private final WorkerMap workerMap;
    private final Deal deal;
    private final Batches batches;

    PlanSteps(String guid, WorkerMap workerMap, Deal deal, Batches batches) {
        this.guid = guid;
        this.workerMap = workerMap;
        this.deal = deal;
        this.batches = batches;
    }

    Map<String, Object> beans() {
        Processor map = this::map;
        Processor next = this::deal;
        Processor plan = this::plan;
        AggregationStrategy collect = this::collect;
        return Map.of("workerMap", map, "deal", next, "batches", collect, "plan", plan);
    }

    private void map(Exchange exchange) {
        var message = exchange.getMessage();
        String host = message.getBody(String.class);
        message.setHeader(JetHeaders.HOST, host);
        String group = workerMap.match(host);
        if (group != null) {
            message.setHeader(JetHeaders.WORKER_GROUP, group);
        }
    }

    private void deal(Exchange exchange) {
        var message = exchange.getMessage();
        Object group = message.getHeader(JetHeaders.WORKER_GROUP);
        if (group != null && message.getHeader(JetHeaders.WORKER) == null) {
            message.setHeader(JetHeaders.WORKER, deal.next((String) group).name());
        }
    }

    private Exchange collect(Exchange collected, Exchange host) {
        var message = host.getMessage();
        String name = message.getBody(String.class);
        String group = message.getHeader(JetHeaders.WORKER_GROUP, String.class);
        String worker = message.getHeader(JetHeaders.WORKER, String.class);
        if (host.getException() != null) {
            return host;
        }
        if (host.isRouteStop()) {
            batches.leaveOut(name);
        } else {
            batches.add(name, group, worker);
        }
        return collected == null ? host : collected;
    }

    private void plan(Exchange exchange) {
        exchange.getMessage().removeHeaders("Jet*");
        exchange.getMessage().setHeader(JetHeaders.GUID, guid);
        exchange.getMessage().setBody(batches.plan(guid));
    }
}
