package org.jetfanout.service.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import org.jetfanout.machine.Sha256;

/**
 * Styles, scripts and pictures, from the class path, at {@code /assets/NAME}. They are read once. A
 * link with the version of the file ({@link #link}) is kept by browsers for a year. Immutable.
 */
public final class Assets {
    private static final Map<String, String> TYPES =
            Map.of(
                    "css", "text/css; charset=utf-8",
                    "js", "text/javascript; charset=utf-8",
                    "svg", "image/svg+xml",
                    "png", "image/png",
                    "ico", "image/x-icon",
                    "woff2", "font/woff2",
                    "txt", "text/plain; charset=utf-8");

    private static final String PATH = "/assets/";
    private static final int VERSION = 16;

    private final Map<String, Asset> assets = new TreeMap<>();

    /** A file: what it is, its SHA-256, its bytes. */
    private record Asset(String type, String hash, Buffer bytes) {}

    /**
     * Reads the files.
     *
     * @param resources by name, their paths on the class path without a slash at the beginning
     */
    public Assets(Map<String, String> resources) {
        resources.forEach((name, resource) -> assets.put(name, read(name, resource)));
    }

    private static Asset read(String name, String resource) {
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        if (type == null) {
            throw new IllegalArgumentException("what type is " + name + "?");
        }
        try (InputStream in = Assets.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("not on the class path: " + resource);
            }
            byte[] bytes = in.readAllBytes();
            String hash = Sha256.hex(bytes);
            return new Asset(type, hash, Buffer.buffer(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The SHA-256 of a file, in hexadecimal digits. */
    public String hash(String name) {
        return asset(name).hash;
    }

    /** The link to a file, for a page at the root of the service: {@code assets/NAME?v=…}. */
    public String link(String name) {
        return PATH.substring(1) + name + "?v=" + version(asset(name));
    }

    private static String version(Asset asset) {
        return asset.hash.substring(0, VERSION);
    }

    private Asset asset(String name) {
        Asset asset = assets.get(name);
        if (asset == null) {
            throw new IllegalArgumentException("no asset " + name);
        }
        return asset;
    }

    /**
     * Adds the handler. It stands before that of {@link HttpPart#ACCESS_ORDER}: it has no secrets.
     */
    public void handlers(Router router) {
        router.get(PATH + "*").order(HttpPart.ACCESS_ORDER - 1).handler(this::answer);
    }

    private void answer(RoutingContext context) {
        String path = context.normalizedPath();
        Asset asset = assets.get(path.substring(path.indexOf(PATH) + PATH.length()));
        if (asset == null) {
            context.fail(404);
            return;
        }
        boolean kept = version(asset).equals(context.request().getParam("v"));
        String tag = '"' + asset.hash.substring(0, 2 * VERSION) + '"';
        HttpServerResponse response = context.response();
        response.putHeader(
                "Cache-Control", kept ? "public, max-age=31536000, immutable" : "no-cache");
        response.putHeader("ETag", tag);
        if (tag.equals(context.request().getHeader("If-None-Match"))) {
            response.setStatusCode(304).end();
            return;
        }
        response.putHeader("Content-Type", asset.type).end(asset.bytes);
    }
}
