package org.jetfanout.service.page;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.http.HttpServerRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.component.platform.http.vertx.HttpMessage;
import org.jetfanout.service.access.Access;
import org.jetfanout.service.access.Caller;
import org.jetfanout.token.Scope;

/**
 * What a browser asks for. The path, the query and the form are read from the request itself,
 * because in an exchange they are all headers, beside those of HTTP. Immutable.
 */
final class PageRequest {
    /** Longer values are cut: nobody types them. */
    private static final int LONGEST_VALUE = 2_000;

    private final Exchange exchange;
    private final String prefix;
    private final List<String> path;
    private final String query;
    private final Map<String, List<String>> parameters;
    private final HttpServerRequest request;

    PageRequest(Exchange exchange, String prefix) {
        this.exchange = exchange;
        this.prefix = prefix;
        this.request = exchange.getMessage(HttpMessage.class).getRequest();
        String whole = QueryStringDecoder.decodeComponent(request.path().replace("+", "%2B"));
        String below =
                !prefix.isEmpty() && whole.startsWith(prefix + "/")
                        ? whole.substring(prefix.length())
                        : whole;
        this.path = List.of(below.replaceFirst("^/+", "").split("/", -1));
        this.query = request.query() == null ? "" : request.query();
        this.parameters = new QueryStringDecoder(query, StandardCharsets.UTF_8, false).parameters();
    }

    /** The part of the path with this index; empty where it has fewer. */
    String part(int index) {
        return index < path.size() ? path.get(index) : "";
    }

    /** The GUID in {@code /runs/GUID/…}. */
    String guid() {
        return part(1);
    }

    /** The last value of a parameter of the query; empty where it is missing. */
    String query(String name) {
        List<String> all = queries(name);
        return all.isEmpty() ? "" : all.get(all.size() - 1);
    }

    /** All values of a parameter of the query, without empty ones. */
    List<String> queries(String name) {
        return parameters.getOrDefault(name, List.of()).stream()
                .map(PageRequest::clean)
                .filter(value -> !value.isEmpty())
                .toList();
    }

    /** A whole number of the query; this default where it is missing or is none. */
    long number(String name, long other) {
        try {
            return Math.max(0, Long.parseLong(query(name)));
        } catch (NumberFormatException e) {
            return other;
        }
    }

    /** A value of the form; empty where it is missing. */
    String form(String name) {
        String value = request.getFormAttribute(name);
        return value == null ? "" : clean(value);
    }

    /** The path and the query, for a link to the same page. */
    String address() {
        StringBuilder address = new StringBuilder(prefix);
        for (String part : path) {
            address.append('/').append(encoded(part));
        }
        return query.isEmpty() ? address.toString() : address + "?" + query;
    }

    Caller caller() {
        return Access.of(exchange);
    }

    boolean may(Scope scope) {
        return caller().scopes().contains(scope);
    }

    /** A text as a part of an address. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String clean(String value) {
        String one = value.strip();
        return one.length() > LONGEST_VALUE ? one.substring(0, LONGEST_VALUE) : one;
    }
}
