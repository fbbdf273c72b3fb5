package org.jetfanout.service.access;

import io.vertx.core.MultiMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jetfanout.ConfigurationException;
import org.jetfanout.service.config.SecretFile;
import org.jetfanout.service.config.ServiceConfig;
import org.jetfanout.service.http.Networks;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.text.NearestName;
import org.jetfanout.text.Quoted;
import org.jetfanout.token.Scope;

/**
 * A proxy before the service that has asked people who they are, and names them in a header. The
 * header counts only where the connection comes from one of the proxy's addresses and has its
 * secret, too. Else it is as if it was not there. Immutable.
 */
final class TrustedProxy {
    /** The header with the secret where service.yml names none. */
    static final String USUAL_SECRET_HEADER = "X-Proxy-Secret";

    private static final String EVERYBODY = "*";
    private static final int LONGEST_NAME = 128;
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9-]{1,64}");
    private static final Set<String> KEYS =
            new TreeSet<>(
                    Set.of(
                            "peers",
                            "header",
                            "secret_file",
                            "secret_header",
                            "scopes",
                            "templates"));

    private final Networks peers;
    private final String header;
    private final String secretHeader;
    private final SecretFile secret;
    private final Map<String, Set<Scope>> scopes;
    private final Map<String, Set<String>> templates;

    private TrustedProxy(
            Networks peers,
            String header,
            String secretHeader,
            SecretFile secret,
            Map<String, Set<Scope>> scopes,
            Map<String, Set<String>> templates) {
        this.peers = peers;
        this.header = header;
        this.secretHeader = secretHeader;
        this.secret = secret;
        this.scopes = scopes;
        this.templates = templates;
    }

    /** Reads {@code proxy:}. */
    static TrustedProxy read(ServiceConfig config, YamlValue section) {
        Map<String, YamlValue> keys = ServiceConfig.keys(section, "proxy", KEYS);
        for (String needed : List.of("peers", "header", "secret_file", "scopes")) {
            if (!keys.containsKey(needed)) {
                throw section.error("proxy needs '" + needed + ":'");
            }
        }
        Map<String, Set<Scope>> scopes = new LinkedHashMap<>();
        keys.get("scopes")
                .entries("scopes")
                .forEach(user -> scopes.put(name(user), scopes(user.value())));
        Map<String, Set<String>> templates = new LinkedHashMap<>();
        if (keys.containsKey("templates")) {
            keys.get("templates")
                    .entries("templates")
                    .forEach(user -> templates.put(name(user), names(user.value())));
        }
        return new TrustedProxy(
                Networks.read(keys.get("peers"), "peers"),
                header(keys.get("header"), "header"),
                keys.containsKey("secret_header")
                        ? header(keys.get("secret_header"), "secret_header")
                        : USUAL_SECRET_HEADER,
                SecretFile.read(config, keys.get("secret_file"), "secret_file"),
                Map.copyOf(scopes),
                Map.copyOf(templates));
    }

    private static String header(YamlValue value, String what) {
        String name = value.text(what);
        if (!HEADER.matcher(name).matches()) {
            throw value.error(what + " must be the name of a header, not " + Quoted.of(name));
        }
        return name;
    }

    private static String name(YamlValue.Entry user) {
        if (!user.name().equals(EVERYBODY) && !isName(user.name())) {
            throw user.key().error(Quoted.of(user.name()) + " cannot be the name of a user");
        }
        return user.name();
    }

    private static Set<Scope> scopes(YamlValue list) {
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (YamlValue item : list.sequence("scopes of a user")) {
            String word = item.text("a scope");
            scopes.add(Scope.of(word).orElseThrow(() -> unknown(item, word)));
        }
        return scopes;
    }

    private static ConfigurationException unknown(YamlValue item, String word) {
        return item.error(
                "a scope is %s, not %s%s"
                        .formatted(
                                String.join(", ", Scope.words()),
                                Quoted.of(word),
                                NearestName.hint(word, Scope.words())));
    }

    private static Set<String> names(YamlValue list) {
        Set<String> names = new TreeSet<>();
        list.sequence("templates of a user").forEach(item -> names.add(item.text("a template")));
        return names;
    }

    /** Whether a text can be the name of a user: one line that hides nothing. */
    private static boolean isName(String text) {
        return !text.isBlank()
                && text.length() <= LONGEST_NAME
                && text.equals(text.strip())
                && text.equals(Quoted.visible(text))
                && !Caller.isOwn(text);
    }

    /**
     * The user that the proxy names; empty where this is not the proxy, or it names nobody. The
     * headers are taken off the request, whoever sent them.
     *
     * @param connection the address at the other end of the connection
     * @throws AccessDenied where the user has no scopes
     */
    Optional<Caller> caller(MultiMap headers, String connection) {
        List<String> users = headers.getAll(header);
        List<String> secrets = headers.getAll(secretHeader);
        headers.remove(header);
        headers.remove(secretHeader);
        if (!peers.has(connection)
                || users.size() != 1
                || secrets.size() != 1
                || !secret.is(secrets.get(0))
                || !isName(users.get(0))) {
            return Optional.empty();
        }
        String user = users.get(0);
        Set<Scope> may = scopes.getOrDefault(user, scopes.getOrDefault(EVERYBODY, Set.of()));
        Set<String> only = templates.getOrDefault(user, templates.get(EVERYBODY));
        return Optional.of(new Caller(user, may, Optional.ofNullable(only)));
    }
}
