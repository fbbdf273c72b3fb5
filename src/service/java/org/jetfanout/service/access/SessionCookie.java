package org.jetfanout.service.access;

import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Optional;
import org.jetfanout.service.http.Peer;

/** The cookie with the id of a session. Scripts and other sites never get it. Immutable. */
final class SessionCookie {
    static final String NAME = "jet-fanout-session";

    private final String path;
    private final boolean secure;

    /**
     * @param prefix of all paths of the service; may be empty
     * @param secure whether browsers come by https, as the configuration says
     */
    SessionCookie(String prefix, boolean secure) {
        this.path = prefix + "/";
        this.secure = secure;
    }

    /** The id that the request has. It is taken off the request. */
    Optional<String> take(RoutingContext context) {
        Cookie cookie = context.request().getCookie(NAME);
        Optional<String> id = Optional.ofNullable(cookie).map(Cookie::getValue);
        context.request().headers().remove("Cookie");
        return id.filter(text -> !text.isEmpty());
    }

    /** Gives the browser an id. */
    void give(RoutingContext context, String id, Duration longest) {
        context.response().addCookie(cookie(context, id).setMaxAge(longest.toSeconds()));
    }

    /** Takes the id from the browser. */
    void end(RoutingContext context) {
        context.response().addCookie(cookie(context, "").setMaxAge(0));
    }

    private Cookie cookie(RoutingContext context, String value) {
        return Cookie.cookie(NAME, value)
                .setPath(path)
                .setHttpOnly(true)
                .setSameSite(CookieSameSite.STRICT)
                .setSecure(secure || Peer.of(context).secure());
    }
}
