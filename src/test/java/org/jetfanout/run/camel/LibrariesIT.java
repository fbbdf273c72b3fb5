package org.jetfanout.run.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.impl.DefaultCamelContext;
import org.jetfanout.ConfigurationException;
import org.jetfanout.run.Shipping;
import org.jetfanout.sink.SinkConfig;
import org.jetfanout.testkit.Maven;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A component that does not come with the program, from the folder {@code lib} beside routes. */
class LibrariesIT {
    @TempDir Path folder;

    private void route(String uri) throws IOException {
        Files.createDirectories(folder.resolve("sinks"));
        Files.writeString(
                folder.resolve("sinks/program.camel.yaml"),
                """
                - route:
                    id: sink-program
                    from:
                      uri: direct:sink-program
                      steps:
                        - setBody: { constant: a line for a program }
                        - to: '%s'
                """
                        .formatted(uri));
    }

    private Path lib() throws IOException {
        return Files.createDirectories(folder.resolve("lib"));
    }

    /** The jars of a component that are not on the class path already. */
    private void fetch(String artifact) throws IOException {
        Path work = Files.createDirectories(folder.resolve("maven"));
        Path pom =
                Files.writeString(
                        work.resolve("pom.xml"),
                        """
                        <project>
                          <modelVersion>4.0.0</modelVersion>
                          <groupId>org.jetfanout</groupId>
                          <artifactId>a-component</artifactId>
                          <version>1</version>
                          <dependencies>
                            <dependency>
                              <groupId>org.apache.camel</groupId>
                              <artifactId>%s</artifactId>
                              <version>%s</version>
                            </dependency>
                          </dependencies>
                        </project>
                        """
                                .formatted(artifact, new DefaultCamelContext().getVersion()));
        Path found = work.resolve("class-path");
        Maven.run(
                "build-classpath",
                work.resolve("log"),
                "-f",
                pom.toString(),
                "-Dmdep.outputFile=" + found);
        Set<String> here =
                Arrays.stream(
                                System.getProperty(
                                                "surefire.test.class.path",
                                                System.getProperty("java.class.path"))
                                        .split(File.pathSeparator, -1))
                        .map(entry -> Path.of(entry).getFileName().toString())
                        .collect(Collectors.toSet());
        for (String jar : Files.readString(found).split(File.pathSeparator, -1)) {
            Path file = Path.of(jar);
            if (!here.contains(file.getFileName().toString())) {
                Files.copy(file, lib().resolve(file.getFileName()));
            }
        }
    }

    private Shipping open() {
        SinkConfig none = SinkConfig.read(Optional.of(Path.of("/dev/null")), Map.of());
        Shipping shipping = new Shipping(List.of("program"), none, Optional.of(folder), line -> {});
        try {
            shipping.await();
            return shipping;
        } catch (RuntimeException e) {
            shipping.close();
            throw e;
        }
    }

    @Test
    void aComponentFromTheFolderIsUsed() throws Exception {
        Path out = folder.resolve("out");
        route("exec:tee?args=" + out);
        assertThatThrownBy(this::open)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("exec");

        fetch("camel-exec");
        open().close();
        Path route = folder.resolve("sinks/program.camel.yaml");
        try (Pipeline pipeline =
                Pipeline.ofSinks(
                        "file:" + route, Libraries.of(Optional.of(folder)), Map.of(), Map.of())) {
            pipeline.send("direct:sink-program", "");
        }
        assertThat(out).hasContent("a line for a program");
    }

    @Test
    void whatIsNoJarIsSaid() throws IOException {
        route("log:x");
        Path text = Files.writeString(lib().resolve("readme.txt"), "no jar");
        assertThatThrownBy(this::open)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(text.toString())
                .hasMessageContaining("is not a readable jar");
    }
}
