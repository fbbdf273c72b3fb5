package org.jetfanout.sink.elasticsearch;

import org.jetfanout.sink.HttpAnswer;
import org.jetfanout.sink.SinkStoppedException;
import org.jetfanout.sink.UndeliveredException;

/**
 * One of the two requests that bring the index template into the store: the first asks for the
 * stored version, the second stores ours.
 */
final class TemplateRequest implements ElasticsearchRequest {
    /** Reads an answer. */
    private interface Reading {
        void read(HttpAnswer answer, ElasticsearchDelivery delivery, TemplateRequest asked)
                throws UndeliveredException, SinkStoppedException;
    }

    private final String method;
    private final String path;
    private final byte[] body;
    private final Reading reading;

    private TemplateRequest(String method, String path, byte[] body, Reading reading) {
        this.method = method;
        this.path = path;
        this.body = body;
        this.reading = reading;
    }

    /**
     * The first request. Its answer decides whether the second follows.
     *
     * @param done is called when the template is in the store
     */
    static ElasticsearchRequest first(IndexTemplate template, Runnable done) {
        return new TemplateRequest(
                "GET",
                path(template),
                new byte[0],
                (answer, delivery, asked) -> {
                    if (version(answer, delivery, asked) < template.version()) {
                        delivery.addFirst(second(template, done));
                    } else {
                        done.run();
                    }
                });
    }

    private static int version(
            HttpAnswer answer, ElasticsearchDelivery delivery, TemplateRequest asked)
            throws UndeliveredException, SinkStoppedException {
        int none = -1;
        return answer.status() == 404
                ? none
                : delivery.json(answer, asked)
                        .path("index_templates")
                        .path(0)
                        .path("index_template")
                        .path("version")
                        .asInt(none);
    }

    private static ElasticsearchRequest second(IndexTemplate template, Runnable done) {
        return new TemplateRequest(
                "PUT",
                path(template),
                template.bytes(),
                (answer, delivery, asked) -> {
                    delivery.json(answer, asked);
                    done.run();
                });
    }

    private static String path(IndexTemplate template) {
        return "/_index_template/" + template.name();
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public byte[] body() {
        return body;
    }

    @Override
    public void answered(HttpAnswer answer, ElasticsearchDelivery delivery)
            throws UndeliveredException, SinkStoppedException {
        reading.read(answer, delivery, this);
    }
}
