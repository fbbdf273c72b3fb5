package org.jetfanout.service.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jetfanout.service.config.ServiceConfig;
import org.jetfanout.service.templates.RunTemplate;
import org.jetfanout.service.templates.Templates;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages about access and templates show files that the service reads. */
class ServePagesTest {
    private static final Pattern YAML = Pattern.compile("(?ms)^```yaml\\n(.*?)^```$");
    private static final Pattern SECRET = Pattern.compile("secret_file: ([a-z.]+)");

    @TempDir private Path folder;

    private ServiceConfig config(String text) throws IOException {
        for (MatchResult name : SECRET.matcher(text).results().toList()) {
            Path secret = folder.resolve(name.group(1));
            Files.writeString(secret, "0123456789abcdef0123456789abcdef\n");
            Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        }
        return ServiceConfig.read(Files.writeString(folder.resolve("service.yml"), text));
    }

    private static List<String> files(String page) throws IOException {
        return YAML.matcher(Files.readString(Path.of("docs", page)))
                .results()
                .map(file -> file.group(1))
                .toList();
    }

    @Test
    void access() throws IOException {
        List<String> files = files("serve-access.md");
        assertThat(files).hasSize(2);
        for (String file : files) {
            new Access(config(file), folder).close();
        }
    }

    @Test
    void templates() throws IOException {
        List<String> files = files("serve-templates.md");
        assertThat(files).hasSize(1);
        Templates templates =
                Templates.read(
                        config(files.get(0)),
                        start -> {
                            throw new IllegalStateException();
                        });
        assertThat(templates.all())
                .extracting(RunTemplate::name)
                .containsExactly("deploy", "nightly");
    }
}
