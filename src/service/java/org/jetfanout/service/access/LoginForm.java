package org.jetfanout.service.access;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jetfanout.service.http.Peer;
import org.jetfanout.service.http.Problem;
import org.jetfanout.token.AccessToken;
import org.jetfanout.token.TokenStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the form of the login page sends: a token, for which the browser gets a session. And what
 * ends the session. Thread-safe.
 */
final class LoginForm {
    private static final Logger LOG = LoggerFactory.getLogger(LoginForm.class);
    private static final int LONGEST_TARGET = 2000;

    /** A path of this service: neither another site's address nor more than one line. */
    private static final Pattern LOCAL = Pattern.compile("/(?![/\\\\])[!-\\[\\]-~]*");

    private final String prefix;
    private final TokenStore tokens;
    private final Sessions sessions;
    private final SessionCookie cookie;
    private final FailedLogins failed;
    private final InstantSource clock;

    LoginForm(
            String prefix,
            TokenStore tokens,
            Sessions sessions,
            SessionCookie cookie,
            FailedLogins failed,
            InstantSource clock) {
        this.prefix = prefix;
        this.tokens = tokens;
        this.sessions = sessions;
        this.cookie = cookie;
        this.failed = failed;
        this.clock = clock;
    }

    /** {@code POST /login}. The body has been read. */
    void login(RoutingContext context) {
        HttpServerRequest request = context.request();
        Peer peer = Peer.of(context);
        String target = target(request.getFormAttribute("next"));
        if (Access.isFromElsewhere(request)) {
            Access.refuseForm(
                    context,
                    Access.isPage(request, "/login"),
                    "this form is not from this service: load the page again");
            return;
        }
        Duration wait = failed.wait(peer.address());
        if (!wait.isZero()) {
            LOG.warn("no login from {}: too many wrong tokens came from there", peer.address());
            tooMany(context, target);
            return;
        }
        String text = Optional.ofNullable(request.getFormAttribute("token")).orElse("").strip();
        request.formAttributes().remove("token");
        Optional<AccessToken> token = tokens.find(text, clock.instant());
        if (token.isEmpty()) {
            int count = failed.add(peer.address());
            LOG.warn("a wrong or expired token from {} ({} in a row)", peer.address(), count);
            redirect(context, prefix + "/login?failed=1&next=" + encoded(target));
            return;
        }
        KnownCaller before = context.get(Access.KEY);
        context.vertx()
                .executeBlocking(
                        () -> {
                            if (before != null) {
                                before.session().ifPresent(sessions::end);
                            }
                            return sessions.begin(token.get().hash());
                        },
                        false)
                .onSuccess(
                        id -> {
                            LOG.info(
                                    "{} has logged in from {}", token.get().name(), peer.address());
                            cookie.give(context, id, sessions.longest());
                            redirect(context, prefix + target);
                        })
                .onFailure(context::fail);
    }

    private void tooMany(RoutingContext context, String target) {
        String accept = context.request().getHeader("Accept");
        if (accept != null && accept.contains("text/html")) {
            redirect(context, prefix + "/login?failed=later&next=" + encoded(target));
        } else {
            Access.refuse(
                    context,
                    new Problem(
                            429, "too many wrong tokens from your address: try again in a minute"));
        }
    }

    /** {@code POST /logout}. */
    void logout(RoutingContext context) {
        KnownCaller identity = context.get(Access.KEY);
        cookie.end(context);
        context.vertx()
                .executeBlocking(
                        () -> {
                            identity.session().ifPresent(sessions::end);
                            return true;
                        },
                        false)
                .onSuccess(done -> redirect(context, prefix + "/login"))
                .onFailure(context::fail);
    }

    /** Where to go after the login: a path of this service, else its first page. */
    static String target(String wanted) {
        return wanted != null
                        && wanted.length() <= LONGEST_TARGET
                        && LOCAL.matcher(wanted).matches()
                ? wanted
                : "/";
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    static void redirect(RoutingContext context, String to) {
        context.response().setStatusCode(303).putHeader("Location", to).end();
    }
}
