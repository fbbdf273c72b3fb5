package org.jetfanout.service.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.apache.camel.model.rest.ParamDefinition;
import org.jetfanout.record.FileNames;
import org.jetfanout.service.http.Problem;
import org.jetfanout.service.views.ViewJson;

/**
 * The OpenAPI document, made from the REST definitions of the routes and from the records that the
 * API writes. Used once.
 */
final class OpenApiDocument {
    private static final Map<Integer, String> PROBLEMS =
            new TreeMap<>(
                    Map.of(
                            400, "The request cannot be understood",
                            401, "Nobody is logged in",
                            403, "The caller may not do this",
                            404, "There is no such thing",
                            409, "It does not fit how the run stands",
                            413, "The body is too long",
                            415, "The body is not JSON",
                            422, "Something in the request is wrong",
                            503, "Not now: ask again later"));

    private final CamelContext camel;
    private final String prefix;
    private final JsonSchemas schemas = new JsonSchemas();

    OpenApiDocument(CamelContext camel, String prefix) {
        this.camel = camel;
        this.prefix = prefix;
    }

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
                .put("description", "A token of jet-fanout token add");
        schemas.problem();
        components.set("schemas", schemas.all());
        return ViewJson.bytes(document);
    }

    private void add(ObjectNode node, OperationSpec operation) {
        node.put("operationId", camelCase(operation.id()));
        node.put("summary", operation.verb().getDescriptionText());
        ArrayNode tags = node.putArray("tags");
        tags.add(operation.path().contains("/templates") ? "templates" : "runs");
        if (!operation.parameters().isEmpty()) {
            ArrayNode parameters = node.putArray("parameters");
            for (ParamDefinition parameter : operation.parameters()) {
                add(parameters.addObject(), operation, parameter);
            }
        }
        boolean body = operation.verb().getType() != null;
        if (body) {
            ObjectNode request = node.putObject("requestBody");
            boolean needed =
                    !List.of(NoBody.class.getName(), ApproveBody.class.getName())
                            .contains(operation.verb().getType());
            request.put("required", needed);
            request.putObject("content")
                    .putObject(Answer.JSON)
                    .set("schema", schemas.of(type(operation.verb().getType())));
        }
        ObjectNode responses = node.putObject("responses");
        answers(responses, operation);
        for (Map.Entry<Integer, String> problem : PROBLEMS.entrySet()) {
            int status = problem.getKey();
            boolean fits =
                    switch (status) {
                        case 404 -> operation.path().contains("{") || body;
                        case 409, 413, 415, 422 -> body;
                        default -> true;
                    };
            if (fits) {
                responses
                        .putObject(Integer.toString(status))
                        .put("description", problem.getValue())
                        .putObject("content")
                        .putObject(Problem.TYPE)
                        .putObject("schema")
                        .put("$ref", "#/components/schemas/Problem");
            }
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
                        case 201 -> "The run was accepted";
                        case 202 -> "It will be done";
                        default ->
                                statuses.size() > 1
                                        ? "The same start was asked for before"
                                        : "What was asked for";
                    });
            if (statuses.size() > 1) {
                ObjectNode location = answer.putObject("headers").putObject("Location");
                location.put("description", "The path of the run");
                location.putObject("schema").put("type", "string");
            }
            ObjectNode content =
                    answer.putObject("content")
                            .putObject(produces == null ? Answer.JSON : produces);
            content.set(
                    "schema",
                    produces == null
                            ? schemas.of(type(out))
                            : ViewJson.MAPPER.createObjectNode().put("type", "string"));
        }
    }

    private void add(ObjectNode node, OperationSpec operation, ParamDefinition parameter) {
        node.put("name", parameter.getName());
        node.put("in", parameter.getType().name());
        node.put("description", parameter.getDescription());
        node.put("required", parameter.getRequired());
        ObjectNode schema = node.putObject("schema");
        boolean many = "array".equals(parameter.getDataType());
        ObjectNode value = schema;
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
