package org.jetfanout.service.page;

import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.function.BiFunction;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.jetfanout.service.http.RefusedException;

/**
 * What a browser shows where its form was refused before any route saw it: a page in plain words,
 * with the same status. Thread-safe.
 */
final class RefusedForms {
    private static final String TEMPLATE =
            "mustache:org/jetfanout/service/page/message.mustache?contentCache=true";

    private final String prefix;
    private final BiFunction<RoutingContext, String, PageFrame> frames;

    // Mutable state
    private volatile ProducerTemplate templates;

    /**
     * @param prefix what all addresses begin with
     * @param frames makes what is around a page with this title
     */
    RefusedForms(String prefix, BiFunction<RoutingContext, String, PageFrame> frames) {
        this.prefix = prefix;
        this.frames = frames;
    }

    void handlers(Router router) {
        router.route().failureHandler(this::show);
    }

    /** Takes what fills templates. The context closes it. */
    void started(CamelContext camel) {
        templates = camel.createProducerTemplate();
    }

    private void show(RoutingContext context) {
        if (!(context.failure() instanceof RefusedException refused)) {
            context.next();
            return;
        }
        MessagePage page =
                new MessagePage(
                        frames.apply(context, "Nothing was done"),
                        sentence(refused.problem().detail()),
                        again(context));
        context.vertx()
                // the first one reads the template
                .executeBlocking(() -> templates.requestBody(TEMPLATE, page, String.class), false)
                .onSuccess(
                        html ->
                                context.response()
                                        .setStatusCode(refused.problem().status())
                                        .putHeader("Content-Type", "text/html; charset=utf-8")
                                        .putHeader("Cache-Control", "no-store")
                                        .end(html))
                // the server answers with the problem itself
                .onFailure(failed -> context.next());
    }

    private static String sentence(String detail) {
        return Character.toUpperCase(detail.charAt(0)) + detail.substring(1) + ".";
    }

    /** Each form but that of the logout has the address of its page. */
    private String again(RoutingContext context) {
        String path = context.normalizedPath();
        String below = path.startsWith(prefix + "/") ? path.substring(prefix.length()) : path;
        return below.equals("/logout") ? "" : below;
    }
}
