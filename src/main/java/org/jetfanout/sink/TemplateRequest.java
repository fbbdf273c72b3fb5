package org.jetfanout.sink;

/**
 * One of the three requests by which the index template gets into the store: what are you, which
 * version of the template have you, take ours.
 */
final class TemplateRequest implements ElasticsearchRequest {
    /** What an answer means. */
    private interface Reading {
        void read(HttpAnswer answer, ElasticsearchTalk talk, TemplateRequest asked)
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
     * The first one; the others follow from the answers.
     *
     * @param done called when the template is there
     */
    static ElasticsearchRequest first(IndexTemplate template, Runnable done) {
        return get(
                "/",
                (answer, talk, asked) -> {
                    // Elasticsearch says so in each answer
                    boolean openSearch =
                            !answer.headers().containsKey("x-elastic-product")
                                    && talk.json(answer, asked)
                                            .path("version")
                                            .path("distribution")
                                            .asText()
                                            .equals("opensearch");
                    talk.first(second(template, openSearch, done));
                });
    }

    private static ElasticsearchRequest second(
            IndexTemplate template, boolean openSearch, Runnable done) {
        return get(
                path(template),
                (answer, talk, asked) -> {
                    int there = -1;
                    if (answer.status() != 404) {
                        there =
                                talk.json(answer, asked)
                                        .path("index_templates")
                                        .path(0)
                                        .path("index_template")
                                        .path("version")
                                        .asInt(-1);
                    }
                    if (there < template.version()) {
                        talk.first(third(template, openSearch, done));
                    } else {
                        done.run();
                    }
                });
    }

    private static ElasticsearchRequest third(
            IndexTemplate template, boolean openSearch, Runnable done) {
        return new TemplateRequest(
                "PUT",
                path(template),
                template.bytes(openSearch),
                (answer, talk, asked) -> {
                    talk.json(answer, asked);
                    done.run();
                });
    }

    private static TemplateRequest get(String path, Reading reading) {
        return new TemplateRequest("GET", path, new byte[0], reading);
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
    public void answered(HttpAnswer answer, ElasticsearchTalk talk)
            throws UndeliveredException, SinkStoppedException {
        reading.read(answer, talk, this);
    }
}
