package org.jetfanout.service.templates;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jetfanout.service.config.SecretFile;
import org.jetfanout.token.TokenText;

/**
 * The signatures of webhooks: those of Standard Webhooks, which sign an id and a time with the
 * body, and those of GitHub, Gitea and others, which sign the body. Pure functions.
 */
final class WebhookSignature {
    static final String ID = "webhook-id";
    static final String TIME = "webhook-timestamp";
    static final String SIGNATURE = "webhook-signature";

    /** Of GitHub; Gitea and Forgejo send it, too. */
    static final String OF_BODY = "X-Hub-Signature-256";

    /** The headers that sign the body alone. */
    private static final List<String> OF_BODIES = List.of(OF_BODY, "X-Signature-256");

    private static final String VERSION = "v1,";
    private static final String HEX = "sha256=";

    /** A webhook that is older, or of the future, is refused. */
    static final Duration TOLERANCE = Duration.ofMinutes(5);

    private WebhookSignature() {}

    /**
     * A webhook whose signature is right.
     *
     * @param key the same for the same delivery, whatever else of it differs
     * @param onlyBody whether nothing but the body is signed
     */
    record Delivery(String key, boolean onlyBody) {}

    /**
     * The delivery, where one of the signatures is right; empty where none is.
     *
     * @param headers the value of a header by its name; null for none
     */
    static Optional<Delivery> check(
            SecretFile secret, Function<String, String> headers, byte[] body, Instant now) {
        String id = headers.apply(ID);
        String time = headers.apply(TIME);
        String signature = headers.apply(SIGNATURE);
        if (id != null && time != null && signature != null) {
            return isRecent(time, now) && hasSigned(secret, id, time, signature, body)
                    ? Optional.of(new Delivery(TokenText.hash("id " + id), false))
                    : Optional.empty();
        }
        for (String header : OF_BODIES) {
            String value = headers.apply(header);
            if (value != null && value.toLowerCase(Locale.ROOT).startsWith(HEX)) {
                Optional<byte[]> given = hex(value.substring(HEX.length()));
                if (given.isPresent() && secret.hasSigned(given.get(), body)) {
                    // of the body itself: the secret may be replaced meanwhile
                    return Optional.of(
                            new Delivery(
                                    TokenText.hash(
                                            "body "
                                                    + new String(
                                                            body, StandardCharsets.ISO_8859_1)),
                                    true));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isRecent(String time, Instant now) {
        try {
            Instant sent = Instant.ofEpochSecond(Long.parseLong(time));
            return Duration.between(sent, now).abs().compareTo(TOLERANCE) <= 0;
        } catch (NumberFormatException | DateTimeException | ArithmeticException e) {
            return false;
        }
    }

    private static boolean hasSigned(
            SecretFile secret, String id, String time, String signatures, byte[] body) {
        boolean signed = false;
        for (String one : signatures.split(" ", -1)) {
            if (one.startsWith(VERSION)) {
                Optional<byte[]> given = base64(one.substring(VERSION.length()));
                signed |= given.isPresent() && secret.hasSigned(given.get(), head(id, time), body);
            }
        }
        return signed;
    }

    /** The headers of a webhook of ours. */
    static List<String> headers(SecretFile secret, String id, Instant now, byte[] body) {
        String time = Long.toString(now.getEpochSecond());
        List<String> headers = new ArrayList<>();
        headers.addAll(List.of(ID, id, TIME, time));
        headers.add(SIGNATURE);
        headers.add(
                VERSION + Base64.getEncoder().encodeToString(secret.sign(head(id, time), body)));
        headers.addAll(List.of(OF_BODY, HEX + HexFormat.of().formatHex(secret.sign(body))));
        return headers;
    }

    private static byte[] head(String id, String time) {
        return (id + "." + time + ".").getBytes(StandardCharsets.UTF_8);
    }

    private static Optional<byte[]> hex(String text) {
        try {
            return Optional.of(HexFormat.of().parseHex(text.strip()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<byte[]> base64(String text) {
        try {
            return Optional.of(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
