package org.jetfanout.service.http;

import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers with a problem where a route of the service failed. The bean {@code service.problem} of
 * {@code errors.camel.yaml}.
 */
public final class ProblemStep implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemStep.class);

    @Override
    public void process(Exchange exchange) {
        Throwable thrown = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        Problem problem = problem(thrown);
        Message message = exchange.getMessage();
        String path = message.getHeader(Exchange.HTTP_PATH, "", String.class);
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, problem.status());
        message.setHeader(Exchange.CONTENT_TYPE, Problem.TYPE);
        message.setBody(problem.json(path));
    }

    /** What a failure means for the caller. Its own words are for callers only if they say so. */
    private static Problem problem(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof RefusedException refused) {
                return refused.problem();
            }
        }
        LOG.error("a request failed", thrown);
        return new Problem(500, "the service failed; its log says why");
    }
}
