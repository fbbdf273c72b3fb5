package org.jetfanout.service.templates;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jetfanout.ConfigurationException;
import org.jetfanout.service.access.Caller;
import org.jetfanout.service.http.RefusedException;
import org.jetfanout.service.runs.KeyInUseException;
import org.jetfanout.service.runs.NotNowException;
import org.jetfanout.service.runs.QueueFullException;
import org.jetfanout.service.runs.Started;
import org.jetfanout.service.runs.TemplateBusyException;
import org.jetfanout.site.yaml.JsonInput;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a template for a webhook. The bean {@code webhooks.in} of {@code webhooks.camel.yaml}.
 * Whoever signs has the right to start this one template, with values for the variables that the
 * template takes from webhooks. Thread-safe.
 */
final class WebhookStep implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookStep.class);
    private static final ObjectMapper JSON = new ObjectMapper(JsonInput.FACTORY);
    private static final String EVENT = "X-GitHub-Event";

    private final Templates templates;
    private final SeenDeliveries seen;
    private final InstantSource clock;

    WebhookStep(Templates templates, SeenDeliveries seen, InstantSource clock) {
        this.templates = templates;
        this.seen = seen;
        this.clock = clock;
    }

    @Override
    public void process(Exchange exchange) throws IOException {
        Message message = exchange.getMessage();
        String name = message.getHeader("name", "", String.class);
        byte[] body = Optional.ofNullable(message.getBody(byte[].class)).orElse(new byte[0]);
        Optional<RunTemplate> template =
                templates.find(name).filter(it -> it.webhook().isPresent());
        Optional<WebhookSignature.Delivery> delivery =
                template.flatMap(
                        it ->
                                WebhookSignature.check(
                                        it.webhook().orElseThrow().secret(),
                                        header -> message.getHeader(header, String.class),
                                        body,
                                        clock.instant()));
        if (delivery.isEmpty()) {
            // the same for all, so that nobody learns which templates there are
            LOG.warn("refused a webhook: it is not signed as it must be");
            throw new RefusedException(
                    401, "there is no such webhook, or its signature or time is not right");
        }
        ObjectNode answer = answer(template.get(), delivery.get(), message, body);
        message.removeHeaders("*");
        message.setHeader(
                Exchange.HTTP_RESPONSE_CODE,
                answer.path("again").asBoolean(true) || answer.has("ignored") ? 200 : 201);
        message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        message.setBody(answer.toString());
    }

    private ObjectNode answer(
            RunTemplate template, WebhookSignature.Delivery delivery, Message message, byte[] body)
            throws IOException {
        WebhookRules rules = template.webhook().orElseThrow();
        if ("ping".equals(message.getHeader(EVENT, String.class))) {
            return ignored("it is a ping");
        }
        JsonNode json = parsed(message, body);
        for (Map.Entry<JsonPointer, List<String>> only : rules.only().entrySet()) {
            JsonNode said = json.at(only.getKey());
            if (!said.isValueNode() || !only.getValue().contains(said.asText())) {
                return ignored("its " + only.getKey() + " is another");
            }
        }
        boolean repeats = delivery.onlyBody() && rules.repeat();
        String key = Caller.webhook(template.name()) + " " + delivery.key();
        String file = template.name() + ":" + delivery.key();
        Optional<String> before = repeats ? Optional.empty() : seen.find(file);
        if (before.isPresent()) {
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("guid", before.get())
                    .put("again", true);
        }
        Started started =
                start(template, values(rules, json), repeats ? Optional.empty() : Optional.of(key));
        seen.add(file, started.guid());
        return JsonNodeFactory.instance
                .objectNode()
                .put("guid", started.guid())
                .put("queued", started.queued())
                .put("again", started.again());
    }

    private Started start(RunTemplate template, Map<String, String> values, Optional<String> key) {
        try {
            return templates.start(
                    template, values, Optional.empty(), Caller.webhook(template.name()), key);
        } catch (TemplateBusyException e) {
            throw new RefusedException(409, e.getMessage());
        } catch (QueueFullException | NotNowException e) {
            // senders try again where it is 503
            throw new RefusedException(503, e.getMessage());
        } catch (KeyInUseException | ConfigurationException e) {
            throw new RefusedException(422, e.getMessage());
        }
    }

    private static ObjectNode ignored(String why) {
        return JsonNodeFactory.instance.objectNode().put("ignored", why);
    }

    private static JsonNode parsed(Message message, byte[] body) {
        String type = message.getHeader(Exchange.CONTENT_TYPE, "", String.class);
        if (!type.toLowerCase(Locale.ROOT).contains("json")) {
            throw new RefusedException(415, "a webhook must be JSON (Content-Type)");
        }
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            throw new RefusedException(
                    400,
                    "the body is no JSON: line %d: %s"
                            .formatted(JsonInput.line(e), JsonInput.problem(e)));
        } catch (IOException e) {
            throw new RefusedException(400, "the body cannot be read");
        }
    }

    private static Map<String, String> values(WebhookRules rules, JsonNode json) {
        Map<String, String> values = new LinkedHashMap<>();
        Map<String, String> troubles = new LinkedHashMap<>();
        rules.variables()
                .forEach(
                        (name, pointer) -> {
                            JsonNode at = json.at(pointer);
                            if (at.isContainerNode()) {
                                troubles.put(
                                        name, "must be a text, number or boolean at " + pointer);
                            } else if (!at.isMissingNode() && !at.isNull()) {
                                values.put(name, at.asText());
                            }
                        });
        if (!troubles.isEmpty()) {
            throw new InvalidValuesException(troubles);
        }
        return values;
    }
}
