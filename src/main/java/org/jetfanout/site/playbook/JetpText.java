package org.jetfanout.site.playbook;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.yaml.YamlValue;

/**
 * Reads a YAML file as jetp does. jetp takes a byte order mark for a blank. The blank shifts the
 * first line, so that a mapping which begins there also ends there. Pure functions.
 */
final class JetpText {
    private static final char MARK = '\ufeff';

    private JetpText() {}

    /**
     * The text, with a blank in place of a byte order mark. It fails where that blank changes the
     * meaning of the file.
     *
     * @param what the file is, for an error
     */
    static String read(Path file, String what) {
        String text = decoded(file, what);
        if (text.isEmpty() || text.charAt(0) != MARK) {
            return text;
        }
        String shifted = " " + text.substring(1);
        if (!isSame(file, text.substring(1), shifted)) {
            throw ConfigurationException.at(
                    file,
                    1,
                    "starts with a byte order mark (BOM), which jetp misreads: save the file as"
                            + " UTF-8 without BOM");
        }
        return shifted;
    }

    private static boolean isSame(Path file, String text, String shifted) {
        Optional<YamlValue> meant = YamlValue.parse(file, text);
        try {
            Optional<YamlValue> read = YamlValue.parse(file, shifted);
            return meant.isPresent() == read.isPresent()
                    && (meant.isEmpty() || SameData.of(meant.get().node(), read.get().node()));
        } catch (ConfigurationException e) {
            return false;
        }
    }

    private static String decoded(Path file, String what) {
        try {
            if (!Files.isRegularFile(file)) {
                throw ConfigurationException.at(
                        file, Files.exists(file) ? "is not a file" : "no such " + what);
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
        } catch (NoSuchFileException e) {
            throw ConfigurationException.at(file, "no such " + what);
        } catch (CharacterCodingException e) {
            throw ConfigurationException.at(file, "is not UTF-8 text");
        } catch (IOException e) {
            throw ConfigurationException.at(file, "cannot be read: " + e);
        }
    }
}
