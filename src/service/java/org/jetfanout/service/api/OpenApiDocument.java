package org.jetfanout.service.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.model.rest.ParamDefinition;
import org.apache.camel.model.rest.RestPropertyDefinition;
import org.jetfanout.record.FileNames;
import org.jetfanout.service.http.Problem;
import org.jetfanout.service.views.ViewJson;
import org.jetfanout.token.Scope;

/**
 * The OpenAPI document, made from the REST definitions of the routes and from the records that the
 * API writes. Used once.
 */
final class OpenApiDocument {
    private static final List<Failure> FAILURES =
            List.of(
                    new Failure(
                            400,
                            "The request cannot be understood.",
                            "limit must be a number from 1 to 500, not '501'"),
                    new Failure(
                            401,
                            "There is no token, or it is not valid.",
                            "log in, or send a token: Authorization: Bearer jft_..."),
                    new Failure(
                            403,
                            "The token lacks the scope, or may not use the template.",
                            "this needs the scope cancel"),
                    new Failure(
                            404,
                            "There is no such run, host or template, or the caller may not see it.",
                            "there is no run nobody"),
                    new Failure(409, "It does not fit how the run stands.", "the run has ended"),
                    new Failure(413, "The body is longer than the limit.", ""),
                    new Failure(415, "The body is not JSON.", "the body must be application/json"),
                    new Failure(422, "A value in the request is wrong.", "unknown field 'templat'"),
                    new Failure(
                            429,
                            "Too many wrong tokens came from this address: try again in a minute.",
                            "too many wrong tokens from your address"),
                    new Failure(431, "The head of the request is longer than the limit.", ""),
                    new Failure(
                            503,
                            "The service cannot do it now: ask again later.",
                            "100 runs wait already"));

    private final CamelContext camel;
    private final String prefix;
    private final Map<String, Scope> scopes;
    private final ApiTexts texts = new ApiTexts();
    private final JsonSchemas schemas = new JsonSchemas(texts);

    /**
     * @param scopes what a caller needs, by id of the operation; none for those that are not there
     */
    OpenApiDocument(CamelContext camel, String prefix, Map<String, Scope> scopes) {
        this.camel = camel;
        this.prefix = prefix;
        this.scopes = scopes;
    }

    /**
     * An error that operations answer with.
     *
     * @param status of HTTP
     * @param meaning a sentence
     * @param detail an example; empty for none
     */
    private record Failure(int status, String meaning, String detail) {}

    byte[] bytes() {
        ObjectNode document = ViewJson.MAPPER.createObjectNode();
        document.put("openapi", "3.0.3");
        document.putObject("info")
                .put("title", "jet-fanout")
                .put("version", "1")
                .put(
                        "description",
                        "Runs of jet-fanout: those of the service, and those of the command line"
                                + " of the same user. Streams of events are described in"
                                + " docs/api.md.");
        document.putArray("servers").addObject().put("url", prefix.isEmpty() ? "/" : prefix);
        document.putArray("security").addObject().putArray("token");
        ObjectNode paths = document.putObject("paths");
        for (OperationSpec operation : OperationSpec.all(camel, Operation.BASE)) {
            ObjectNode path = paths.withObjectProperty(operation.path());
            add(path.putObject(operation.verb().asVerb()), operation);
        }
        ObjectNode components = document.putObject("components");
        components
                .putObject("securitySchemes")
                .putObject("token")
                .put("type", "http")
                .put("scheme", "bearer")
                .put("description", "A token of jet-fanout token add.");
        schemas.problem();
        components.set("schemas", schemas.all());
        return ViewJson.bytes(document);
    }

    private void add(ObjectNode node, OperationSpec operation) {
        node.put("operationId", camelCase(operation.id()));
        node.put("summary", operation.verb().getDescriptionText());
        node.put(
                "description",
                ApiTexts.sentence(operation.verb().getDescriptionText())
                        + (scopes.containsKey(operation.id())
                                ? " Needs the scope " + scopes.get(operation.id()).word() + "."
                                : ""));
        ArrayNode tags = node.putArray("tags");
        tags.add(operation.path().contains("/templates") ? "templates" : "runs");
        if (!operation.parameters().isEmpty()) {
            ArrayNode parameters = node.putArray("parameters");
            for (ParamDefinition parameter : operation.parameters()) {
                add(parameters.addObject(), operation, parameter);
            }
        }
        boolean posts = operation.verb().getType() != null;
        if (posts && !operation.verb().getType().equals(NoBody.class.getName())) {
            body(node.putObject("requestBody"), operation);
        }
        ObjectNode responses = node.putObject("responses");
        answers(responses, operation);
        for (Failure failure : FAILURES) {
            boolean fits =
                    switch (failure.status()) {
                        case 404 -> operation.path().contains("{") || posts;
                        case 409, 413, 415, 422 -> posts;
                        default -> true;
                    };
            if (fits) {
                add(responses.putObject(Integer.toString(failure.status())), operation, failure);
            }
        }
    }

    private void body(ObjectNode request, OperationSpec operation) {
        Class<?> type = type(operation.verb().getType());
        boolean needed = type != ApproveBody.class;
        request.put("description", texts.description(type.getSimpleName()));
        request.put("required", needed);
        ObjectNode content = request.putObject("content").putObject(Answer.JSON);
        ObjectNode schema = schemas.of(type);
        if (needed) {
            content.set("schema", schema);
        } else {
            ObjectNode nullable = content.putObject("schema").put("nullable", true);
            nullable.putArray("allOf").add(schema);
        }
        content.set("example", texts.example(operation.id(), "body"));
    }

    private void add(ObjectNode answer, OperationSpec operation, Failure failure) {
        ObjectNode content =
                answer.put("description", failure.meaning())
                        .putObject("content")
                        .putObject(Problem.TYPE);
        content.putObject("schema").put("$ref", "#/components/schemas/Problem");
        String path = prefix + operation.path().replace("{guid}", "nobody").replaceAll("[{}]", "");
        try {
            content.set(
                    "example",
                    ViewJson.MAPPER.readTree(
                            new Problem(failure.status(), failure.detail()).json(path)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private void answers(ObjectNode responses, OperationSpec operation) {
        String out = operation.verb().getOutType();
        String produces = operation.verb().getProduces();
        List<Integer> statuses =
                out.equals(Accepted.class.getName())
                        ? List.of(200, 201)
                        : out.equals(Done.class.getName()) ? List.of(202) : List.of(200);
        for (int status : statuses) {
            ObjectNode answer = responses.putObject(Integer.toString(status));
            answer.put(
                    "description",
                    switch (status) {
                        case 201 -> "The run was accepted.";
                        case 202 -> "It will be done.";
                        default ->
                                statuses.size() > 1
                                        ? "The same start was asked for before; this is its run."
                                        : "What was asked for.";
                    });
            if (statuses.size() > 1) {
                ObjectNode location = answer.putObject("headers").putObject("Location");
                location.put("description", "The path of the run.");
                location.putObject("schema").put("type", "string");
            }
            ObjectNode content =
                    answer.putObject("content")
                            .putObject(produces == null ? Answer.JSON : produces);
            content.set("schema", produces == null ? schemas.of(type(out)) : text(produces));
            JsonNode example =
                    texts.example(
                            operation.id(),
                            status == 200 && statuses.size() > 1 ? "again" : "answer");
            if (!example.isMissingNode()) {
                content.set("example", example);
            }
        }
    }

    /** What is no JSON object. A client that sees "json" in a type would read it as one. */
    private static ObjectNode text(String type) {
        ObjectNode schema = ViewJson.MAPPER.createObjectNode().put("type", "string");
        return type.contains("json") ? schema.put("format", "binary") : schema;
    }

    private void add(ObjectNode node, OperationSpec operation, ParamDefinition parameter) {
        node.put("name", parameter.getName());
        node.put("in", parameter.getType().name());
        node.put("description", ApiTexts.sentence(parameter.getDescription()));
        node.put("required", parameter.getRequired());
        ObjectNode schema = node.putObject("schema");
        boolean many = "array".equals(parameter.getDataType());
        ObjectNode value = schema;
        example(node, parameter);
        if (many) {
            node.put("style", "form").put("explode", true);
            schema.put("type", "array");
            value = schema.putObject("items");
        }
        value.put("type", many ? parameter.getArrayType() : parameter.getDataType());
        if ("integer".equals(parameter.getDataType())) {
            ParameterRange range = ParameterRange.of(operation.id(), parameter.getName());
            value.put("format", "int64".equals(parameter.getDataFormat()) ? "int64" : "int32");
            value.put("minimum", range.least()).put("maximum", range.most());
            if (parameter.getDefaultValue() != null) {
                value.put("default", Long.parseLong(parameter.getDefaultValue()));
            }
        } else if ("date-time".equals(parameter.getDataFormat())) {
            value.put("format", "date-time");
        } else if (!OperationSpec.choices(parameter).isEmpty()) {
            ArrayNode choices = value.putArray("enum");
            OperationSpec.choices(parameter).forEach(choices::add);
        } else if (parameter.getName().equals("guid")) {
            value.put("pattern", "^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}$");
        } else if (parameter.getName().equals("Idempotency-Key")) {
            value.put("pattern", "^[!-~]([ -~]{0,198}[!-~])?$");
        } else {
            value.put("maxLength", OperationSpec.LONGEST_TEXT);
        }
    }

    private static void example(ObjectNode node, ParamDefinition parameter) {
        if (parameter.getExamples() != null) {
            for (RestPropertyDefinition example : parameter.getExamples()) {
                String text = example.getValue();
                switch (parameter.getDataType()) {
                    case "integer" -> node.put("example", Long.parseLong(text));
                    case "array" -> node.putArray("example").add(text);
                    default -> node.put("example", text);
                }
            }
        }
    }

    private static Class<?> type(String name) {
        try {
            return Class.forName(name, true, FileNames.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("no class " + name, e);
        }
    }

    private static String camelCase(String id) {
        StringBuilder text = new StringBuilder();
        for (String word : id.replaceFirst("^api-", "").split("-", -1)) {
            text.append(
                    text.isEmpty()
                            ? word
                            : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        // a method of a generated client cannot have a name that is a word of its language
        return text.toString().equals("continue") ? "continueRun" : text.toString();
    }
}
