package org.jetfanout.service.views;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.SinkState;

/**
 * The JSON of the API and of its streams: the components of records by name, moments in ISO 8601,
 * null for what there is not. Thread-safe.
 */
public final class ViewJson {
    /** Writes and reads it. */
    public static final ObjectMapper MAPPER = mapper();

    private ViewJson() {}

    /** One value in UTF-8. */
    public static byte[] bytes(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ObjectMapper mapper() {
        SimpleModule module = new SimpleModule();
        word(module, Instant.class, Instant::toString);
        word(module, RunPhase.class, RunPhase::word);
        word(module, HostState.class, HostState::word);
        word(module, BatchState.class, BatchState::word);
        word(module, SinkState.class, SinkState::word);
        module.addSerializer(
                new StdSerializer<Optional<?>>(Optional.class, false) {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public void serialize(
                            Optional<?> value, JsonGenerator json, SerializerProvider in)
                            throws IOException {
                        in.defaultSerializeValue(value.orElse(null), json);
                    }
                });
        module.addSerializer(
                OptionalInt.class,
                new JsonSerializer<OptionalInt>() {
                    @Override
                    public void serialize(
                            OptionalInt value, JsonGenerator json, SerializerProvider in)
                            throws IOException {
                        if (value.isPresent()) {
                            json.writeNumber(value.getAsInt());
                        } else {
                            json.writeNull();
                        }
                    }
                });
        return JsonMapper.builder()
                .addModule(module)
                .visibility(PropertyAccessor.ALL, JsonAutoDetect.Visibility.NONE)
                .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
    }

    private static <T> void word(SimpleModule module, Class<T> type, Function<T, String> word) {
        module.addSerializer(
                type,
                new JsonSerializer<T>() {
                    @Override
                    public void serialize(T value, JsonGenerator json, SerializerProvider in)
                            throws IOException {
                        json.writeString(word.apply(value));
                    }
                });
    }
}
