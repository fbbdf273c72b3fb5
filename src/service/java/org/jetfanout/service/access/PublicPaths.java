package org.jetfanout.service.access;

import java.util.Set;

/** The paths that take no caller. Each is exact, or ends with a slash. */
final class PublicPaths {
    private static final String WEBHOOKS = "/api/v1/webhooks/";
    private static final String ASSETS = "/assets/";
    private static final Set<String> EXACT =
            Set.of("/login", "/health/live", "/health/ready", "/favicon.ico");

    private PublicPaths() {}

    /**
     * @param path without the prefix, normalized
     */
    static boolean has(String method, String path) {
        boolean reads = method.equals("GET") || method.equals("HEAD");
        return EXACT.contains(path)
                || (reads && path.startsWith(ASSETS))
                || (method.equals("POST") && path.startsWith(WEBHOOKS));
    }
}
