package org.jetfanout.service.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import java.util.TreeSet;

/**
 * Answers 405 where a path is known, but not with the method of the request. A router inside of
 * another one would forget that it knew the path. Thread-safe.
 */
final class OtherMethods implements Handler<RoutingContext> {
    private final Router router;
    private final String prefix;

    /**
     * @param prefix before all paths of the router; empty for none
     */
    OtherMethods(Router router, String prefix) {
        this.router = router;
        this.prefix = prefix;
    }

    @Override
    public void handle(RoutingContext context) {
        String path = context.normalizedPath();
        if (!prefix.isEmpty() && path.startsWith(prefix + "/")) {
            path = path.substring(prefix.length());
        }
        Set<String> methods = new TreeSet<>();
        for (Route route : router.getRoutes()) {
            if (route.methods() != null && route.getPath() != null && fits(route, path)) {
                route.methods().forEach(method -> methods.add(method.name()));
            }
        }
        HttpMethod asked = context.request().method();
        if (methods.isEmpty() || methods.contains(asked.name())) {
            context.next();
        } else {
            context.response().putHeader("Allow", String.join(", ", methods));
            context.fail(405);
        }
    }

    private static boolean fits(Route route, String path) {
        String[] names = route.getPath().split("/", -1);
        String[] parts = path.split("/", -1);
        if (names.length != parts.length) {
            return false;
        }
        for (int i = 0; i < names.length; i++) {
            boolean same =
                    names[i].startsWith(":") ? !parts[i].isEmpty() : names[i].equals(parts[i]);
            if (!same) {
                return false;
            }
        }
        return true;
    }
}
