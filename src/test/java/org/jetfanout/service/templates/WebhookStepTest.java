package org.jetfanout.service.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.jetfanout.service.http.RefusedException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A webhook starts its template only if it is signed, of now, and new. */
class WebhookStepTest {
    private static final String TEMPLATES =
            """
            deploy:
              command: [exec, -i, inv, '--', 'deploy {version} {env}']
              variables:
                version: {pattern: 'v[0-9.]+'}
                env: {choices: [prod, test], default: test}
              webhook:
                secret_file: secret
                variables: {version: /release/tag_name, env: /env}
                only: {/action: [released, published]}
            again:
              command: [exec, x]
              webhook: {secret_file: secret, repeat: true}
            quiet: {command: [exec, x]}
            """;

    private static final String BODY =
            "{\"action\":\"released\",\"release\":{\"tag_name\":\"v1.2\"}}";

    @TempDir private Path folder;
    private TemplatesBed bed;
    private WebhookStep step;

    @BeforeEach
    void begin() throws IOException {
        bed = new TemplatesBed(folder);
        step = process();
    }

    private WebhookStep process() throws IOException {
        return new WebhookStep(bed.templates(TEMPLATES), new SeenDeliveries(folder), bed);
    }

    /** GitHub's own example of the algorithm is checked by the first test. */
    private static byte[] hmac(String secret, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, Object> github(String body) {
        Map<String, Object> headers = new LinkedHashMap<>();
        headers.put(
                "X-Hub-Signature-256",
                "sha256=" + HexFormat.of().formatHex(hmac(TemplatesBed.SECRET, body)));
        return headers;
    }

    private Map<String, Object> standard(String id, String body) {
        String time = Long.toString(bed.instant().getEpochSecond());
        Map<String, Object> headers = new LinkedHashMap<>();
        headers.put("webhook-id", id);
        headers.put("webhook-timestamp", time);
        headers.put(
                "webhook-signature",
                "v1,AAAA v1a,x v1,"
                        + Base64.getEncoder()
                                .encodeToString(
                                        hmac(TemplatesBed.SECRET, id + "." + time + "." + body)));
        return headers;
    }

    private String send(String template, String body, Map<String, Object> headers)
            throws IOException {
        return send(template, body, headers, "application/json; charset=utf-8");
    }

    private String send(String template, String body, Map<String, Object> headers, String type)
            throws IOException {
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        headers.forEach(exchange.getMessage()::setHeader);
        exchange.getMessage().setHeader("name", template);
        exchange.getMessage().setHeader("Content-Type", type);
        exchange.getMessage().setBody(body.getBytes(StandardCharsets.UTF_8));
        step.process(exchange);
        return exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE)
                + " "
                + exchange.getMessage().getBody(String.class);
    }

    @Test
    void theSignatureIsThatOfGitHub() {
        // docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
        assertThat(HexFormat.of().formatHex(hmac("It's a Secret to Everybody", "Hello, World!")))
                .isEqualTo("757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
    }

    @Test
    void aSignedWebhookStartsTheTemplate() throws IOException {
        assertThat(send("deploy", BODY, github(BODY))).startsWith("201 {\"guid\":\"");
        assertThat(bed.starts()).hasSize(1);
        assertThat(bed.starts().get(0).words())
                .containsExactly("exec", "-i", "inv", "--", "deploy v1.2 test");
        assertThat(bed.starts().get(0).who()).isEqualTo("webhook:deploy");
        assertThat(send("deploy", BODY, standard("m1", BODY))).startsWith("201 ");
        assertThat(bed.starts()).hasSize(2);
    }

    @Test
    void theSameDeliveryIsTheSameRunAlsoAfterARestart() throws IOException {
        Map<String, Object> headers = github(BODY);
        headers.put("X-GitHub-Delivery", "1");
        String first = send("deploy", BODY, headers);
        headers.put("X-GitHub-Delivery", "2");
        String guid = first.substring(first.indexOf("guid"), first.indexOf(",\"queued"));
        assertThat(send("deploy", BODY, headers)).startsWith("200 {\"" + guid);
        // what was signed so can come under the other name
        Object signature = headers.remove("X-Hub-Signature-256");
        headers.put("X-Signature-256", signature);
        bed.pass(Duration.ofDays(40));
        step = process();
        assertThat(send("deploy", BODY, headers)).startsWith("200 {\"" + guid);
        assertThat(bed.starts()).hasSize(1);
    }

    @Test
    void whereEqualBodiesAreTwoWebhooks() throws IOException {
        send("again", "{}", github("{}"));
        send("again", "{}", github("{}"));
        assertThat(bed.starts()).hasSize(2);
        send("again", "{}", standard("m1", "{}"));
        assertThat(send("again", "{}", standard("m1", "{}"))).startsWith("200 ");
        assertThat(bed.starts()).hasSize(3);
    }

    @Test
    void whatIsOldOrOfTheFutureIsRefused() {
        Map<String, Object> now = standard("m1", BODY);
        for (int minutes : new int[] {6, -12}) {
            bed.pass(Duration.ofMinutes(minutes));
            assertThatThrownBy(() -> send("deploy", BODY, now))
                    .isInstanceOf(RefusedException.class);
        }
        assertThat(bed.starts()).isEmpty();
    }

    @Test
    void aWrongSignatureIsRefusedAsAnUnknownTemplateIs() {
        Map<String, Object> none = Map.of();
        for (Map.Entry<String, Map<String, Object>> one :
                Map.of(
                                "deploy", none,
                                "quiet", github(BODY),
                                "nothing", github(BODY),
                                "again", github(BODY + " "))
                        .entrySet()) {
            assertThatThrownBy(() -> send(one.getKey(), BODY, one.getValue()))
                    .isInstanceOf(RefusedException.class)
                    .hasMessage("there is no such webhook, or its signature or time is not right");
        }
        for (String wrong :
                new String[] {"", "sha256=", "sha256=zz", "sha1=00", "sha256=" + "0".repeat(64)}) {
            assertThatThrownBy(() -> send("deploy", BODY, Map.of("X-Hub-Signature-256", wrong)))
                    .isInstanceOf(RefusedException.class);
        }
        Map<String, Object> id = standard("m1", BODY);
        id.put("webhook-id", "m2");
        assertThatThrownBy(() -> send("deploy", BODY, id)).isInstanceOf(RefusedException.class);
        Map<String, Object> time = standard("m1", BODY);
        time.put("webhook-timestamp", "now");
        assertThatThrownBy(() -> send("deploy", BODY, time)).isInstanceOf(RefusedException.class);
        assertThat(bed.starts()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"action\":\"deleted\"}|200 {\"ignored\":\"its /action is another\"}",
                "{\"action\":{}}|200 {\"ignored\":\"its /action is another\"}",
                "[]|200 {\"ignored\":\"its /action is another\"}"
            })
    void otherWebhooksDoNothing(String body, String answer) throws IOException {
        assertThat(send("deploy", body, github(body))).isEqualTo(answer);
        Map<String, Object> ping = github("{}");
        ping.put("X-GitHub-Event", "ping");
        assertThat(send("deploy", "{}", ping)).isEqualTo("200 {\"ignored\":\"it is a ping\"}");
        assertThat(bed.starts()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"action\":\"released\"}|422|version is missing",
                "{\"action\":\"released\",\"release\":{\"tag_name\":\"v1; id\"}}|422|version must match",
                "{\"action\":\"released\",\"release\":{\"tag_name\":[1]}}|422|version must be a text",
                "{\"action\":\"released\",\"release\":{\"tag_name\":\"v1\"},\"env\":\"dev\"}|422|env must be one of",
                "{\"action\":|400|the body is no JSON: line 1"
            })
    void valuesAreCheckedAsThoseOfCallers(String body, int status, String message) {
        assertThatThrownBy(() -> send("deploy", body, github(body)))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e ->
                                assertThat(e.problem().status() + " " + e.getMessage())
                                        .startsWith(status + " " + message)
                                        .doesNotContain("\n"));
        assertThatThrownBy(
                        () ->
                                send(
                                        "deploy",
                                        BODY,
                                        github(BODY),
                                        "application/x-www-form-urlencoded"))
                .hasMessageContaining("must be JSON");
        assertThat(bed.starts()).isEmpty();
    }

    @Test
    void ourOwnWebhooksAreSignedInBothWays() throws IOException {
        Templates templates = bed.templates(TEMPLATES);
        WebhookRules rules = templates.find("deploy").orElseThrow().webhook().orElseThrow();
        byte[] body = BODY.getBytes(StandardCharsets.UTF_8);
        Map<String, String> headers = new LinkedHashMap<>();
        var list = WebhookSignature.headers(rules.secret(), "m1", bed.instant(), body);
        for (int i = 0; i < list.size(); i += 2) {
            headers.put(list.get(i), list.get(i + 1));
        }
        assertThat(WebhookSignature.check(rules.secret(), headers::get, body, bed.instant()))
                .map(WebhookSignature.Delivery::onlyBody)
                .isEqualTo(Optional.of(false));
        headers.remove("webhook-id");
        assertThat(WebhookSignature.check(rules.secret(), headers::get, body, bed.instant()))
                .map(WebhookSignature.Delivery::onlyBody)
                .isEqualTo(Optional.of(true));
    }
}
